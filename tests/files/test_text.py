from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from wse_cp.errors import InputError
from wse_cp.files import text as text_module
from wse_cp.files.text import parse_integer, read_text, write_atomically


def test_line_ends_and_byte_order_mark_are_normalised(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"\xef\xbb\xbfa\r\nb\rc\n")
    assert read_text(path) == "a\nb\nc\n"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "an empty file"),
        (b" \r\n\n", "an empty file"),
        (b"a\nb\0c", "binary data"),
        (b"a\n\xff\xfe", "byte 0xff that is not UTF-8"),
    ],
)
def test_files_without_text_are_input_errors(tmp_path: Path, content: bytes, found: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_text(path)
    assert caught.value.found == found
    assert caught.value.source == str(path)


def test_binary_data_is_reported_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"a\nb\0c")
    with pytest.raises(InputError, match=":2: "):
        read_text(path)


def test_missing_files_directories_and_odd_paths_are_input_errors(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path, found in (
        (tmp_path / "missing", "no such file"),
        (tmp_path, "a directory"),
        (tmp_path / "file" / "x", "Not a directory"),
        (tmp_path / ("n" * 300), "too long"),
        ("a\0b", "null"),
    ):
        with pytest.raises(InputError) as caught:
            read_text(path)
        assert found in caught.value.found


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_files_are_input_errors(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("x")
    path.chmod(0)
    with pytest.raises(InputError, match="permission"):
        read_text(path)


def test_too_large_files_are_input_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_module, "MAX_FILE_SIZE", 3)
    path = tmp_path / "x"
    path.write_text("abc")
    assert read_text(path) == "abc"
    path.write_text("abcd")
    with pytest.raises(InputError, match="at most 3 bytes"):
        read_text(path)


def test_endless_files_are_input_errors() -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("no /dev/zero here")
    with pytest.raises(InputError, match="at most"):
        read_text("/dev/zero")


def test_writing_replaces_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "x"
    write_atomically(path, "first")
    write_atomically(path, b"second")
    assert path.read_text() == "second"
    assert list(tmp_path.iterdir()) == [path]


def test_written_files_have_ordinary_permissions(tmp_path: Path) -> None:
    ordinary, ours = tmp_path / "a", tmp_path / "b"
    ordinary.write_text("x")
    write_atomically(ours, "x")
    assert stat.S_IMODE(ours.stat().st_mode) == stat.S_IMODE(ordinary.stat().st_mode)


def test_writing_goes_through_a_symbolic_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    write_atomically(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_a_failed_write_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x"
    path.write_text("old")

    def fail(source: str, target: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(InputError, match="No space left"):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_paths_that_cannot_be_written_are_input_errors(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "no" / "x", tmp_path / ("n" * 300), "a\0b"):
        with pytest.raises(InputError, match="a path that can be written"):
            write_atomically(path, "x")


def test_a_device_is_written_to_and_not_replaced() -> None:
    write_atomically(os.devnull, "x")
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


@pytest.mark.parametrize(
    ("text", "value"), [("0", 0), ("-7", -7), ("+7", 7), ("07", 7), ("9" * 18, 10**18 - 1)]
)
def test_integers(text: str, value: int) -> None:
    assert parse_integer(text, "x") == value


@pytest.mark.parametrize("text", ["", "-", "1.0", "1e3", "0x1", "1_000", " 1", "1\n", "²", "٣", "9" * 19])
def test_what_is_no_integer(text: str) -> None:
    with pytest.raises(InputError, match="x as an integer"):
        parse_integer(text, "x")


@pytest.mark.parametrize("text", ["0", "11"])
def test_integers_out_of_range(text: str) -> None:
    with pytest.raises(InputError, match="x as an integer from 1 to 10"):
        parse_integer(text, "x", 1, 10)
