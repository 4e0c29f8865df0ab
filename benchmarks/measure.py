"""Measure a command: wall time and memory of its process tree, the machine, and the commit of the code."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

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


def machine() -> str:
    """Return the processor model and its number of cores."""
    return f"{_processor()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def commit(folder: Path) -> str:
    """Return the short commit the code in `folder` is at, with a + if tracked files differ; else "-"."""
    head = _git(folder, "rev-parse", "--short", "HEAD")
    changed = _git(folder, "status", "--porcelain", "--untracked-files=no", "--", "wse_cp")
    return f"{head}+" if head and changed else head or "-"


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
