"""Memory of this process and of those that it has started."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

from tests.processes.waiting import happens
from wse_cp.machine.memory import own_memory, release, tree_memory

PROGRAM = """
import sys
block = bytearray(b"x") * 50_000_000
print("ready", flush=True)
sys.stdin.read()
"""


def test_a_large_array_counts_and_counts_no_more_when_it_is_freed() -> None:
    before = own_memory()
    array = np.ones(10_000_000)
    assert own_memory() - before > 60_000_000
    del array
    release()
    assert own_memory() - before < 40_000_000


def test_of_children_only_those_count_that_run_the_program(tmp_path: Path) -> None:
    program, other = tmp_path / "program.py", tmp_path / "other.py"
    for path in (program, other):
        path.write_text(PROGRAM)
    children = [
        subprocess.Popen([sys.executable, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for path in (program, other)
    ]
    try:
        for child in children:
            assert child.stdout is not None
            assert child.stdout.readline()
        own, *below = tree_memory(str(program))
        assert own.memory > 0
        assert [member.pid for member in below] == [children[0].pid]
        assert below[0].memory > 45_000_000
    finally:
        for child in children:
            child.communicate()
    assert happens(lambda: len(tree_memory(str(program))) == 1)


def test_what_is_far_from_mattering_is_measured_roughly() -> None:
    exact, rough = tree_memory("no such program"), tree_memory("no such program", 10**15)
    assert len(exact) == len(rough) == 1
    assert rough[0].memory >= exact[0].memory > 0
