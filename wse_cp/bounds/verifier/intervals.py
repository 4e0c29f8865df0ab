"""What the intervals of a certificate prove, each the least over its cases."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from wse_cp.bounds.verifier.assembly import assemble
from wse_cp.bounds.verifier.cells import build_cells
from wse_cp.bounds.verifier.certificate import Certificate, Interval
from wse_cp.bounds.verifier.chords import find_chords
from wse_cp.bounds.verifier.doors import entrances
from wse_cp.bounds.verifier.elimination import least_cost
from wse_cp.bounds.verifier.frame import Frame
from wse_cp.bounds.verifier.library import Library
from wse_cp.bounds.verifier.money import SCALE, money
from wse_cp.bounds.verifier.network import build_network
from wse_cp.bounds.verifier.spine import Spine
from wse_cp.instance import Instance

Part = tuple[int, int]


def interval_values(
    instance: Instance, certificate: Certificate, numbers: Iterable[int], enough: Fraction | None = None
) -> list[Fraction | None]:
    """Return the values of some of the intervals, given by ascending numbers, last first; None is infinite.

    Parameters
    ----------
    enough
        If given, what is known to reach it is not computed any further: placements whose times are
        within a limit have at least the wire and adapters that a case needs within a later limit.

    Raises
    ------
    CertificateError
        If the spine or the tree is none of this instance.
    """
    intervals = certificate.intervals
    limits = [*(interval.start - 1 for interval in intervals[1:]), None]
    known: dict[Part, dict[int, Fraction]] = {interval.part: {} for interval in intervals}
    frames = {part: _frame(instance, certificate, part) for part in known}
    return [
        _interval_value(
            frames[part := intervals[i].part], certificate.unit, intervals[i], limits[i], known[part], enough
        )
        for i in sorted(numbers, reverse=True)
    ]


def _frame(instance: Instance, certificate: Certificate, part: Part) -> Frame:
    network = build_network(instance, certificate, part)
    chords = find_chords(instance, network)
    return Frame(
        instance, network, build_cells(network), chords, entrances(instance, network, chords.values())
    )


def _interval_value(
    frame: Frame,
    unit: int,
    interval: Interval,
    limit: int | None,
    known: dict[int, Fraction],
    enough: Fraction | None,
) -> Fraction | None:
    """Return the least cost of placements whose max time is in an interval; None if there are none.

    `known` has what cases need besides time within later limits; it is kept up to date.
    """
    library = Library(frame.instance, limit)
    settings = frame.instance.settings
    time = Fraction(settings.wdeltat * interval.start, frame.instance.time_scale)
    found: list[Fraction] = []
    for n, multipliers in enumerate(interval.cases):
        # a spine has fewer than two turns and breaks for each of its kernels
        if n > 2 * len(frame.network.spine):
            continue
        if enough is not None and n in known and time + known[n] >= enough:
            found.append(known[n])
            continue
        prices = money(settings, unit, multipliers)
        last = n == len(interval.cases) - 1
        case = assemble(frame, library, prices, Spine(prices, n, more=last))
        least = None if case is None else least_cost(case)
        if least is not None:
            found.append(Fraction(least, SCALE * unit))
            known[n] = max(found[-1], known.get(n, found[-1]))
    return time + min(found) if found else None
