"""What placements cost at least whose max time is in one of a certificate's intervals.

That is their time, what the multipliers say of a share of the wires and of the adapters (the *frame*), and
what a cover says of the rest of the wires: docs/bounds.md, sections 6, 7 and 10. If the cover has forests, it
says of all wires and adapters.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from wse_cp.bounds.verifier.assembly import Library, assemble
from wse_cp.bounds.verifier.cells import build_cells
from wse_cp.bounds.verifier.certificate import Certificate, Interval, Multipliers
from wse_cp.bounds.verifier.elimination import least_cost
from wse_cp.bounds.verifier.forest_cost import ForestCost
from wse_cp.bounds.verifier.frame import Frame, comparisons, find_chords
from wse_cp.bounds.verifier.network import build_network
from wse_cp.bounds.verifier.patterns import SCALE, money
from wse_cp.bounds.verifier.plain import plain_cost
from wse_cp.bounds.verifier.reading import Ended, never
from wse_cp.bounds.verifier.rectangles import Demands, Rectangles, have_shapes
from wse_cp.bounds.verifier.spine import Beside, Spine
from wse_cp.bounds.verifier.stars import CoverCost
from wse_cp.instance import Instance

Part = tuple[int, int]
#: The share of the wires that a frame has (1 / unit), and whether it has the adapters.
_Has = tuple[int, bool]
_NOTHING = Multipliers(0, 0, 0)


def interval_values(
    instance: Instance,
    certificate: Certificate,
    numbers: Iterable[int],
    enough: Fraction | None = None,
    ended: Ended = never,
) -> list[Fraction | None]:
    """Return the values of some of the intervals, given by ascending numbers, last first; None is infinite.

    The covers are to have been checked.

    Parameters
    ----------
    enough
        If given, what is known to reach it is not computed any further: placements whose times are
        within a limit have at least the wire and adapters that a case needs within a later limit. This
        is true of the frame's share of wires as it is of the rest.

    Raises
    ------
    CertificateError
        If the spine or the tree is none of this instance.
    """
    values = _Values(instance, certificate, enough, ended)
    cases = range(certificate.cases)
    return [values.value(i, cases) for i in sorted(numbers, reverse=True)]


def value_of_cases(
    instance: Instance, certificate: Certificate, number: int, cases: Iterable[int], ended: Ended = never
) -> Fraction | None:
    """Return the value of one interval in some of its cases only; see `interval_values`."""
    return _Values(instance, certificate, None, ended).value(number, cases)


def _counted(instance: Instance, certificate: Certificate) -> Instance:
    """Return the instance as the certificate counts its cost: at times without adapters, which is less."""
    if certificate.adapters or not instance.settings.wadapter:
        return instance
    return replace(instance, settings=replace(instance.settings, wadapter=0))


def _frame(instance: Instance, certificate: Certificate, part: Part, parities: bool) -> Frame:
    network = build_network(instance, certificate, part)
    chords = find_chords(instance, network)
    compared = comparisons(instance, network, chords.values(), parities)
    return Frame(instance, network, build_cells(network, parities), chords, compared, parities)


class _Values:
    """The values of intervals, from the last one to the first, and what is known from later ones."""

    def __init__(
        self, instance: Instance, certificate: Certificate, enough: Fraction | None, ended: Ended
    ) -> None:
        self._instance, self._certificate = _counted(instance, certificate), certificate
        self._full = instance  # with all adapters
        self._enough, self._ended = enough, ended
        self._frames = {
            (part, parities): _frame(self._instance, certificate, part, parities)
            for part in {interval.part for interval in certificate.intervals}
            for parities in {False, *(interval.parities for interval in certificate.intervals)}
        }
        self._demands = Demands(instance)
        self._covers: dict[int, tuple[CoverCost, ForestCost]] = {}
        #: What cases cost at least within later limits, by the spine's part, what the frame has, the case.
        self._known_cases: dict[tuple[Part, _Has, int], Fraction] = {}
        #: The same for the rest of the cost, whatever the cover, by what the frame has.
        self._known_rests: dict[_Has, Fraction] = {}

    def value(self, number: int, cases: Iterable[int]) -> Fraction | None:
        """Return the least cost of placements of some cases whose max time is in an interval; None: none."""
        intervals = self._certificate.intervals
        interval = intervals[number]
        limit = intervals[number + 1].start - 1 if number + 1 < len(intervals) else None
        time = Fraction(self._instance.settings.wdeltat * interval.start, self._instance.time_scale)
        within = _Limit(self._instance, self._demands, limit)
        found = [self._case(interval, n, time, within) for n in cases]
        return min((time + value for value in found if value is not None), default=None)

    def _case(self, interval: Interval, n: int, time: Fraction, within: _Limit) -> Fraction | None:
        """Return what wires and adapters cost at least in a case; None if it has no placements."""
        # a spine has fewer than two turns and breaks for each of its kernels
        if n > 2 * len(self._frames[interval.part, False].network.spine):
            return None
        forests = interval.cover >= 0 and bool(self._certificate.covers[interval.cover].forests)
        rest = interval.wire, not forests
        case = interval.part, rest, n
        if self._enough is not None and case in self._known_cases and rest in self._known_rests:
            known = self._known_cases[case] + self._known_rests[rest]
            if time + known >= self._enough:
                return known
        least = self._frame_cost(interval, n, within)
        if least is None:
            return None
        more = self._rest_cost(interval, within)
        self._known_cases[case] = max(least, self._known_cases.get(case, least))
        self._known_rests[rest] = max(more, self._known_rests.get(rest, more))
        return least + more

    def _frame_cost(self, interval: Interval, n: int, within: _Limit) -> Fraction | None:
        """Return what a case costs at least for the frame's share of the wires, and for adapters."""
        multipliers, spine = interval.cases[n], self._frames[interval.part, False].network.spine
        prices = money(self._instance.settings, self._certificate.unit, multipliers, interval.wire)
        least: int | None
        if not interval.wire and multipliers == _NOTHING:
            least = 0 if have_shapes(self._instance, within.rectangles, self._ended) else None
        elif not (spine or prices.adapter or interval.parities):
            frame = self._frames[interval.part, False]
            least = plain_cost(frame, within.rectangles, prices, self._ended)
        else:
            last = n == len(interval.cases) - 1
            ways = _ways(bool(spine), n == 0 and not last, interval.parities)
            found = [
                self._assembled(interval.part, parities, within, Spine(prices, n, last, beside))
                for parities, beside in ways
            ]
            least = min((value for value in found if value is not None), default=None)
        return None if least is None else Fraction(least, SCALE * self._certificate.unit)

    def _assembled(self, part: Part, parities: bool, within: _Limit, spine: Spine) -> int | None:
        """Return the minimum of the placements that a spine's rules are for; None if there are none."""
        case = assemble(self._frames[part, parities], within.library, spine)
        return None if case is None else least_cost(case, self._ended)

    def _rest_cost(self, interval: Interval, within: _Limit) -> Fraction:
        """Return what the rest of the cost is at least; every kernel is to have a shape."""
        number = interval.cover
        if number < 0:
            return Fraction(0)
        if within.cover is None:
            if number not in self._covers:
                cover, unit = self._certificate.covers[number], self._certificate.unit
                self._covers[number] = CoverCost(self._full, cover), ForestCost(self._full, cover, unit)
            wires, adapters = self._covers[number]
            cost = wires(within.rectangles, self._ended)
            cost += adapters(within.library, within.rectangles, self._ended)
            within.cover = Fraction(cost, SCALE * self._certificate.unit)
        return within.cover


def _ways(spine: bool, straight: bool, parities: bool) -> tuple[tuple[bool, Beside], ...]:
    """Return what to minimise over in a case, each with parities or without: none, or straight, or turned.

    Parities count without a spine, and beside a straight one where nothing claims what lies off the axis.
    """
    if not parities or (spine and not straight):
        return ((False, "any"),)
    return ((True, "counted"), (False, "others")) if spine else ((True, "any"),)


class _Limit:
    """What all cases of an interval have in common: the cycle limit, kernels' shapes, the cover's value."""

    def __init__(self, instance: Instance, demands: Demands, limit: int | None) -> None:
        self.library, self.rectangles = Library(instance, limit), Rectangles(demands, limit)
        self.cover: Fraction | None = None
