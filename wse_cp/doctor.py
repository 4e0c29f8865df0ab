"""What an installation consists of, and whether its parts work: for bug reports."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import psutil
from packaging.requirements import Requirement

from wse_cp.errors import shorten
from wse_cp.machine.cores import usable_cores
from wse_cp.machine.memory import memory_left
from wse_cp.version import __version__

#: Bytes the machine should have free: a solver process may take one GB, and the search some.
_FREE_MEMORY = 1 << 30
#: Seconds within which the solver process must have answered.
_SOLVER_SECONDS = 60.0


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what was found, and what to do if it is not as it should be."""

    name: str
    found: str
    advice: str = ""  #: empty if all is well
    broken: bool = False  #: whether runs fail for it

    def to_json(self) -> dict[str, object]:
        """Return the finding as JSON values."""
        state = "broken" if self.broken else "warning" if self.advice else "ok"
        return {"name": self.name, "found": self.found, "state": state, "advice": self.advice or None}


@dataclass(frozen=True)
class Diagnosis:
    """All findings, in the order they are shown."""

    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing is broken."""
        return not any(finding.broken for finding in self.findings)

    def to_json(self) -> dict[str, object]:
        """Return the diagnosis as JSON values."""
        return {"sound": self.sound, "findings": [finding.to_json() for finding in self.findings]}

    def lines(self) -> Iterator[str]:
        """Yield a line for each finding, with the advice below it."""
        width = max(len(finding.name) for finding in self.findings)
        for finding in self.findings:
            yield f"{finding.name:<{width}}  {finding.found}"
            if finding.advice:
                yield f"{'':<{width}}  {'broken' if finding.broken else 'note'}: {finding.advice}"
        yield "all parts work" if self.sound else "something is broken: see above"


def compile_all(tell: Callable[[str], object]) -> None:
    """Compile everything that is not compiled yet; `tell` hears of each part."""
    from wse_cp.ahead.compiling import Compiling

    with Compiling(tell) as compiling:
        compiling.wait()


def examine() -> Diagnosis:
    """Look at everything; takes a few seconds, for the compiler and the solver are tried."""
    return Diagnosis(tuple(_findings()))


def _findings() -> Iterator[Finding]:
    yield Finding("wse-cp", f"{__version__} in {Path(__file__).parent}")
    yield Finding("python", f"{platform.python_version()} ({sys.executable})")
    yield Finding("system", platform.platform())
    yield from _packages()
    yield _cores()
    yield _memory()
    yield _cache()
    yield _terminal()
    yield _tried("compiler", _compile, "reinstall numba and llvmlite")
    yield _tried("solver", _solve, "reinstall ortools; is there a limit on processes or memory?")


def _packages() -> Iterator[Finding]:
    known = versions()
    if not known:
        yield Finding("packages", "unknown", "wse-cp is not installed: it runs from its sources")
    for package in known:
        if package.version is not None:
            yield Finding(package.name, package.version)
        elif package.extra:
            yield Finding(package.name, f"not installed (optional, for wse-cp[{package.extra}])")
        else:
            yield Finding(package.name, "not installed", f"pip install {package.name}", broken=True)


def _cores() -> Finding:
    return Finding("cores", f"{usable_cores()} usable of {os.cpu_count()}")


def _memory() -> Finding:
    left, total = memory_left(), psutil.virtual_memory().total
    found = f"{left / 1e9:.1f} GB available of {total / 1e9:.1f}"
    scarce = left < _FREE_MEMORY
    return Finding("memory", found, "large instances may run out of memory" if scarce else "")


def _cache() -> Finding:
    """Look where machine code is kept between runs, and load it."""
    from wse_cp.compiled import folders, is_complete, is_switched_off

    if is_switched_off():
        advice = "unset NUMBA_DISABLE_JIT: without compiled code runs are a hundred times slower"
        return Finding("compile cache", "compiling is switched off", advice)
    where = folders()
    shown = ", ".join(map(str, where.all)) or "none"
    if damage := _damage():
        return Finding("compile cache", f"{shown} ({damage})", "the next run compiles it anew")
    if where.trouble and not is_complete():
        advice = "every run compiles anew: set NUMBA_CACHE_DIR to a directory of yours that can be written"
        return Finding("compile cache", f"{shown} ({where.trouble})", advice)
    if not is_complete():
        return Finding(
            "compile cache", f"{shown} (cold: the first run compiles; wse-cp doctor --compile does it now)"
        )
    state = f"warm, read only: {where.trouble}" if where.trouble else "warm"
    return _tried("compile cache", lambda: f"{shown} ({state}, loads in {_load():.1f} s)", "remove it")


def _damage() -> str:
    """Return what is damaged in the compile cache, "" if nothing is."""
    from wse_cp.code_cache.checked import damaged_files
    from wse_cp.compiled import folders

    found = [path for folder in folders().all for path in damaged_files(folder)]
    return f"damaged files: {len(found)}, such as {found[0].name}" if found else ""


def _load() -> float:
    """Load all compiled code and return the seconds that takes."""
    from wse_cp.ahead.parts import ALL, compile_part

    begin = time.perf_counter()
    for name in ALL:
        compile_part(name)
    return time.perf_counter() - begin


def _terminal() -> Finding:
    size = shutil.get_terminal_size()
    kind = "terminal" if sys.stderr.isatty() else "no terminal"
    facts = [f"TERM={os.environ.get('TERM', '')}", f"output in {sys.stdout.encoding}"]
    facts += ["NO_COLOR"] if os.environ.get("NO_COLOR") else []
    return Finding("terminal", f"{kind}, {size.columns} x {size.lines}, {', '.join(facts)}")


def _tried(name: str, trial: Callable[[], str], advice: str) -> Finding:
    """Return what came of a trial; any failure at all is a finding."""
    try:
        return Finding(name, trial())
    except Exception as error:
        return Finding(name, shorten(f"{type(error).__name__}: {error}"), advice, broken=True)


def _compile() -> str:
    """Compile a function that no cache holds."""
    import numba

    from wse_cp.compiled import is_switched_off

    if is_switched_off():
        return "switched off"
    twice: Callable[[int], int] = numba.njit(lambda value: 2 * value)
    if twice(21) != 42:
        raise ArithmeticError("compiled code gives a wrong result")
    return "compiles"


def _solve() -> str:
    """Have the solver's process solve the smallest of models."""
    from wse_cp.cpsat.session import solve_trial

    outcome = solve_trial(_SOLVER_SECONDS)
    if outcome.status != "optimal":
        raise RuntimeError(outcome.message or f"a trivial model ended as {outcome.status}")
    return f"answers in its own process ({outcome.seconds:.1f} s with its start)"


@dataclass(frozen=True)
class Package:
    """A package that is needed, or for which extra it is; version None if it is not installed."""

    name: str
    extra: str
    version: str | None


def versions() -> list[Package]:
    """Return the packages in the order of the metadata, each once; those of tests are left out.

    Empty if the metadata are missing, as where the package is run from its sources.
    """
    try:
        own = metadata.metadata("wse-cp")
    except metadata.PackageNotFoundError:
        return []
    extras = own.get_all("Provides-Extra") or []
    found: dict[str, Package] = {}
    for requirement in own.get_all("Requires-Dist") or []:
        package = parsed(requirement, extras)
        if package is not None and package.extra != "test":
            found.setdefault(package.name, package)
    return list(found.values())


def parsed(text: str, extras: Iterable[str]) -> Package | None:
    """Return the package that a requirement names; None if it is for other systems than this."""
    requirement = Requirement(text)
    for extra in ("", *extras):
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            return Package(requirement.name, extra, installed(requirement.name))
    return None


def installed(name: str) -> str | None:
    """Return the version of a package, None if it is not installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
