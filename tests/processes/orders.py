"""What the child process of the tests can be asked: apart from what runs as main, for both sides to know."""

from __future__ import annotations

from dataclasses import dataclass

#: The module that the child runs.
MODULE = "tests.processes.child"


@dataclass(frozen=True)
class Echo:
    """Report the value as it came."""

    value: object


@dataclass(frozen=True)
class Say:
    """Print a line, as a solver may, and report None."""

    line: str


@dataclass(frozen=True)
class Exit:
    """Print a line on standard error and exit with a code."""

    code: int
    line: str = ""


class ImportPath:
    """Report where modules are imported from."""


class Spawn:
    """Start a process of its own that sleeps, and report its number."""


class Abort:
    """Die by a signal."""


class Hang:
    """Do nothing more."""


class ClosePipe:
    """Close the pipe that reports go through, and do nothing more."""


class Half:
    """Write the first half of a report and exit."""
