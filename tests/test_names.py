"""Test files: pytest imports them by their names alone, so each needs one of its own."""

from __future__ import annotations

from collections import Counter
from pathlib import Path


def test_no_two_test_files_have_the_same_name() -> None:
    files = Path(__file__).parent.rglob("*.py")
    names = Counter(
        path.name for path in files if path.name != "conftest.py"
    )  # pytest knows these by their place
    assert [name for name, count in names.items() if count > 1] == []
