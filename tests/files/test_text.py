from __future__ import annotations

import os
from pathlib import Path

import pytest

from wse_cp.errors import InputError
from wse_cp.files import text as text_module
from wse_cp.files.text import parse_integer, read_text


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
