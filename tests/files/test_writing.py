"""Files are written whole, where their names say; modes, links and protection stay."""

from __future__ import annotations

import errno
import os
import resource
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.paths import ROOT
from wse_cp.errors import InputError
from wse_cp.files.writing import rescue_file, write_file
from wse_cp.streams import Absent


def test_writing_replaces_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "x"
    write_file(path, "first")
    write_file(path, b"second")
    assert path.read_text() == "second"
    assert list(tmp_path.iterdir()) == [path]


def test_written_files_have_ordinary_permissions(tmp_path: Path) -> None:
    ordinary, ours = tmp_path / "a", tmp_path / "b"
    ordinary.write_text("x")
    write_file(ours, "x")
    assert stat.S_IMODE(ours.stat().st_mode) == stat.S_IMODE(ordinary.stat().st_mode)


def test_writing_goes_through_a_symbolic_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    write_file(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_a_failed_write_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x"
    path.write_text("old")

    def fail(source: str, target: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(InputError, match="No space left"):
        write_file(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_paths_that_cannot_be_written_are_input_errors(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "no" / "x", tmp_path / ("n" * 300), "a\0b"):
        with pytest.raises(InputError, match="a path that can be written"):
            write_file(path, "x")


def test_a_device_is_written_to_and_not_replaced() -> None:
    write_file(os.devnull, "x")
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


NOBODY = 65534


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Directory that any user may enter, which those of pytest are not."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


def as_nobody(work: Callable[[], object]) -> str:
    """Return the error of work that a user without privileges does, "" if there is none."""
    if os.geteuid() != 0:
        return error_of(work)
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            os.write(writer, error_of(work).encode())
        finally:
            os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as file:
        return file.read()


def error_of(work: Callable[[], object]) -> str:
    try:
        work()
    except InputError as error:
        return str(error)
    return ""


def give_to_nobody(*paths: Path) -> None:
    if os.geteuid() == 0:
        for path in paths:
            os.chown(path, NOBODY, NOBODY)


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755, 0o4755])
def test_the_mode_of_a_file_stays(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "x"
    path.write_text("old")
    path.chmod(mode)
    write_file(path, "new")
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", mode)


@pytest.mark.parametrize("mode", [0o444, 0o400, 0o000])
def test_a_file_that_its_owner_may_not_write_is_refused(open_folder: Path, mode: int) -> None:
    path = open_folder / "best.json"
    path.write_text("old")
    path.chmod(mode)
    give_to_nobody(open_folder, path)
    assert "permission to write" in as_nobody(lambda: write_file(path, "new"))
    path.chmod(0o444)
    assert path.read_text() == "old"
    assert list(open_folder.iterdir()) == [path]


def test_a_file_that_may_be_written_is_in_a_directory_that_may_not(open_folder: Path) -> None:
    path = open_folder / "x"
    path.write_text("a longer text than the new one")
    give_to_nobody(path)
    if os.geteuid() != 0:
        open_folder.chmod(0o555)
    assert as_nobody(lambda: write_file(path, "new")) == ""
    assert path.read_text() == "new"
    open_folder.chmod(0o755)


def test_all_names_of_a_file_see_the_new_text(tmp_path: Path) -> None:
    path, other = tmp_path / "x", tmp_path / "y"
    path.write_text("a longer text than the new one")
    other.hardlink_to(path)
    write_file(path, "new")
    assert other.read_text() == "new"
    assert path.samefile(other)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_the_owner_of_a_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("old")
    give_to_nobody(path)
    write_file(path, "new")
    assert (path.read_text(), path.stat().st_uid, path.stat().st_gid) == ("new", NOBODY, NOBODY)


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="Linux has attributes")
def test_the_attributes_of_a_file_stay(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("old")
    try:
        os.setxattr(path, "user.note", b"mine")
    except OSError:
        pytest.skip("no attributes in this file system")
    write_file(path, "new")
    assert (path.read_text(), os.getxattr(path, "user.note")) == ("new", b"mine")


@pytest.mark.parametrize("number", [errno.EBUSY, errno.EXDEV, errno.EPERM], ids=errno.errorcode.get)
def test_a_file_that_is_a_mount_is_written_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    path = tmp_path / "x"
    path.write_text("a longer text than the new one")
    node = path.stat().st_ino

    def refuse(source: str, target: str) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "replace", refuse)
    write_file(path, "new")
    assert (path.read_text(), path.stat().st_ino) == ("new", node)
    assert list(tmp_path.iterdir()) == [path]


def test_a_bind_mount_is_written_in_place(tmp_path: Path) -> None:
    """As with ``docker run -v``."""
    for name in ("host", "out"):
        (tmp_path / name).write_text("old")
    program = "from wse_cp.files.writing import write_file; write_file('out', 'new')"
    done = subprocess.run(
        [
            "unshare",
            "-m",
            "sh",
            "-c",
            'mount --bind host out && exec "$@"',
            "sh",
            sys.executable,
            "-c",
            program,
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip("no mounts for this user")
    assert (done.returncode, done.stderr) == (0, "")
    assert [(tmp_path / name).read_text() for name in ("host", "out")] == ["new", "old"]


@contextmanager
def at_most(size: int) -> Iterator[None]:
    """Let no file grow beyond so many bytes, as a full disk would not."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("links", [1, 2], ids=["replaced", "in place"])
def test_a_full_disk_keeps_the_old_file(tmp_path: Path, links: int) -> None:
    path = tmp_path / "x"
    path.write_text("old")
    if links == 2:
        (tmp_path / "y").hardlink_to(path)
    with at_most(1000):
        message = error_of(lambda: write_file(path, "new" * 1000))
    assert "a path that can be written" in message
    assert path.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == links


# --- names that stand for open files


@pytest.mark.parametrize("form", ["/dev/fd/{}", "/proc/self/fd/{}"])
def test_an_open_pipe_is_written_to(form: str) -> None:
    if not Path("/proc/self/fd").exists():
        pytest.skip("no such names here")
    reader, writer = os.pipe()
    write_file(form.format(writer), "text")
    os.close(writer)
    with os.fdopen(reader) as file:
        assert file.read() == "text"


def test_a_named_pipe_is_written_to(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.append(path.read_text()))
    thread.start()
    write_file(path, "text")
    thread.join(20)
    assert found == ["text"]
    assert stat.S_ISFIFO(path.stat().st_mode)


@pytest.mark.parametrize("path", ["-", "/dev/stdout", "/dev/fd/1"])
def test_a_dash_is_standard_output(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    print("before")
    write_file(path, "text\n")
    print("after")
    assert capsys.readouterr().out == "before\ntext\nafter\n"


def test_a_file_called_dash_is_written_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_file("./-", "text")
    assert (tmp_path / "-").read_text() == "text"


@pytest.mark.parametrize("stream", [None, Absent()], ids=["none", "absent"])
def test_no_standard_output_is_an_error(monkeypatch: pytest.MonkeyPatch, stream: Any) -> None:
    monkeypatch.setattr(sys, "stdout", stream)
    with pytest.raises(InputError, match=r"-: .*closed"):
        write_file("-", "text")


@pytest.mark.parametrize("number", [1023, 99999999])
def test_a_number_that_is_not_open_is_an_error(number: int) -> None:
    with pytest.raises(InputError, match="Bad file descriptor"):
        write_file(f"/dev/fd/{number}", "text")


# --- somewhere else


def test_what_cannot_be_written_goes_beside_it(tmp_path: Path) -> None:
    assert rescue_file(tmp_path / "x.paint", "text") == tmp_path / "x.rescued.paint"
    assert rescue_file(tmp_path / "x.paint", "more") == tmp_path / "x.rescued2.paint"
    assert (tmp_path / "x.rescued.paint").read_text() == "text"


def test_without_its_directory_it_goes_to_the_current_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert rescue_file("gone/x.paint", "text") == Path("x.rescued.paint")
    assert rescue_file("-", "text") == Path("output.rescued")


def test_without_that_it_goes_to_a_temporary_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    away, temporary = tmp_path / "away", tmp_path / "temporary"
    away.mkdir()
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.chdir(away)
    away.rmdir()
    assert rescue_file(away / "x.paint", "text") == temporary / "x.rescued.paint"


def test_a_name_of_any_bytes_is_written_and_shown(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.json"))
    write_file(path, f"name: {path.name}")
    assert path.read_text() == "name: \\udcff\\udcfe.json"
