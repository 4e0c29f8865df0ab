"""Run a command in a fresh process and measure its wall time and the memory of its whole process tree."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil

INTERVAL = 0.25  #: seconds between two samples


@dataclass(frozen=True)
class Measured:
    """How a command ended and what it took."""

    status: int
    stdout: str
    stderr: str
    wall_seconds: float
    peak_memory_mb: float  #: MB (10^6 bytes), private memory summed over the process tree


def measure(command: Sequence[str], stderr_limit: int = 2000) -> Measured:
    """Run a command to its end; sample its process tree's memory meanwhile."""
    start = time.monotonic()
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        peak = 0
        while True:
            peak = max(peak, tree_memory(process.pid))
            try:
                stdout, stderr = process.communicate(timeout=INTERVAL)
                break
            except subprocess.TimeoutExpired:
                continue
        wall = time.monotonic() - start
        return Measured(process.returncode, stdout, stderr[-stderr_limit:], wall, peak / 1e6)


def tree_memory(pid: int) -> int:
    """Return the memory (bytes) of a process and its descendants; 0 once they are gone.

    Private memory, so that what forked children share with their parent counts once.
    """
    try:
        root = psutil.Process(pid)
        members = [root, *root.children(recursive=True)]
    except psutil.Error:
        return 0
    return sum(_memory(member) for member in members)


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().uss)
    except psutil.AccessDenied:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0
