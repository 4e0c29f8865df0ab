"""How long calculations hear that the search is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ended: ContextVar[Callable[[], bool]] = ContextVar("ended", default=lambda: False)


class EndedError(Exception):
    """The search is over: what was being calculated is of no use any more."""


@contextmanager
def until(ended: Callable[[], bool], besides: bool = False) -> Iterator[None]:
    """Have `look` raise `EndedError` within this block, in this thread, once `ended` returns True.

    With `besides` it does so too once what was said outside this block returns True.
    """
    outside = _ended.get()
    token = _ended.set((lambda: ended() or outside()) if besides else ended)
    try:
        yield
    finally:
        _ended.reset(token)


def look() -> None:
    """Look whether the search is over; called every few milliseconds of a long calculation.

    Raises
    ------
    EndedError
        If it is.
    """
    if _ended.get()():
        raise EndedError
