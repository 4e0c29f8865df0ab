"""What is measured of a process tree, and the row that shows it."""

from __future__ import annotations

import sys

import pytest

from benchmarks.memory import Peak, peak_of, row
from benchmarks.project import RunFailedError

#: A process with a child; both hold memory for a while.
TREE = """
import subprocess, sys, time
program = "x = bytearray(b'x') * 60_000_000; input()"
child = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE)
x = bytearray(b"x") * 40_000_000
time.sleep(2)
child.communicate(b"\\n")
print("lower bound     12.5")
"""


def test_the_peak_counts_children_too() -> None:
    peak, answer = peak_of([sys.executable, "-c", TREE])
    assert peak.total > 100
    assert [name for name, _ in peak.parts] == ["main", "main"]
    assert row("A", "bound", peak, answer).startswith("| A | bound | lower bound 12.5 | 1")


def test_a_row_without_a_result_says_so() -> None:
    assert row("A", "solve", Peak(1.4, 2.6, (("main", 1.4),)), "") == "| A | solve | - | 1 | 3 | main 1 |"


def test_a_command_that_fails_is_an_error() -> None:
    with pytest.raises(RunFailedError, match="oh dear"):
        peak_of([sys.executable, "-c", "import sys; sys.exit('oh dear')"])
