"""How far an import is: reported for every step with an operation at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

#: Called with a step's name, how many operations are done, and of how many.
Progress = Callable[[str, int, int], None]

Item = TypeVar("Item")


def silent(what: str, done: int, total: int) -> None:
    """Report nothing."""


def tracked(items: Sequence[Item], what: str, progress: Progress) -> Iterator[Item]:
    """Yield items; report how many of them are done."""
    for number, item in enumerate(items):
        progress(what, number, len(items))
        yield item
    progress(what, len(items), len(items))
