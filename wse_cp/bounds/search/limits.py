"""The limits that one search looks at: what is known at each, improved step by step or taken over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import inf

from wse_cp.bounds.cover.ascent import Ascent
from wse_cp.bounds.cover.cover import CoverDual, Stars
from wse_cp.bounds.cover.forests import Forests
from wse_cp.bounds.programme.pricing import Multipliers, Tables
from wse_cp.bounds.search.cuts import evaluated, shortened
from wse_cp.bounds.search.limit import Limit, Relaxation, evaluator
from wse_cp.bounds.search.maximise import Maximiser
from wse_cp.shapes.arrays import UNLIMITED

#: Evaluations of each case that tell about what it is worth.
_PROBES = 12
#: Steps with forests that are made at once: the shapes at a limit take longer to list than a step.
_STEPS_WITH_FORESTS = 12
#: Better covers are sought where the interval is worth at most this share of wire and adapters in time.
_SHORT = 0.1
#: Where less than this share of the wafer is left without adapters, with them it is scarce: area has a price
#: from the beginning, this share of what is usual. Without a price evaluations take longest too.
_SCARCE, _FIRST_PRICE = 0.1, 0.05
#: Stars that reach farther are sought among at least so many kernels: fewer are for a proof by search.
_SEVERAL = 7
#: Where covers may have forests and are by this factor better than cells, cells are not improved.
_LEAD = 1.1


class Limits:
    """Makes and improves limits of one relaxation; safe to use from several threads, each at its own limit.

    Parameters
    ----------
    relaxation
        To begin with; limits may come to have shorter spines.
    first
        A time (1 / time_scale cycles) worth cutting at first: the least one that area allows.
    cut
        Whether shorter spines are looked for; else only those that are taken over are tried.
    stars
        What covers may be made of, if they are to be tried too.
    forests
        What they have besides, if they are to count adapters.
    far
        Whether stars that reach farther are sought.
    """

    def __init__(
        self,
        relaxation: Relaxation,
        first: int,
        cut: bool = True,
        stars: Stars | None = None,
        forests: Forests | None = None,
        far: bool = True,
    ) -> None:
        self.relaxation, self.first, self._cut = relaxation, first, cut
        self._stars, self._forests = stars, forests
        self._latest: Ascent | None = None  # the last one with forests that was improved
        self._farther: Ascent | None = None  # the last one whose stars reach farther
        # whether none is to be tried any more
        self._near = not far or stars is None or len(stars.names) < _SEVERAL
        self._ceiling, self._usual = _sizes(relaxation, first)
        self._parts = {relaxation.structure.part: relaxation}

    @property
    def reach_far(self) -> bool:
        """Whether stars that reach farther have been found."""
        return self._farther is not None

    def endless(self) -> Limit:
        """Return a new limit without end, evaluated once."""
        many = self.relaxation.cases
        return _stepped(self._limit(self.relaxation, None, (self._usual,) * many, (-inf,) * many))

    def taking_over(self, known: Sequence[Limit]) -> Callable[[Limit], Limit]:
        """Return how to take over each of some known limits, whose spines are tried from now on.

        They are of this relaxation without adapters, whose values hold with adapters too, or of another one.
        """
        ascents = [limit.ascent for limit in known if limit.ascent is not None]
        self._farther = next((ascent for ascent in reversed(ascents) if ascent.stars.reaching), None)
        if known[0].relaxation.structure is not self.relaxation.structure:
            return self._seen_anew
        for limit in known:
            self._with_part(limit.relaxation.structure.part)
        return self._taken_over

    def lower(self, limit: Limit, end: int) -> Limit:
        """Return what is known of an earlier limit by a later one."""
        return self._limit(limit.relaxation, end, limit.multipliers(), limit.values(), limit.ascent)

    def wire_at(self, time: int, enough: float = inf) -> float:
        """Return a bound of wire and adapters with all times at most `time` (1 / time_scale cycles).

        It is what a few evaluations find, fewer if they find `enough`.
        """
        many = self.relaxation.cases
        limit = self._limit(self.relaxation, time + 1, (self._usual,) * many, (-inf,) * many)
        for _ in range(_PROBES):
            _stepped(limit)
            if limit.value >= enough:
                break
        return limit.value

    def better(self, limit: Limit, fine: float, length: float, last: bool) -> Limit | None:
        """Improve a limit a little, or find a better one in its place; None if that promises too little.

        Parameters
        ----------
        fine
            What better multipliers have to promise at least.
        length
            How much time its interval spans, in terms of cost. Covers reach farther and count adapters only
            where that is little.
        last
            Whether its interval cannot be split, so that all is tried.
        """
        case, ascent = limit.cases[limit.weakest], limit.ascent
        if ascent is not None and ascent.promises(min(limit.values()), fine):
            self._ascend(ascent)
            return limit
        if last or length <= _SHORT * limit.value:
            covered = self._with_forests(limit) or self._reaching(limit)
            if covered is not None:
                return covered
        if case.room > fine and not self._covers_lead(limit):
            case.step()
            return limit
        return None if limit.covered else self._with_another_spine(limit, last)

    def _ascend(self, ascent: Ascent) -> None:
        """Improve a cover; the first one with forests at a limit begins like the last one elsewhere."""
        if not ascent.counts_adapters:
            ascent.step()
            return
        if ascent.untried and self._latest is not None and self._latest.stars is ascent.stars:
            ascent.begin_like(self._latest)
        for _ in range(_STEPS_WITH_FORESTS):
            ascent.step()
        self._latest = ascent

    def _reaching(self, limit: Limit) -> Limit | None:
        """Look for stars that reach farther, or return a limit that has them; None if that is not worth it.

        It begins with those of the last limit that has some, and without forests.
        """
        ascent, latest = limit.ascent, self._farther
        if self._near or ascent is None or not ascent.promises(min(limit.values()), -inf):
            return None
        plain = ascent.beneath or ascent
        if plain.stars.reaching or latest is None:
            if plain.grow():
                return limit
            farther = plain.grown()
            self._near = farther is None and latest is None
            self._farther = farther or latest
        else:
            farther = plain.reaching_like(latest)
        return None if farther is None else replace(limit, ascent=farther.instead_of(ascent))

    def _with_forests(self, limit: Limit) -> Limit | None:
        """Return a limit whose covers count adapters from now on, None if they do or are not worth it."""
        ascent = limit.ascent
        if self._forests is None or limit.tables is None or ascent is None:
            return None
        if ascent.counts_adapters or not ascent.promises(min(limit.values()), -inf):
            return None
        counting = ascent.with_forests(CoverDual(ascent.stars, limit.tables, self._forests))
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

    def _taken_over(self, limit: Limit) -> Limit:
        """Return a limit found without adapters as this relaxation sees it: its values hold here too."""
        relaxation = self._with_part(limit.relaxation.structure.part)
        here = self._limit(relaxation, limit.end, limit.multipliers(), limit.values(), limit.ascent)
        settings, price = relaxation.instance.settings, _FIRST_PRICE * self._usual.area
        for case, known in zip(here.cases, limit.cases, strict=True):
            left = -known.best.slope[0] if known.best is not None else inf
            if left < _SCARCE * settings.width * settings.height and known.at.area < price:
                case.first = known.at._replace(area=price).rounded()
        return here

    def _seen_anew(self, limit: Limit) -> Limit:
        """Return a limit of another relaxation as this one sees it, evaluated where that was weakest."""
        many = self.relaxation.cases
        starts = (limit.cases[limit.weakest].at if limit.cases else self._usual,) * many
        return _stepped(self._limit(self.relaxation, limit.end, starts, (-inf,) * many, limit.ascent))

    def _with_part(self, part: tuple[int, int]) -> Relaxation:
        """Return the relaxation with a part of the path as its spine; from now on that part is tried."""
        if part not in self._parts:
            self._parts[part] = self.relaxation.with_part(part)
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
            dual = CoverDual(self._stars, tables)
            return Ascent(dual, dual.first(self._usual.area))
        dual = CoverDual(known.stars, tables, self._forests if known.counts_adapters else None)
        return known.elsewhere(dual, known.value)


def _sizes(relaxation: Relaxation, first: int) -> tuple[Multipliers, Multipliers]:
    """Return the largest multipliers ever tried, and the order of magnitude they should have."""
    instance = relaxation.instance
    weights = instance.settings
    edges = sum(count for _, _, count in instance.kernel_edges)
    half = weights.wlength / 2
    far = weights.wlength * (weights.width + weights.height)
    cost = weights.wdeltat / instance.time_scale * first + edges * far / 8
    ceiling = 4 * cost + edges * (far + 3 * weights.wadapter) + 1
    area = cost / (weights.width * weights.height)
    x, y = max(half, 0.1 * cost / weights.width), max(half, 0.1 * cost / weights.height)
    if not relaxation.structure.spine:
        return Multipliers(ceiling, 0.0, 0.0), Multipliers(area, 0.0, 0.0).rounded()
    return Multipliers(ceiling, ceiling, ceiling), Multipliers(area, x, y).rounded()


def _stepped(limit: Limit) -> Limit:
    """Evaluate each case of a limit once; return the limit."""
    for case in limit.cases:
        case.step()
    return limit
