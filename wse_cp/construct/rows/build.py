"""Placements in rows: scan orders and cycle limits, then match protocols where adapters cost something.

Matching starts from the rows found without adapters: protocols are chosen for these rows, then the order is
cut anew with the protocols kept, for a few rounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil, inf

import numpy as np

from wse_cp.clock import WALL, Clock
from wse_cp.construct.cycle_limits import rounded_up
from wse_cp.construct.orders import Order, orders
from wse_cp.construct.rows.choose import choose_protocols
from wse_cp.construct.rows.layout import RowLayout, edge_array, layout_of, plan_boxes, realise
from wse_cp.construct.rows.options import Protocols
from wse_cp.construct.rows.scan import Candidate, RowSearch
from wse_cp.instance import Instance
from wse_cp.kernels import Protocol, adapters
from wse_cp.placement import Placement
from wse_cp.score import total_adapters
from wse_cp.shapes.arrays import scaled
from wse_cp.shapes.curves import kernel_curve
from wse_cp.shapes.splits import SplitValues, split_values

#: Least ratio between cycle limits of the first pass, and the steps of the refinement.
_SPACING = Fraction(107, 100)
_STEPS = (0.05, 0.025, 0.012, 0.006)
#: Cycle limits tried with protocols kept, relative to the present one; repeated from the best until it stays.
_FACTORS = (0.7, 0.85, 0.93, 0.97, 0.99, 1.02, 1.08, 1.2)
#: How many of the best are refined, and rounds of matching and cutting for each.
_REFINED = 2
_ROUNDS = 2
#: Seconds that matching takes per kernel, roughly.
_MATCHING_WORK = 5e-3
#: Share of the time given to rows planned without adapters, where adapters cost something.
_SCAN_SHARE = 0.35

#: Number of the order, whether the wafer is transposed, cycle limit.
_Key = tuple[int, bool, Fraction]


def matched(
    search: RowSearch,
    deadline: float,
    generator: np.random.Generator,
    keep: int,
    known: Fraction | None = None,
) -> list[Candidate]:
    """Return up to `keep` candidates with protocols, best first.

    Parameters
    ----------
    search
        A search that has been run: its plans are the starting points.
    deadline
        Time of the search's clock after which nothing new is begun. What was begun before may take as
        long again.
    known
        The cost of a placement found otherwise: what cannot get below it is not begun.
    """
    begin = search.clock.now()
    patience = deadline + max(deadline - begin, 0.0)
    values = split_values(search.instance)
    found: dict[_Key, Candidate] = {}
    for key, plan in _spaced(search):
        # Without its adapters a plan is hardly ever beaten by its matched rows.
        costs = [*(candidate.cost for candidate in found.values()), *([] if known is None else [known])]
        if plan.cost >= min(costs, default=inf) or (found and search.clock.now() > deadline):
            break
        _try(search, key, found, values, generator, patience)
    for step in _STEPS:
        for key in sorted(found, key=lambda key: found[key].cost)[:_REFINED]:
            for factor in (1 - step, 1 + step):
                if search.clock.now() < deadline:
                    limit = rounded_up(search.instance, key[2] * Fraction(factor))
                    _try(search, (key[0], key[1], limit), found, values, generator, patience)
    return sorted(found.values(), key=lambda candidate: candidate.cost)[:keep]


def _spaced(search: RowSearch) -> Iterator[tuple[_Key, Candidate]]:
    """Yield the cheapest plans whose cycle limits lie apart, cheapest first."""
    seen: list[Fraction] = []
    for key, plan in search.ranked():
        limit = key[2]
        if all(max(limit, other) >= _SPACING * min(limit, other) for other in seen):
            seen.append(limit)
            yield key, plan


def _try(
    search: RowSearch,
    key: _Key,
    found: dict[_Key, Candidate],
    values: SplitValues,
    generator: np.random.Generator,
    patience: float,
) -> None:
    search.clock.spend(_MATCHING_WORK * len(search.instance.kernels))
    plan = None if key in found else search.plan(*key)
    best = plan and improved(search.instance, plan, values, generator, lambda: search.clock.now() > patience)
    if best:
        found[key] = best


def improved(
    instance: Instance,
    candidate: Candidate,
    values: SplitValues,
    generator: np.random.Generator,
    late: Callable[[], bool],
) -> Candidate | None:
    """Return the best of a few rounds of matching protocols and cutting rows, or None if none fitted.

    When it is `late` no round but the first is begun.
    """
    best: Candidate | None = None
    for _ in range(_ROUNDS):
        if best and late():
            break
        protocols = choose_protocols(instance, candidate.boxes, candidate.time, values, generator)
        again = protocols and recut(instance, candidate, protocols)
        if not again or (best and again.cost >= best.cost):
            break
        best = candidate = retimed(instance, again)
    return best


def retimed(instance: Instance, candidate: Candidate) -> Candidate:
    """Return the best rows over other cycle limits for the protocols of a candidate (or itself)."""
    assert candidate.protocols is not None
    scale = instance.time_scale
    best = candidate
    while True:
        limits = [Fraction(ceil(best.time * Fraction(factor) * scale), scale) for factor in _FACTORS]
        others = [recut(instance, replace(best, time=limit), candidate.protocols) for limit in limits]
        better = min((other for other in others if other), key=lambda other: other.cost, default=best)
        if better.cost >= best.cost:
            return best
        best = better


def recut(instance: Instance, candidate: Candidate, protocols: Protocols) -> Candidate | None:
    """Return the best rows for the order and time of a candidate when all protocols are given."""
    order, limit = candidate.boxes.order, scaled(instance, candidate.time)
    settings, scale = instance.settings, instance.time_scale
    curves = [
        kernel_curve(instance.kernels[n], settings, scale, limit, protocols[n][:2], protocols[n][2:])
        for n in order
    ]
    edges = edge_array(instance, order)
    boxes = plan_boxes(instance, order, edges, np.stack(curves), candidate.boxes.transposed)
    if boxes is None:
        return None
    cost = boxes.cost(instance, candidate.time, adapter_count(instance, protocols))
    return replace(candidate, cost=cost, boxes=boxes, protocols=protocols)


def adapter_count(instance: Instance, protocols: Protocols) -> int:
    """Return the adapters that the edges need under given protocols."""
    total = 0
    for u, v, count in instance.kernel_edges:
        (h, w, _, k), (to_h, to_w, c, _) = protocols[u], protocols[v]
        total += count * adapters(Protocol(h, w, k), Protocol(to_h, to_w, c))
    return total


def construct_rows(
    instance: Instance,
    *,
    seconds: float = 3.0,
    generator: np.random.Generator,
    keep: int = 8,
    clock: Clock = WALL,
    known: Fraction | None = None,
    more: Sequence[Order] = (),
) -> list[tuple[Placement, RowLayout]]:
    """Return placements in rows with their layouts, best first; empty if no rows fit.

    Parameters
    ----------
    seconds
        Time after which no new plan is begun once one has been found; compiling does not count.
    keep
        How many placements to return at most; they differ in cycle limit or in the number of rows.
    clock
        By which `seconds` are measured.
    known
        The cost of a placement found otherwise: no protocols are matched in rows that cannot get below it.
    more
        Further orders, tried early.

    Raises
    ------
    InputError
        If the kernels do not fit the wafer by area, however slow.
    """
    first, *others = orders(instance, generator)
    search = RowSearch(instance, list(dict.fromkeys([first, *more, *others])), clock=clock)
    search.warm_up()
    weighs = instance.weighs_adapters
    search.deadline = clock.now() + seconds * (_SCAN_SHARE if weighs else 1)
    search.scan()
    search.refine()
    candidates = search.best(keep)
    if weighs:
        candidates = (
            matched(search, clock.now() + seconds * (1 - _SCAN_SHARE), generator, keep, known) + candidates
        )
    found = [(candidate, *realised(instance, candidate)) for candidate in candidates]

    def reached_cost(built: tuple[Candidate, Placement, RowLayout]) -> Fraction:
        candidate, placement, layout = built
        return candidate.boxes.cost(instance, layout.time, total_adapters(instance, placement))

    found.sort(key=reached_cost)
    return [(placement, layout) for _, placement, layout in found[:keep]]


def realised(instance: Instance, candidate: Candidate) -> tuple[Placement, RowLayout]:
    """Return the placement of a candidate, with its layout at the time it really reaches."""
    placement = realise(instance, candidate.boxes, candidate.time, candidate.protocols)
    reached = max(placed.time for placed in placement.values())
    return placement, layout_of(candidate.boxes, reached)
