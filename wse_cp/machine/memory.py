"""Memory that processes take, and what the machine or the container leaves.

What processes share, as the code of libraries, counts once: each has its *proportional set size* (PSS), where
the system tells it.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from wse_cp.machine import cgroups

if TYPE_CHECKING:
    import psutil


class Member(NamedTuple):
    """A process and its memory (bytes)."""

    pid: int
    memory: int


def memory_left(proc: Path = Path("/proc/self")) -> int:
    """Return how many bytes more this process may take: what is free on the machine, and in the container."""
    import psutil

    free, allowed = int(psutil.virtual_memory().available), cgroups.memory_left(proc)
    return free if allowed is None else min(free, allowed)


def own_memory() -> int:
    """Return the memory of this process (bytes)."""
    import psutil

    return _memory(psutil.Process())


def memory_of(pid: int) -> int:
    """Return the memory of a process (bytes); 0 if it has ended."""
    import psutil

    try:
        return _memory(psutil.Process(pid))
    except psutil.Error:
        return 0


def tree_memory(program: str, matters: int = 0) -> tuple[Member, ...]:
    """Return the memory of this process, which comes first, and of those below it that run a program.

    Who else stands below, as the children that a caller of this package has, does not count. What processes
    share is told apart only if they have `matters` bytes together otherwise, for that takes a while: else it
    counts for each.
    """
    import psutil

    own = psutil.Process()
    members = [own]
    with suppress(psutil.Error):
        members += [child for child in own.children(recursive=True) if _runs(child, program)]
    roughly = tuple(Member(member.pid, _resident(member)) for member in members)
    if sum(member.memory for member in roughly) < matters:
        return roughly
    return tuple(Member(member.pid, _memory(member)) for member in members)


def _runs(process: psutil.Process, program: str) -> bool:
    import psutil

    try:
        return program in process.cmdline()
    except psutil.Error:
        return False


def _memory(process: psutil.Process) -> int:
    import psutil

    with suppress(psutil.Error, OSError):
        found = process.memory_full_info()
        return int(getattr(found, "pss", 0) or found.uss)
    return _resident(process)


def _resident(process: psutil.Process) -> int:
    """Return the memory of a process with all that it shares; 0 if it has ended."""
    import psutil

    with suppress(psutil.Error, OSError):
        return int(process.memory_info().rss)
    return 0


def release(collect: bool = True) -> None:
    """Give what is freed back to the system; glibc keeps much of it otherwise, in each thread anew.

    `collect` is whether to look for garbage first, which stops Python's threads for a moment.
    """
    if collect:
        gc.collect()
    if sys.platform.startswith("linux"):
        with suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL("libc.so.6").malloc_trim(0)
