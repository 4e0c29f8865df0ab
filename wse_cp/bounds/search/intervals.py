"""The range of the largest time, cut into intervals; the weakest one is improved, or cut again.

docs/bounds.md, section 1: the least of the intervals' bounds is a bound of the instance.
"""

from __future__ import annotations

import heapq
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from math import inf

from wse_cp.bounds.search.limit import Limit
from wse_cp.bounds.search.limits import Limits
from wse_cp.shapes.arrays import UNLIMITED

#: An interval is split when at most this share of the bound, or of what its length is worth, can still be
#: won by better multipliers.
_FINE, _SHARE = 1e-4, 0.3
#: Intervals that are taken over are joined while that costs at most this share of their bound.
_ROUGH = 0.01
#: An interval without end counts as this share of the bound long.
_ENDLESS = 0.2


@dataclass(order=True)
class Interval:
    """Placements with their largest time from `start` (1 / time_scale cycles) up to the limit's end."""

    bound: float
    start: int
    number: int
    limit: Limit = field(compare=False)


class Intervals:
    """All intervals; threads may call `improve` at the same time.

    Parameters
    ----------
    limits
        Makes the limits at which intervals end.
    known
        Intervals to begin with: of the same relaxation without adapters, whose values hold with adapters too,
        or of another one.
    spreads
        Whether what is found at a limit is told to earlier ones that have not been evaluated.
    """

    def __init__(self, limits: Limits, known: Sequence[Interval] = (), spreads: bool = False) -> None:
        self.finished, self._spreads = False, spreads
        self._limits, self._first = limits, limits.first
        settings, scale = limits.relaxation.instance.settings, limits.relaxation.instance.time_scale
        self._per_time = settings.wdeltat / scale
        self._numbers = count()
        self._lock = threading.Lock()
        self._busy: list[Interval] = []
        self._region: tuple[int, int | None] = (0, None)
        self._heap = self._beginning(known)
        heapq.heapify(self._heap)

    def _beginning(self, known: Sequence[Interval]) -> list[Interval]:
        """Return the intervals to begin with."""
        if not known:
            return [self._interval(0, self._limits.endless())]
        taken_over = self._limits.taking_over([interval.limit for interval in known])
        return [self._interval(known[i].start, taken_over(known[j].limit)) for i, j in self._few(known)]

    def _few(self, known: Sequence[Interval]) -> Iterator[tuple[int, int]]:
        """Yield first and last of groups of intervals that together are hardly weaker than the weakest."""
        target = (1 - _ROUGH) * min(interval.bound for interval in known)
        i = 0
        while i < len(known):
            j = i
            while j + 1 < len(known) and self._per_time * known[i].start + known[j + 1].limit.value >= target:
                j += 1
            yield i, j
            i = j + 1

    def focus(self, region: tuple[int, int | None]) -> None:
        """Work from now on only on largest times in a range (1 / time_scale cycles): its start, and its end.

        Then `bound` holds for placements whose largest time lies there, and intervals outside count as
        infinite. Not to be called while another thread is at `improve`.
        """
        with self._lock:
            self._region, self.finished = region, False
            self._heap = [self._interval(item.start, item.limit) for item in self._heap]
            heapq.heapify(self._heap)

    def _outside(self, start: int, end: int | None) -> bool:
        """Tell whether an interval has nothing of the region."""
        first, last = self._region
        return (last is not None and start >= last) or (end is not None and end <= first)

    @property
    def reach_far(self) -> bool:
        """Whether there are stars that reach farther, which take long to evaluate."""
        return self._limits.reach_far

    @property
    def covered(self) -> bool:
        """Whether a cover by stars says most in the weakest interval."""
        with self._lock:
            return min([*self._heap[:1], *self._busy]).limit.covered

    @property
    def bound(self) -> float:
        """The least bound of any interval."""
        with self._lock:
            return min(interval.bound for interval in [*self._heap[:1], *self._busy])

    def all(self) -> list[Interval]:
        """Return the intervals by their starts."""
        with self._lock:
            return sorted([*self._heap, *self._busy], key=lambda interval: interval.start)

    def improve(self) -> bool:
        """Work once on the weakest interval that nobody works on; return whether that made sense."""
        with self._lock:
            if not self._heap or self.finished:
                return False
            interval = heapq.heappop(self._heap)
            if self._outside(interval.start, interval.limit.end):  # the weakest: nothing is left to do
                heapq.heappush(self._heap, interval)
                self.finished = not self._busy
                return False
            self._busy.append(interval)
        new: list[Interval] | None = None
        try:
            new = self._improved(interval)
        finally:
            with self._lock:
                self._busy.remove(interval)
                for item in new or [interval]:
                    heapq.heappush(self._heap, item)
                self._spread(interval.limit)
                self.finished = new == [] and all(interval.bound <= other.bound for other in self._busy)
        return bool(new)

    def _spread(self, limit: Limit) -> None:
        """Tell earlier limits what one knows, where evaluations take so long that they have had none."""
        if not self._spreads:
            return
        changed = [i for i, item in enumerate(self._heap) if item.limit.learn(limit)]
        for i in changed:
            self._heap[i] = self._interval(self._heap[i].start, self._heap[i].limit)
        if changed:
            heapq.heapify(self._heap)

    def _improved(self, interval: Interval) -> list[Interval]:
        """Return what an interval becomes; nothing if nothing can be done for it."""
        limit = interval.limit
        if limit.tables is None:
            return []  # the weakest of all is infinite: nothing fits
        middle = self._middle(interval)
        fine = self._fine(interval, whole=middle is None)
        better = self._limits.better(limit, fine, self._length(interval), last=middle is None)
        if better is not None:
            return [self._interval(interval.start, better)]
        if middle is None:
            return []
        lower = self._limits.lower(limit, middle)
        return [self._interval(interval.start, lower), self._interval(middle, limit)]

    def _fine(self, interval: Interval, whole: bool) -> float:
        """Return how much better multipliers have to promise, less if the interval is to stay whole."""
        end, least = interval.limit.end, _FINE * abs(interval.bound)
        if whole:
            return least * 1e-4
        if end is None:
            return _ENDLESS * abs(interval.bound)
        return max(least, _SHARE * self._per_time * (end - interval.start))

    def _length(self, interval: Interval) -> float:
        """Return how much time an interval spans, in terms of cost."""
        end = interval.limit.end
        return inf if end is None else self._per_time * (end - interval.start)

    def _middle(self, interval: Interval) -> int | None:
        """Return where to split an interval, None if that would gain nothing."""
        start, end = interval.start, interval.limit.end
        if not self._per_time:
            return None
        for edge in self._region:
            if edge is not None and start < edge and (end is None or edge < end):
                return edge
        if start < self._first and (end is None or end > self._first):
            return self._first
        if end is None:
            return 2 * start if start < UNLIMITED // 2 else None
        return (start + end) // 2 if end - start > 1 else None

    def _interval(self, start: int, limit: Limit) -> Interval:
        bound = self._per_time * max(start, self._region[0]) + limit.value
        if self._outside(start, limit.end):
            bound = inf
        return Interval(bound, start, next(self._numbers), limit)
