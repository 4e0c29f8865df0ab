"""Who can give up memory: asked by `guard` when it becomes scarce, and where it is exhausted.

What is asked for is a degree of `Pressure`. Each part of the program that holds memory does what it can at
that degree, without losing what was found.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from enum import IntEnum
from typing import TypeVar
from weakref import WeakMethod

from wse_cp.machine.memory import release

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Pressure(IntEnum):
    """How scarce memory is."""

    SCARCE = 1  #: forget what can be computed again
    SHORT = 2  #: do fewer things at the same time
    SPENT = 3  #: give up parts of the work


Relief = Callable[[Pressure], object]


class Reliefs:
    """A list of methods to call when memory is scarce; safe to use from several threads.

    Those that are added are held weakly: what nobody uses any more has given up its memory.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._methods: list[WeakMethod[Relief]] = []

    def add(self, method: Relief) -> None:
        """Ask a bound method from now on, as long as its object lives."""
        with self._lock:
            self._methods = [known for known in self._methods if known() is not None]
            self._methods.append(WeakMethod(method))

    def ask(self, pressure: Pressure) -> None:
        """Have all of them give up memory; raises what the first that fails raises, after all were asked."""
        with self._lock:
            methods = [method() for method in self._methods]
        failures = []
        for relief in methods:
            try:
                if relief is not None:
                    relief(pressure)
            except Exception as error:
                failures.append(error)
        if failures:
            raise failures[0]


#: Those of this process.
RELIEFS = Reliefs()


def ease_all() -> None:
    """Have all give up what they can, and give it back to the system; never fails."""
    try:
        RELIEFS.ask(Pressure.SPENT)
        release()
    except Exception:  # whatever it is, others have given up something
        _log.info("a relief failed", exc_info=True)


def spared(what: str, step: Callable[[], T], tell: Callable[[str], object], tries: int = 1) -> T | None:
    """Return what a step returns; None if memory is exhausted each time.

    Each time all others give up what they can, and the user is told.

    Parameters
    ----------
    what
        Name of the step, for people.
    tries
        How often it is begun.
    """
    for tries_left in reversed(range(tries)):
        try:
            return step()
        except MemoryError:
            _log.info("memory is exhausted", exc_info=True)
        # Only here, as the error holds on to what the step had in hand.
        ease_all()
        tell(f"exhausted: {what} {'begun again' if tries_left else 'given up'}")
    return None
