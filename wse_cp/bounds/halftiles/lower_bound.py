"""The search for a lower bound with several threads, for as long as the time allows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from fractions import Fraction

from wse_cp.bounds.halftiles.search import RefinedSearch
from wse_cp.bounds.result import Bound
from wse_cp.instance import Instance

#: Seconds between two reports of a better bound.
_PAUSE = 0.2
#: Seconds between looks of a thread that has nothing to do.
_LOOK = 0.01
#: Seconds that a thread may take to end: until then it holds what it has been evaluating.
_LAST = 2.0


def lower_bound(
    instance: Instance,
    *,
    time_limit: float = 60.0,
    workers: int = 2,
    stop: threading.Event | None = None,
    observer: Callable[[Bound], None] | None = None,
) -> Bound:
    """Return the best lower bound of an instance's cost that the time allows, with its certificate.

    Parameters
    ----------
    time_limit
        Wall time in seconds.
    workers
        Threads. More than one are used only where adapters cost something.
    stop
        Set it to end early.
    observer
        Told of better bounds, from one thread at a time.

    Raises
    ------
    InputError
        If the kernels cannot fit the wafer at any speed.
    """
    team = _Team(instance, time.monotonic() + time_limit, stop or threading.Event())
    return team.bound(workers, observer)


class _Team:
    """Threads that work on one search until `deadline` (`time.monotonic`), or until `stop` is set."""

    def __init__(self, instance: Instance, deadline: float, stop: threading.Event) -> None:
        self._deadline, self._stop = deadline, stop
        self._failures: list[Exception] = []
        self._search = RefinedSearch(instance, self._over)

    def bound(self, workers: int, observer: Callable[[Bound], None] | None) -> Bound:
        """Search with so many threads; return the best bound. The observer is told in this thread."""
        threads = [threading.Thread(target=self._work, args=(k == 0,), daemon=True) for k in range(workers)]
        for thread in threads:
            thread.start()
        told = Fraction(0)
        while any(thread.is_alive() for thread in threads) and not self._ended():
            if observer is not None and self._search.value > told:
                found = self._search.bound()
                told = found.value
                observer(found)
            threads[0].join(_PAUSE)
        for thread in threads:
            thread.join(_LAST)
        if self._failures:
            raise self._failures[0]
        return self._search.bound()

    def _over(self) -> bool:
        return bool(self._failures) or self._stop.is_set() or time.monotonic() > self._deadline

    def _ended(self) -> bool:
        return self._over() or self._search.finished

    def _work(self, first: bool) -> None:
        try:
            while not self._ended():
                if not ((first or self._search.gains_by_threads) and self._search.step(first)):
                    time.sleep(_LOOK)
        except Exception as error:
            self._failures.append(error)
