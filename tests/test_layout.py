"""Tests stand where what they test stands."""

from __future__ import annotations

from pathlib import Path

from tests.paths import ROOT

TESTS = ROOT / "tests"
FILES = sorted(path.relative_to(TESTS) for path in TESTS.rglob("*.py"))
#: Folders of the project beside the package that have tests too.
BESIDE = ("benchmarks", "docs", "scripts")


def home(folder: Path) -> Path:
    """The folder that a folder of tests is for."""
    return (ROOT if folder.parts[0] in BESIDE else ROOT / "wse_cp") / folder


def test_each_folder_is_one_of_the_package_or_of_the_project() -> None:
    folders = {path.parent for path in FILES} - {Path()}
    assert folders
    assert [str(folder) for folder in sorted(folders) if not home(folder).is_dir()] == []


def test_no_file_repeats_the_name_of_its_folder() -> None:
    assert [str(path) for path in FILES if path.name.startswith(f"test_{path.parent.name}_")] == []
