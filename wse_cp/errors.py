"""The errors that a user sees, each a clear line; and the rules that a placement breaks.

`wse_cp/cli/entry.py` says which exit status each error has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

#: Most characters of what was expected, which may name something that the user has named, and of the place.
MOST_EXPECTED = 400


class InputError(Exception):
    """Something in the input is wrong; ``str()`` is one line fit for the terminal.

    Parameters
    ----------
    expected, found
        What should have stood there, and what does (shortened if long).
    source
        File or option the problem is in, if any.
    line
        1-based line number, if it has one.
    """

    def __init__(self, expected: str, found: str, source: str | None = None, line: int | None = None) -> None:
        self.expected, self.source, self.line = expected, source, line
        self.found = found if isinstance(found, str) else repr(found)
        super().__init__(expected, self.found, source, line)

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.source, self.line) if part is not None)
        message = f"expected {shorten(self.expected, MOST_EXPECTED)}, found {shorten(self.found)}"
        return f"{shorten(place, MOST_EXPECTED)}: {message}" if place else message

    def at(self, source: str, line: int | None = None) -> InputError:
        """Return the same error with its place filled in where it was still unknown."""
        line = self.line if self.line is not None else line
        return InputError(self.expected, self.found, self.source or source, line)


@contextmanager
def located(source: str, line: int | None = None) -> Iterator[None]:
    """Fill in the place of an `InputError` that is raised within, where it is still unknown."""
    try:
        yield
    except InputError as error:
        raise error.at(source, line) from None


@dataclass(frozen=True)
class Violation:
    """A rule that a placement breaks: its kind, the kernels concerned, and a line for the user."""

    kind: str  #: overlap, outside, memory, missing, twice, unknown, arguments
    kernels: tuple[str, ...]
    message: str


class IllegalPlacementError(Exception):
    """A placement that should have been legal is not; holds its violations."""

    def __init__(self, found: Sequence[Violation]) -> None:
        self.violations = tuple(found)
        super().__init__(self.violations)  # as its arguments, of which it is made anew in another process

    def __str__(self) -> str:
        return "; ".join(violation.message for violation in self.violations[:5])


class NoPlacementError(Exception):
    """No legal placement was found within the time limit (which does not prove that there is none)."""


class BoundError(Exception):
    """A lower bound is not to be trusted: its certificate is refused, or a legal placement costs less."""


class UnwrittenError(Exception):
    """The work is done, but outputs could not be written where they were to go; a line says where each is."""

    def __init__(self, *lines: str) -> None:
        self.lines = lines
        super().__init__(*lines)

    def __str__(self) -> str:
        return "; ".join(self.lines)


def shorten(text: str, limit: int = 120) -> str:
    """Return `text` on one printable line of at most `limit` characters."""
    clean = "".join(ch if ch.isprintable() else "?" for ch in text[: limit + 1])
    return clean if len(text) <= limit else clean[: limit - 3] + "..."
