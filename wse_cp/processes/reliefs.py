"""Who can give up memory: asked by `guard` when it becomes scarce.

What is asked for is a degree of `Pressure`. Each part of the program that holds memory does what it can at
that degree, without losing what was found.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from enum import IntEnum
from weakref import WeakMethod


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
