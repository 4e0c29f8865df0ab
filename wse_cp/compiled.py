"""The decorator of all compiled functions, and where their machine code is kept.

Numba keeps the code of a function until its own file changes, even if a function it calls, and has
swallowed, stands in another file that did change. So the code is kept in a directory named for the contents
of all files with compiled functions.

Compiling ahead: the numerical loops are compiled once on a machine, and the user is told.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numba.core.config
from llvmlite.binding import get_host_cpu_features, get_host_cpu_name
from numba.extending import register_jitable
from platformdirs import user_cache_path

from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv
from wse_cp.linked import WholeCompiler
from wse_cp.shared_cache import SharedCache

Function = TypeVar("Function", bound=Callable[..., Any])
_config: Any = numba.core.config

#: No lock of the interpreter, no form for calls from C.
_OPTIONS: dict[str, Any] = {"nogil": True, "no_cfunc_wrapper": True}
#: So begins the name of a directory for machine code that is thrown away.
TEMPORARY = "wse-cp-"
#: Versions of the machine code that are kept.
_KEPT = 3


def compiled(function: Function) -> Function:
    """Return `function` compiled on first call, without the interpreter lock, kept between runs.

    What it calls should be `inner`: it is compiled into it.
    """
    before = _config.CACHE_DIR
    _config.CACHE_DIR = str(cache_directory())
    try:
        dispatcher: Any = numba.njit(cache=True, pipeline_class=WholeCompiler, **_OPTIONS)(function)
        lock = cache_directory() / f"{function.__module__}.{function.__qualname__}.lock"
        dispatcher._cache = SharedCache(dispatcher._cache, lock)
        return cast(Function, dispatcher)
    finally:
        _config.CACHE_DIR = before


def inner(function: Function) -> Function:
    """Return `function` as it is: compiled where compiled functions call it, else interpreted."""
    register_jitable(no_cfunc_wrapper=True)(function)
    return function


@cache
def cache_directory() -> Path:
    """Return the directory of this version's machine code.

    In NUMBA_CACHE_DIR or the user's cache directory; a temporary one where these cannot be written.
    """
    wanted = os.environ.get("NUMBA_CACHE_DIR")
    base = Path(wanted) / "wse-cp" if wanted else user_cache_path("wse-cp", appauthor=False).expanduser()
    directory = base / _digest()
    try:
        directory.mkdir(parents=True, exist_ok=True)
        directory.touch()
        (directory / f".{os.getpid()}").touch()
        (directory / f".{os.getpid()}").unlink()
    except OSError:
        return Path(tempfile.mkdtemp(prefix=TEMPORARY))
    _forget_old(base)
    return directory


def _digest() -> str:
    """Return a name for the contents of the files with compiled functions."""
    found = hashlib.sha256()
    for path in _sources():
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


@cache
def _sources() -> tuple[Path, ...]:
    """Return the files with compiled functions."""
    every = sorted(Path(__file__).parent.rglob("*.py"))
    marked = re.compile(rb"^@(compiled|inner)$", re.MULTILINE)
    return tuple(path for path in every if marked.search(path.read_bytes()))


def completion_mark() -> Path:
    """Return the file that says that everything is compiled, for this machine, Numba and these sources.

    Numba does not use code that it made for another machine or from files of another date.
    """
    found = hashlib.sha256(f"{numba.__version__} {sys.version} {get_host_cpu_name()}".encode())
    found.update(str(get_host_cpu_features()).encode())
    for path in _sources():
        status = path.stat()
        found.update(f"{path} {status.st_mtime_ns} {status.st_size}".encode())
    return cache_directory() / f"complete-{found.hexdigest()[:16]}"


def _forget_old(base: Path) -> None:
    """Remove all but the most recently used directories."""
    try:
        known = sorted(base.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    except OSError:  # another process is at it
        return
    for path in known[_KEPT:]:
        shutil.rmtree(path, ignore_errors=True)


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
