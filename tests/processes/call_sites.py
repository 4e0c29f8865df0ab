"""Where the package starts processes, found in its sources."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.paths import ROOT

#: Modules all of whose functions start processes, and such functions of others.
_MODULES = ("subprocess", "multiprocessing", "pty")
_FUNCTIONS = (
    *("fork", "forkpty", "system", "popen", "posix_spawn", "posix_spawnp", "startfile"),
    *("ProcessPoolExecutor", "ChildProcess", "Popen", "create_subprocess_exec", "create_subprocess_shell"),
    *("execv", "execve", "execvp", "execl", "execlp", "spawnv", "spawnl"),
)


def call_sites() -> set[str]:
    """Return all of them, as module and function."""
    found: set[str] = set()
    for path in sorted((ROOT / "wse_cp").rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        found.update(f"{module}:{name}" for name in _within(path))
    return found


def _within(path: Path) -> Iterator[str]:
    """Yield the functions, with their classes, in which processes are started."""
    rest: list[tuple[ast.AST, tuple[str, ...]]] = [(ast.parse(path.read_text()), ())]
    while rest:
        node, names = rest.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names = (*names, node.name)
        if isinstance(node, ast.Call) and _starts(node.func):
            yield ".".join(names)
        rest += [(child, names) for child in ast.iter_child_nodes(node)]


def _starts(function: ast.expr) -> bool:
    """Tell whether a call of this may start a process."""
    if isinstance(function, ast.Subscript):  # ChildProcess[Request, Report](...)
        function = function.value
    if isinstance(function, ast.Attribute):
        owner = function.value
        whole = isinstance(owner, ast.Name) and owner.id in _MODULES
        return whole or function.attr in _FUNCTIONS
    return isinstance(function, ast.Name) and function.id in _FUNCTIONS
