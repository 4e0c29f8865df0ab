"""Machine code is kept in NUMBA_CACHE_DIR, or in the cache directory of the user, if these can be trusted."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.paths import ROOT
from wse_cp.code_cache import folders as module
from wse_cp.code_cache.folders import SPARE, Folders, child_environment, distrust, find_folders

VERSION, MARK = "version", "complete"


def found() -> Folders:
    return find_folders(VERSION, MARK)


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for name in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME", SPARE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    module._temporary.cache_clear()
    yield
    module._temporary.cache_clear()


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Folder of the version's code, in which nothing is missing."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    folder = found().wanted
    assert folder is not None
    (folder / MARK).touch()
    return folder


def cannot_be_written(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Have the system say that of a folder, also to root."""
    before = os.utime

    def refuse(path: Path, *given: object) -> None:
        if Path(path) == folder:
            raise OSError(30, "Read-only file system")
        before(path)

    monkeypatch.setattr(os, "utime", refuse)


def test_numbas_variable_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "other"))
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "numba"))
    folder = tmp_path / "numba" / "wse-cp" / VERSION
    assert found() == Folders(folder, folder, folder)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a rule of Linux")
def test_the_users_cache_directory_is_next(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert found().writable == tmp_path / "home" / ".cache" / "wse-cp" / VERSION
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "other"))
    assert found().writable == tmp_path / "other" / "wse-cp" / VERSION


def test_only_the_user_may_enter_it(tmp_path: Path) -> None:
    folder = found().writable
    assert folder is not None
    assert folder.stat().st_mode & 0o777 == 0o700


def test_old_versions_are_forgotten(kept: Path) -> None:
    for i in range(5):
        find_folders(f"other{i}", MARK)
    assert len(list(kept.parent.iterdir())) == 3


# --- what cannot be written


def test_a_file_in_its_place_is_no_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file"))
    where = found()
    assert where.readable is None
    assert where.writable is not None
    assert where.writable.parent == tmp_path / "temporary"
    assert where.temporary
    assert "cannot be written" in where.trouble


def test_a_complete_cache_that_cannot_be_written_is_all_that_is_used(
    monkeypatch: pytest.MonkeyPatch, kept: Path, tmp_path: Path
) -> None:
    cannot_be_written(monkeypatch, kept)
    where = found()
    assert (where.readable, where.writable, where.all) == (kept, None, (kept,))
    assert "Read-only file system" in where.trouble
    assert not list((tmp_path / "temporary").iterdir())


def test_what_such_a_cache_lacks_goes_to_a_temporary_one(
    monkeypatch: pytest.MonkeyPatch, kept: Path, tmp_path: Path
) -> None:
    (kept / MARK).unlink()
    cannot_be_written(monkeypatch, kept)
    where = found()
    assert where.readable == kept
    assert where.writable is not None
    assert where.writable.parent == tmp_path / "temporary"
    assert where.all == (kept, where.writable)


def test_the_temporary_one_is_made_once_and_handed_down(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert SPARE not in child_environment()
    monkeypatch.setenv("HOME", "/proc")
    first = found().writable
    assert found().writable == first
    given = child_environment()[SPARE]
    assert given == str(first)
    module._temporary.cache_clear()  # as in another process
    monkeypatch.setenv(SPARE, given)
    assert found().writable == first
    assert len(list((tmp_path / "temporary").iterdir())) == 1


@pytest.mark.parametrize("home", ["", "/proc", "/dev/null", "relative", "/proc/self/fd"])
def test_without_a_home_there_is_a_temporary_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", home)
    if home in ("", "relative"):
        monkeypatch.setattr(module, "user_cache_path", no_home)
    where = found()
    assert where.temporary
    assert where.trouble


def no_home(*given: object, **more: object) -> Path:
    raise RuntimeError("Could not determine home directory.")


def test_a_relative_path_means_the_same_after_a_change_of_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NUMBA_CACHE_DIR", "relative")
    assert found().writable == tmp_path / "relative" / "wse-cp" / VERSION


def test_a_relative_path_in_a_removed_directory_is_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    monkeypatch.setenv("NUMBA_CACHE_DIR", "relative")
    assert found().temporary


def test_without_any_place_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", "/proc")
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(
        tempfile, "_get_default_tempdir", lambda: (_ for _ in ()).throw(FileNotFoundError(2, "none"))
    )
    assert found().all == ()


def test_the_current_directory_is_no_temporary_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", "/proc")
    monkeypatch.chdir(tmp_path / "temporary")
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.delenv(name, raising=False)
    assert found().all == ()
    assert not list(Path().iterdir())


# --- what cannot be trusted


def shared(path: Path) -> None:
    path.chmod(0o777)


def of_another(path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root gives folders away")
    os.chown(path, 65534, 65534)


@pytest.mark.parametrize("harm", [shared, of_another])
@pytest.mark.parametrize("depth", [0, 1, 2], ids=["folder", "parent", "grandparent"])
def test_a_folder_that_others_can_write_to_is_not_used(
    kept: Path, tmp_path: Path, harm: Callable[[Path], None], depth: int
) -> None:
    harm((kept, *kept.parents)[depth])
    where = found()
    assert where.readable is None
    assert kept not in where.all
    assert "other user" in where.trouble or "another user" in where.trouble


def test_the_permissions_of_a_parent_do_not_matter_where_nobody_can_rename(kept: Path) -> None:
    kept.parent.chmod(0o1777)
    assert found().writable == kept
    kept.chmod(0o1777)
    assert found().readable is None


def test_a_link_to_a_folder_of_others_is_not_used(kept: Path, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    shared(tmp_path / "theirs")
    shutil.rmtree(kept)
    kept.symlink_to(tmp_path / "theirs")
    assert found().readable is None


def test_a_spare_folder_of_others_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", "/proc")
    (tmp_path / "spare").mkdir()
    shared(tmp_path / "spare")
    monkeypatch.setenv(SPARE, str(tmp_path / "spare"))
    assert found().writable != tmp_path / "spare"


def test_a_missing_folder_is_not_trusted(tmp_path: Path) -> None:
    assert "No such file" in distrust(tmp_path / "missing")
    assert distrust(tmp_path) == ""


# --- what is left behind

PROGRAM = """
import sys, tempfile
from wse_cp.code_cache.folders import find_folders
print(find_folders("version", "complete").writable, flush=True)
sys.stdin.read()
"""


def process(temporary: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONPATH": str(ROOT), "HOME": "/proc", "TMPDIR": str(temporary)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def made_by(process: subprocess.Popen[str]) -> Path:
    assert process.stdout is not None
    return Path(process.stdout.readline().strip())


def test_a_temporary_folder_is_removed_at_exit_and_after_a_crash(tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    with process(temporary) as first:
        killed = made_by(first)
        with process(temporary) as second:
            assert killed.is_dir(), "it is in use"
            made_by(second)
            first.send_signal(signal.SIGKILL)
            first.wait()
            with process(temporary) as third:
                made_by(third)
                assert not killed.exists()
                third.communicate("")
            second.communicate("")
    assert not list(temporary.iterdir())
