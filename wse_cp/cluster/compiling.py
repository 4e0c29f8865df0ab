"""Compiling on a worker: by one process of a machine, while its others wait."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

from wse_cp.ahead.compiling import Compiling
from wse_cp.compiled import folders, is_complete, is_switched_off

#: Seconds between two tries to be the one that compiles.
_PERIOD = 0.2


def compile_here(stop: Event, tell: Callable[[], object]) -> None:
    """Compile all loops unless that was done before, or until `stop` is set; `tell` hears that it begins.

    Workers that share a cache wait until the first of them is through: then nothing is left to do.
    """
    if is_switched_off() or is_complete():
        return
    tell()
    with _alone(stop.is_set, stop.wait), Compiling() as compiling:
        if compiling.needed:
            compiling.wait(stop=stop.is_set)


@contextmanager
def _alone(over: Callable[[], bool], wait: Callable[[float], object]) -> Iterator[None]:
    """Be the only process that compiles into the cache, where its file system knows locks."""
    folder = folders().writable
    try:
        opened = None if folder is None else os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        opened = None
    try:
        while opened is not None and not over():
            try:
                fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                wait(_PERIOD)
            except OSError:  # a file system without locks
                break
        yield
    finally:
        if opened is not None:
            os.close(opened)
