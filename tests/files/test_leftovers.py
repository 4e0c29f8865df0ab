"""What killed processes left is removed, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from wse_cp.files.leftovers import remove_leftovers


@pytest.mark.parametrize("name", ["x", "x" * 200, "x[1].paint"])
def test_old_temporary_files_of_a_file_are_removed(tmp_path: Path, name: str) -> None:
    old = [tmp_path / f".{name[:length]}.{'0' * 12}.tmp" for length in (60, 100)]
    new = tmp_path / f".{name[:60]}.{'1' * 12}.tmp"
    others = [tmp_path / f".y.{'0' * 12}.tmp", tmp_path / ".x.tmp", tmp_path / "x"]
    for path in (*old, new, *others):
        path.write_text("")
    for path in (*old, *others):
        os.utime(path, (0, 0))
    remove_leftovers(tmp_path / name)
    assert set(tmp_path.iterdir()) == {new, *others}


def test_a_folder_that_cannot_be_read_is_no_trouble(tmp_path: Path) -> None:
    remove_leftovers(tmp_path / "missing/x")
