"""The range of the largest time, cut into intervals; the weakest one is improved, or cut again.

docs/bounds.md, section 1: the least of the intervals' bounds is a bound of the instance.
"""

from __future__ import annotations

import heapq
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from math import inf

from wse_cp.bounds.cover.ascent import Ascent
from wse_cp.bounds.cover.cover import CoverDual, Stars
from wse_cp.bounds.cover.forests import Forests
from wse_cp.bounds.programme.pricing import Multipliers, Tables
from wse_cp.bounds.search.cuts import evaluated, shortened
from wse_cp.bounds.search.limit import Limit, Relaxation, evaluator
from wse_cp.bounds.search.maximise import Maximiser
from wse_cp.shapes.arrays import UNLIMITED

#: An interval is split when at most this share of the bound, or of what its length is worth, can still be
#: won by better multipliers.
_FINE, _SHARE = 1e-4, 0.3
#: Intervals that are taken over are joined while that costs at most this share of their bound.
_ROUGH = 0.01
#: Evaluations of each case that tell about what it is worth.
_PROBES = 12
#: Steps with forests that are made at once: the shapes at a limit take longer to list than a step.
_STEPS_WITH_FORESTS = 12
#: Forests are tried in intervals that are worth at most this share of their bound in time.
_NARROW = 0.05
#: Where covers may have forests and are by this factor better than cells, cells are not improved.
_LEAD = 1.1
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
    relaxation
        To begin with; intervals may come to have shorter spines.
    first
        A time (1 / time_scale cycles) worth cutting at first: the least one that area allows.
    known
        Intervals to begin with: of this relaxation without adapters, whose values hold with adapters too, or
        of another one.
    cut
        Whether shorter spines are looked for; else only those of `known` are tried.
    stars
        What covers may be made of, if they are to be tried too.
    forests
        What they have besides, if they are to count adapters.
    """

    def __init__(
        self,
        relaxation: Relaxation,
        first: int,
        known: Sequence[Interval] = (),
        cut: bool = True,
        stars: Stars | None = None,
        forests: Forests | None = None,
    ) -> None:
        self._stars, self._forests = stars, forests
        self._latest: Ascent | None = None  # the last one with forests that was improved
        self.finished = False
        self._relaxation, self._first, self._cut = relaxation, first, cut
        self._per_time = relaxation.instance.settings.wdeltat / relaxation.instance.time_scale
        self._numbers = count()
        self._lock = threading.Lock()
        self._busy: list[Interval] = []
        self._region: tuple[int, int | None] = (0, None)
        self._ceiling, self._usual = self._sizes()
        self._parts = {relaxation.structure.part: relaxation}
        if known and known[0].limit.relaxation.structure is not relaxation.structure:
            self._heap = [
                self._interval(known[i].start, self._seen_anew(known[j].limit)) for i, j in self._few(known)
            ]
            heapq.heapify(self._heap)
        elif known:
            for interval in known:
                self._with_part(interval.limit.relaxation.structure.part)
            self._heap = [
                self._interval(known[i].start, self._taken_over(known[j].limit)) for i, j in self._few(known)
            ]
            heapq.heapify(self._heap)
        else:
            many = relaxation.cases
            endless = self._limit(relaxation, None, (self._usual,) * many, (-inf,) * many)
            for case in endless.cases:
                case.step()
            self._heap = [self._interval(0, endless)]

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

    def _sizes(self) -> tuple[Multipliers, Multipliers]:
        """Return the largest multipliers ever tried, and the order of magnitude they should have."""
        instance = self._relaxation.instance
        weights = instance.settings
        edges = sum(count for _, _, count in instance.kernel_edges)
        half = weights.wlength / 2
        far = weights.wlength * (weights.width + weights.height)
        cost = self._per_time * self._first + edges * far / 8
        ceiling = 4 * cost + edges * (far + 3 * weights.wadapter) + 1
        area = cost / (weights.width * weights.height)
        x, y = max(half, 0.1 * cost / weights.width), max(half, 0.1 * cost / weights.height)
        if not self._relaxation.structure.spine:
            return Multipliers(ceiling, 0.0, 0.0), Multipliers(area, 0.0, 0.0).rounded()
        return Multipliers(ceiling, ceiling, ceiling), Multipliers(area, x, y).rounded()

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

    def _taken_over(self, limit: Limit) -> Limit:
        """Return a limit found without adapters as this relaxation sees it: its values hold here too."""
        relaxation = self._with_part(limit.relaxation.structure.part)
        return self._limit(relaxation, limit.end, limit.multipliers(), limit.values(), limit.ascent)

    def _seen_anew(self, limit: Limit) -> Limit:
        """Return a limit of another relaxation as this one sees it, evaluated where that was weakest."""
        many = self._relaxation.cases
        starts = (limit.cases[limit.weakest].at if limit.cases else self._usual,) * many
        found = self._limit(self._relaxation, limit.end, starts, (-inf,) * many, limit.ascent)
        for case in found.cases:
            case.step()
        return found

    def _with_part(self, part: tuple[int, int]) -> Relaxation:
        """Return the relaxation with a part of the path as its spine; from now on that part is tried."""
        if part not in self._parts:
            self._parts[part] = self._relaxation.with_part(part)
        return self._parts[part]

    def _limit(
        self,
        relaxation: Relaxation,
        end: int | None,
        starts: tuple[Multipliers, ...],
        values: tuple[float, ...],
        ascent: Ascent | None = None,
    ) -> Limit:
        """Return a new limit, of whose cases certain values are known at certain multipliers.

        With covers, what is known of a cover at a later limit is taken over.
        """
        dual = relaxation.dual
        tables = dual.tables(end - 1 if end is not None else UNLIMITED)
        cases = []
        for case, (start, value) in enumerate(zip(starts, values, strict=True)):
            evaluate = evaluator(relaxation, tables, case)
            cases.append(Maximiser(evaluate, start, value, self._ceiling, self._usual, dual.square))
        return Limit(relaxation, end, tables, cases, self._ascent(tables, ascent))

    def _ascent(self, tables: Tables | None, known: Ascent | None) -> Ascent | None:
        """Return the ascent of covers at a limit, which begins where a known one at a later limit is."""
        if self._stars is None or tables is None:
            return known
        if known is None:
            return Ascent(CoverDual(self._stars, tables), self._stars.first(self._usual.area))
        dual = CoverDual(self._stars, tables, self._forests if known.counts_adapters else None)
        return known.elsewhere(dual, known.value)

    def _ascend(self, ascent: Ascent) -> None:
        """Improve a cover; the first one with forests at a limit begins like the last one elsewhere."""
        if not ascent.counts_adapters:
            ascent.step()
            return
        if ascent.untried and self._latest is not None:
            ascent.begin_like(self._latest)
        for _ in range(_STEPS_WITH_FORESTS):
            ascent.step()
        self._latest = ascent

    def wire_at(self, time: int, enough: float = inf) -> float:
        """Return a bound of wire and adapters with all times at most `time` (1 / time_scale cycles).

        It is what a few evaluations find, fewer if they find `enough`.
        """
        many = self._relaxation.cases
        limit = self._limit(self._relaxation, time + 1, (self._usual,) * many, (-inf,) * many)
        for _ in range(_PROBES):
            for case in limit.cases:
                case.step()
            if limit.value >= enough:
                break
        return limit.value

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
                self.finished = new == [] and all(interval.bound <= other.bound for other in self._busy)
        return bool(new)

    def _improved(self, interval: Interval) -> list[Interval]:
        """Return what an interval becomes; nothing if nothing can be done for it."""
        limit = interval.limit
        if limit.tables is None:
            return []  # the weakest of all is infinite: nothing fits
        case = limit.cases[limit.weakest]
        middle = self._middle(interval)
        fine = _FINE * abs(interval.bound)
        if middle is None:
            fine *= 1e-4
        elif limit.end is None:
            fine = _ENDLESS * abs(interval.bound)
        else:
            fine = max(fine, _SHARE * self._per_time * (limit.end - interval.start))
        if limit.ascent is not None and limit.ascent.promises(min(limit.values()), fine):
            self._ascend(limit.ascent)
            return [self._interval(interval.start, limit)]
        if middle is None or self._is_narrow(interval):
            counting = self._with_forests(limit)
            if counting is not None:
                return [self._interval(interval.start, counting)]
        if case.room > fine and not self._covers_lead(limit):
            case.step()
            return [self._interval(interval.start, limit)]
        better = self._with_another_spine(limit, last=middle is None) if not limit.covered else None
        if better is not None:
            return [self._interval(interval.start, better)]
        if middle is None:
            return []
        lower = self._limit(limit.relaxation, middle, limit.multipliers(), limit.values(), limit.ascent)
        return [self._interval(interval.start, lower), self._interval(middle, limit)]

    def _is_narrow(self, interval: Interval) -> bool:
        end = interval.limit.end
        return end is not None and self._per_time * (end - interval.start) <= _NARROW * interval.bound

    def _with_forests(self, limit: Limit) -> Limit | None:
        """Return a limit whose covers count adapters from now on, None if they do or are not worth it."""
        ascent = limit.ascent
        if self._forests is None or self._stars is None or limit.tables is None or ascent is None:
            return None
        if ascent.counts_adapters or not ascent.promises(min(limit.values()), -inf):
            return None
        counting = ascent.with_forests(CoverDual(self._stars, limit.tables, self._forests))
        return replace(limit, ascent=counting)

    def _covers_lead(self, limit: Limit) -> bool:
        """Tell whether covers that may count adapters are so good that cells need not be improved."""
        ascent = limit.ascent
        if self._forests is None or ascent is None:
            return False
        return ascent.value > _LEAD * min(limit.values())

    def _with_another_spine(self, limit: Limit, last: bool) -> Limit | None:
        """Return the limit with a spine that makes its value larger, None if none is found.

        Spines that have served elsewhere are tried, each once; new ones are looked for where nothing else is
        left to do.
        """
        limit.tried.add(limit.relaxation.structure.part)
        for part, relaxation in list(self._parts.items()):
            if part not in limit.tried:
                limit.tried.add(part)
                other = evaluated(limit.seen_by(relaxation))
                if other.value > limit.value:
                    return other
        better = shortened(limit) if last and self._cut else None
        if better is not None:
            self._parts[better.relaxation.structure.part] = better.relaxation
        return better

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
