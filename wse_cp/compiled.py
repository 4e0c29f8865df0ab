"""The decorator of all compiled functions, and which code of theirs is kept.

Numba keeps the code of a function until its own file changes, even if a function it calls, and has
swallowed, stands in another file that did change. So the code is kept in a directory named for the contents
of all files with compiled functions.

Compiling ahead: the numerical loops are compiled once on a machine, and the user is told.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numba.core.config
from llvmlite.binding import get_host_cpu_features, get_host_cpu_name
from numba.extending import register_jitable

from wse_cp.code_cache.checked import FolderCache, damaged_files
from wse_cp.code_cache.folders import SPARE, Folders, find_folders
from wse_cp.code_cache.shared import SharedCache, say_once
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv
from wse_cp.linked import WholeCompiler

Function = TypeVar("Function", bound=Callable[..., Any])
_config: Any = numba.core.config

#: No lock of the interpreter, no form for calls from C.
_OPTIONS: dict[str, Any] = {"nogil": True, "no_cfunc_wrapper": True}


def compiled(function: Function) -> Function:
    """Return `function` compiled on first call, without the interpreter lock, kept between runs.

    What it calls should be `inner`: it is compiled into it.
    """
    if is_switched_off():
        return function
    dispatcher: Any = numba.njit(pipeline_class=WholeCompiler, **_OPTIONS)(function)
    where = folders()
    if where.all:
        lock = where.writable and where.writable / f"{function.__module__}.{function.__qualname__}.lock"
        dispatcher._cache = SharedCache([FolderCache(function, folder) for folder in where.all], lock)
    return cast(Function, dispatcher)


def is_switched_off() -> bool:
    """Tell whether nothing is to be compiled (NUMBA_DISABLE_JIT)."""
    return bool(_config.DISABLE_JIT)


def inner(function: Function) -> Function:
    """Return `function` as it is: compiled where compiled functions call it, else interpreted."""
    register_jitable(no_cfunc_wrapper=True)(function)
    return function


@cache
def folders() -> Folders:
    """Return where this version's machine code is kept, and say so if that is not where it should be."""
    found = find_folders(_digest(), completion_mark())
    if found.trouble and found.all != (found.wanted,) and SPARE not in os.environ:
        kept = "kept for this run only" if found.temporary else "not kept"
        say_once(f"{found.trouble}; what is compiled is {kept}")
    return found


def is_complete() -> bool:
    """Tell whether everything is compiled and intact, so that nothing but loading is left."""
    marked = [folder for folder in folders().all if (folder / completion_mark()).exists()]
    return bool(marked) and not any(map(damaged_files, folders().all))


def repair() -> None:
    """Remove damaged files, and with them the note that everything is compiled."""
    for folder in folders().all:
        damaged = damaged_files(folder)
        if damaged:
            say_once(f"damaged files in {folder}: {len(damaged)}; what is missing is compiled anew")
        for path in (*damaged, *(folder.glob("complete-*") if damaged else ())):
            with suppress(OSError):
                path.unlink()


def _digest() -> str:
    """Return a name for the contents of the files with compiled functions."""
    found = hashlib.sha256(b"sealed files")
    for path in _sources():
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


@cache
def _sources() -> tuple[Path, ...]:
    """Return the files with compiled functions."""
    every = sorted(Path(__file__).parent.rglob("*.py"))
    marked = re.compile(rb"^@(compiled|inner)$", re.MULTILINE)
    return tuple(path for path in every if marked.search(path.read_bytes()))


@cache
def completion_mark() -> str:
    """Return the name of the file that says that everything is compiled, for this machine, Numba and sources.

    Numba does not use code that it made for another machine or from files of another date.
    """
    found = hashlib.sha256(f"{numba.__version__} {sys.version} {get_host_cpu_name()}".encode())
    found.update(str(get_host_cpu_features()).encode())
    for path in _sources():
        status = path.stat()
        found.update(f"{path} {status.st_mtime_ns} {status.st_size}".encode())
    return f"complete-{found.hexdigest()[:16]}"


#: Seconds of silence before the user is told: loading compiled code takes less.
_PATIENCE = 1.5


def warm_up(
    exercise: Callable[[Instance], object],
    tell: Callable[[str], object],
    wait: Callable[[], object] = lambda: None,
) -> None:
    """Run compiled loops once on tiny instances.

    Parameters
    ----------
    exercise
        Runs them on an instance.
    tell
        Gets a line if that takes long.
    wait
        Called at the end: it waits for other processes that compile.
    """
    timer = threading.Timer(
        _PATIENCE, tell, ["compiling the numerical loops (once on this machine, half a minute)"]
    )
    timer.daemon = True
    timer.start()
    try:
        for wadapter in (0, 1):
            exercise(tiny_instance(wadapter))
        wait()
    finally:
        timer.cancel()


def tiny_instance(wadapter: int) -> Instance:
    """Return an instance that every loop is soon done with."""
    conv = Conv(2, 2, 1, 1, 2, 2, 1)
    nodes = tuple(Node(i, f"k{i}", conv) for i in range(3))
    edges = (Edge("k0", "k1"), Edge("k1", "k2"), Edge("k0", "k2"))
    return Instance(Settings(width=24, height=24, wadapter=wadapter), nodes, edges)
