"""Large neighbourhoods on other placements than the incumbent, while that stands.

A search of neighbourhoods ends in a placement that none of them improves. From a tree of another cycle limit
it may end in a better one, though it begins with a worse one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from fractions import Fraction

from wse_cp.construct.slicing.trees import TreePool, TreeShape
from wse_cp.incumbent import Incumbent, Kind
from wse_cp.lns.improve import Search
from wse_cp.placement import Placement
from wse_cp.progress import Event
from wse_cp.strategy.run import Run

#: Under this name other starts appear in statistics.
NAME = "lns:other start"
#: Placements that cost at most this many times the incumbent are worth a start.
_PROMISING = 1.04
#: A start is given up once a slice has gained less than this share of what it costs more than the incumbent.
_LEAST_GAIN = 0.15


class Standing:
    """Tells how long the incumbent of a run has stood (seconds by the clock)."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._cost: Fraction | None = None
        self._since = run.clock.now()

    def seconds(self) -> float:
        """Return for how long the incumbent has cost as much as now, as far as was noticed."""
        best, now = self._run.incumbent.best, self._run.clock.now()
        cost = None if best is None else best.score.cost
        if cost != self._cost:
            self._cost, self._since = cost, now
        return now - self._since


class Starts:
    """The trees of a pool, each of which is a start once; shared by the workers of a run."""

    def __init__(self, pool: TreePool) -> None:
        self._pool = pool
        self._lock = threading.Lock()
        self._taken: list[TreeShape] = []

    def take(self, most: float) -> TreeShape | None:
        """Return the cheapest tree not taken yet that costs at most `most`, None if there is none."""
        with self._lock:
            for cost, shape in self._pool.ranked():
                if cost <= most and not any(shape is other for other in self._taken):
                    self._taken.append(shape)
                    return shape
        return None


class OtherStarts:
    """One worker's search from other starts, slice by slice.

    Parameters
    ----------
    search
        The worker's search of neighbourhoods, whose solver and records serve here too.
    placed
        Lays out a tree.
    """

    def __init__(
        self, run: Run, starts: Starts, search: Search, placed: Callable[[TreeShape], Placement]
    ) -> None:
        self._run, self._starts, self._search, self._placed = run, starts, search, placed
        self._side: Search | None = None

    def work(self, seconds: float) -> bool:
        """Search for some seconds from a start; tell whether there was one."""
        side = self._side or self._begin()
        if side is None:
            return False
        begin, before = self._run.clock.now(), _cost(side.incumbent)
        with self._run.incumbent.working(NAME):
            side.run(begin + seconds)
        best, found = self._run.incumbent.best, side.incumbent.best
        assert best is not None
        assert found is not None
        better = found.score.cost < best.score.cost
        if better:
            self._run.incumbent.offer(found.placement, NAME, Kind.NEIGHBOURHOOD)
        gained, missing = before - found.score.cost, found.score.cost - best.score.cost
        self._side = None if better or gained < _LEAST_GAIN * missing else side
        self._run.incumbent.count(NAME, self._run.clock.now() - begin, Kind.NEIGHBOURHOOD)
        return True

    def _begin(self) -> Search | None:
        """Return a search on the placement of a tree that has not served yet; None if there is none."""
        best = self._run.incumbent.best
        shape = None if best is None else self._starts.take(_PROMISING * float(best.score.cost))
        if shape is None:
            return None
        incumbent = Incumbent(self._run.incumbent.instance, self._pass_on)
        incumbent.offer(self._placed(shape), NAME)
        return self._search.elsewhere(incumbent)

    def _pass_on(self, event: Event) -> None:
        """Pass on what a search has to say, but not its placements."""
        if event.message:
            self._run.incumbent.say(event.source, event.message)


def _cost(incumbent: Incumbent) -> Fraction:
    assert incumbent.best is not None
    return incumbent.best.score.cost
