"""A damaged file of machine code is never used: what it held is compiled anew."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import pytest

from tests.paths import ROOT
from wse_cp.code_cache import shared
from wse_cp.code_cache.checked import DamagedError, FolderCache, damaged_files, is_intact, seal
from wse_cp.code_cache.shared import SharedCache


def double(value: int) -> int:
    return 2 * value


def compiled(folder: Path, lock: bool = True) -> Any:
    """Return the function compiled anew or loaded, as another process would."""
    dispatcher: Any = numba.njit(double)
    dispatcher._cache = SharedCache([FolderCache(double, folder)], folder / "lock" if lock else None)
    assert dispatcher(21) == 42
    return dispatcher


def loaded(dispatcher: Any) -> bool:
    return bool(dispatcher.stats.cache_hits)


@pytest.fixture(autouse=True)
def _nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "_said", set())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Folder with the compiled function."""
    assert not loaded(compiled(tmp_path))
    assert loaded(compiled(tmp_path))
    return tmp_path


def index(folder: Path) -> Path:
    [path] = folder.rglob("*.nbi")
    return path


def data(folder: Path) -> Path:
    [path] = folder.rglob("*.nbc")
    return path


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def halved(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def garbage(path: Path) -> None:
    path.write_bytes(b"\x80garbage" * 100)


def zeros(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def hostile(path: Path) -> None:
    """A pickle that would run a program."""
    path.write_bytes(b"cos\nsystem\n(S'touch ran'\ntR.")


def longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"x")


HARM = (emptied, cut, halved, garbage, zeros, flipped, hostile, longer)


@pytest.mark.parametrize("which", [index, data])
@pytest.mark.parametrize("harm", HARM)
def test_damage_is_noticed_told_once_and_mended(
    folder: Path,
    which: Callable[[Path], Path],
    harm: Callable[[Path], None],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(folder)
    harm(which(folder))
    assert damaged_files(folder) == [which(folder)]
    assert not loaded(compiled(folder))
    assert [record.message for record in caplog.records if record.levelname == "WARNING"] == [
        "compile cache: damaged (DamagedError); what is missing is compiled anew"
    ]
    assert loaded(compiled(folder))
    assert not damaged_files(folder)
    assert not (folder / "ran").exists()


@pytest.mark.parametrize("which", [index, data])
def test_a_missing_file_is_made_again_without_a_word(
    folder: Path, which: Callable[[Path], Path], caplog: pytest.LogCaptureFixture
) -> None:
    which(folder).unlink()
    assert not loaded(compiled(folder))
    assert loaded(compiled(folder))
    assert not [record for record in caplog.records if record.levelname == "WARNING"]


@pytest.mark.parametrize("which", [index, data])
def test_a_directory_in_the_place_of_a_file_is_survived(folder: Path, which: Callable[[Path], Path]) -> None:
    path = which(folder)
    path.unlink()
    path.mkdir()
    assert not loaded(compiled(folder))
    assert damaged_files(folder) == [path]


def test_the_folder_may_be_gone_or_taken(folder: Path) -> None:
    for place in (folder / "none", folder / "file"):
        if place.name == "file":
            place.write_text("")
        assert not loaded(compiled(place))
        assert not loaded(compiled(place))


def test_a_folder_that_is_only_read_stays_as_it_is(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert loaded(compiled(folder, lock=False))
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_numbas_own_variable_does_not_lead_elsewhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numba.core.config, "CACHE_LOCATOR_CLASSES", "InTreeCacheLocator", raising=False)
    assert loaded(compiled(folder))


def test_the_seal_depends_on_every_byte(tmp_path: Path) -> None:
    path = tmp_path / "x"
    for content, right in ((b"abc" + seal(b"abc"), True), (b"abd" + seal(b"abc"), False), (seal(b""), False)):
        path.write_bytes(content)
        assert is_intact(path) is right
    assert issubclass(DamagedError, Exception)


# --- as people meet it

PROGRAM = """
from wse_cp.compiled import compiled, is_complete, repair
from tests.code_cache.test_checked import double
assert compiled(double)(21) == 42
"""


def run(cache: Path, **more: str) -> str:
    """Compile and run the function in a process of its own; return what that said."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": str(cache), **more}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    return done.stderr


@pytest.mark.slow
def test_one_line_says_that_the_cache_is_damaged(tmp_path: Path) -> None:
    assert run(tmp_path) == ""
    for path in [*tmp_path.rglob("*.nbi"), *tmp_path.rglob("*.nbc")]:
        emptied(path)
    assert run(tmp_path) == "compile cache: damaged (DamagedError); what is missing is compiled anew\n"
    assert run(tmp_path) == ""


def test_one_line_says_that_the_cache_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "temporary").mkdir()
    temporary = {"TMPDIR": str(tmp_path / "temporary"), "HOME": "/proc"}
    line = run(Path("/proc/nowhere"), **temporary)
    assert "cannot be written (" in line
    assert "kept for this run only" in line
    assert len(line.splitlines()) == 1
    assert not list((tmp_path / "temporary").iterdir())


def test_a_shared_cache_is_not_used(tmp_path: Path) -> None:
    run(tmp_path)
    [version] = (tmp_path / "wse-cp").iterdir()
    version.chmod(0o777)
    assert "other users can write to" in run(tmp_path)
    shutil.rmtree(version)
    assert run(tmp_path) == ""


def test_nothing_is_compiled_where_that_is_switched_off(tmp_path: Path) -> None:
    assert run(tmp_path, NUMBA_DISABLE_JIT="1") == ""
    assert not list(tmp_path.rglob("*.nbi"))
