"""Rows along the data flow: placements from nothing, in well under the time they ask for."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from wse_cp.clock import WALL, Clock
from wse_cp.construct.matched_rows import matched
from wse_cp.construct.orders import orders
from wse_cp.construct.row_layout import RowLayout, layout_of, realise
from wse_cp.construct.row_search import Candidate, RowSearch
from wse_cp.instance import Instance
from wse_cp.placement import Placement
from wse_cp.score import score

#: Share of the time given to rows regardless of adapters, where adapters cost something.
_SCAN_SHARE = 0.35


def construct_rows(
    instance: Instance,
    *,
    seconds: float = 3.0,
    generator: np.random.Generator,
    keep: int = 8,
    clock: Clock = WALL,
    known: Fraction | None = None,
) -> list[tuple[Placement, RowLayout]]:
    """Return legal placements in rows with their layouts, best first; empty if no rows fit.

    Parameters
    ----------
    seconds
        Time after which no new plan is begun once one has been found; compiling does not count.
    keep
        How many placements to return at most; they differ in time limit or in the number of rows.
    clock
        By which `seconds` are measured.
    known
        The cost of a placement found otherwise: no protocols are matched in rows that cannot get below it.

    Raises
    ------
    InputError
        If the kernels do not fit the wafer by area, however slow.
    """
    search = RowSearch(instance, orders(instance, generator), clock=clock)
    search.warm_up()
    heavy = instance.settings.wadapter > 0 and len(instance.kernel_edges) > 0
    search.deadline = clock.now() + seconds * (_SCAN_SHARE if heavy else 1)
    search.scan()
    search.refine()
    candidates = search.best(keep)
    if heavy:
        candidates = (
            matched(search, clock.now() + seconds * (1 - _SCAN_SHARE), generator, keep, known) + candidates
        )
    found = [realised(instance, candidate) for candidate in candidates]
    return sorted(found, key=lambda pair: score(instance, pair[0]).cost)[:keep]


def realised(instance: Instance, candidate: Candidate) -> tuple[Placement, RowLayout]:
    """Return the checked placement of a candidate, with its layout at the time it really reaches."""
    placement = realise(instance, candidate.boxes, candidate.time, candidate.protocols)
    reached = max(placed.time for placed in placement.values())
    return placement, layout_of(candidate.boxes, reached)
