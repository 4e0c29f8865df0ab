"""Which program runs Python: where Python is embedded, `sys.executable` is the application, or nothing."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

#: The name of an interpreter has one of these in it.
_NAMES = ("python", "pypy")


class NoInterpreterError(OSError):
    """There is no program to run Python with; an `OSError`, as where the system starts no more processes."""


def find_interpreter() -> str:
    """Return the path of a program that runs this Python.

    `sys.executable` if its name is that of one. Else, as in an application that embeds Python, one of this
    version in the place it was installed to. What is no Python is never started: it would be the application
    once more.

    Raises
    ------
    NoInterpreterError
        If there is none, as in a frozen application.
    """
    for path in _candidates():
        if any(name in os.path.basename(path).lower() for name in _NAMES) and shutil.which(path):
            return path
    raise NoInterpreterError(f"no Python interpreter found (sys.executable is {sys.executable!r})")


def runs_python() -> bool:
    """Tell whether `sys.executable` is the program that runs this Python."""
    try:
        return find_interpreter() == sys.executable
    except NoInterpreterError:
        return False


def _candidates() -> Iterator[str]:
    frozen = getattr(sys, "frozen", False)
    for path in () if frozen else (sys.executable, getattr(sys, "_base_executable", None)):
        if isinstance(path, str) and path:
            yield path
    if frozen:  # what stands elsewhere on this machine lacks what was frozen
        return
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    names = (f"python{version}", "python3", "python") if os.name == "posix" else ("python.exe",)
    for folder in dict.fromkeys((sys.prefix, sys.exec_prefix, sys.base_prefix)):
        for name in names:
            yield str(Path(folder, "bin", name) if os.name == "posix" else Path(folder, name))
    if folder := sysconfig.get_config_var("BINDIR"):
        yield str(Path(folder, names[0]))


def search_path(interpreter: str) -> dict[str, str]:
    """Return what the environment of a child must say so that it finds the modules that are found here.

    Nothing if it is run by the program that runs this process, which looks for them in the same places.
    """
    if interpreter == sys.executable:
        return {}
    known = [path for path in sys.path if path and os.path.isabs(path) and os.path.exists(path)]
    return {"PYTHONPATH": os.pathsep.join(known)}
