"""The decorator of all compiled functions, and where their machine code is kept.

Numba keeps the code of a function until its own file changes, even if a function it calls, and has
swallowed, stands in another file that did change. So the code is kept in a directory named for the contents
of all files with compiled functions.

Compiling ahead: the numerical loops are compiled once on a machine, and the user is told.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numba.core.config
from numba.extending import register_jitable
from platformdirs import user_cache_path

from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv
from wse_cp.linked import WholeCompiler

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
        return cast(Function, numba.njit(cache=True, pipeline_class=WholeCompiler, **_OPTIONS)(function))
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
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        text = path.read_bytes()
        if b"@compiled" in text or b"@inner" in text:
            found.update(text)
    return found.hexdigest()[:16]


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
        _PATIENCE, tell, ["compiling the numerical loops (once on this machine, a minute or two)"]
    )
    timer.daemon = True
    timer.start()
    try:
        for wadapter in (0, 1):
            exercise(_tiny(wadapter))
        wait()
    finally:
        timer.cancel()


def _tiny(wadapter: int) -> Instance:
    conv = Conv(2, 2, 1, 1, 2, 2, 1)
    nodes = tuple(Node(i, f"k{i}", conv) for i in range(3))
    edges = (Edge("k0", "k1"), Edge("k1", "k2"), Edge("k0", "k2"))
    return Instance(Settings(width=24, height=24, wadapter=wadapter), nodes, edges)
