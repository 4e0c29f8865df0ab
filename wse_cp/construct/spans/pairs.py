"""Two spans that share the wafer: the last cut, with a limit of its own for each part.

A label has its box's area priced, so what is good as one of two parts, neither small nor cheap, may lose to
what is one or the other. At the last cut nothing needs pricing: the parts must fit the wafer together.
"""

from __future__ import annotations

import numpy as np

from wse_cp.compiled import compiled
from wse_cp.construct.slicing.state import Array
from wse_cp.construct.spans.labels import Labels
from wse_cp.construct.spans.loops import span_index

#: Entries of a pair: cost of its wire, last position of the first part, entries of both parts' limits, how
#: each is mirrored (bits); and their number.
COST, MIDDLE, FIRST_AT, SECOND_AT, FIRST_FLIPS, SECOND_FLIPS, PAIR = 0, 1, 2, 3, 4, 5, 6
#: Mirrored along the axis on which the parts follow, or across it.
ALONG, ACROSS = 1, 2


@compiled
def best_pair(
    labels: Labels,
    kernels: int,
    links: Array,
    price: float,
    table: int,
    room: float,
    across: float,
    pair: Array,
) -> None:
    """Set `pair` to the cheapest two labels of a table that follow each other within the wafer.

    Parameters
    ----------
    table
        0: labels by width, side by side; 1: labels by height, one above the other.
    links, price
        As in `fill_labels`.
    room, across
        The wafer's extents along the axis on which the parts follow, and across it (tiles).
    pair
        float64 (PAIR,), see above; its cost is infinite if no two fit.
    """
    pair[COST] = np.inf
    limits, count = labels.limits, len(labels.limits)
    for middle in range(kernels - 1):
        a, b = span_index(0, middle), span_index(middle + 1, kernels - 1)
        j = count - 1
        for i in range(count):
            while j >= 0 and limits[i] + limits[j] > room:
                j -= 1
            if j < 0:
                break
            one, two = labels.extent[table, a, i], labels.extent[table, b, j]
            if one > across or two > across:
                continue
            wire = labels.value[table, a, i] - price * one * limits[i]
            wire += labels.value[table, b, j] - price * two * limits[j]
            if wire >= pair[COST]:
                continue
            offset, first_flips, second_flips = offset_of(labels, table, a, i, b, j)
            wire += links[middle + 1] * offset
            if wire < pair[COST]:
                pair[COST], pair[MIDDLE], pair[FIRST_AT], pair[SECOND_AT] = wire, middle, i, j
                pair[FIRST_FLIPS], pair[SECOND_FLIPS] = first_flips, second_flips


@compiled
def offset_of(labels: Labels, table: int, a: int, i: int, b: int, j: int) -> tuple[float, int, int]:
    """Return the distance of the kernels at the cut (half tiles), and how to mirror the parts for it."""
    ends, limits = labels.ends, labels.limits
    leave, enter = ends[2 + table, table, a, i], ends[table, table, b, j]
    first = ALONG if leave < limits[i] else 0
    second = ALONG if enter > limits[j] else 0
    along = min(leave, 2 * limits[i] - leave) + min(enter, 2 * limits[j] - enter)
    leave, enter = ends[3 - table, table, a, i], ends[1 - table, table, b, j]
    other_leave = 2 * labels.extent[table, a, i] - leave
    other_enter = 2 * labels.extent[table, b, j] - enter
    across = min(abs(leave - enter), abs(other_leave - enter), abs(leave - other_enter))
    if abs(leave - enter) > across:
        if abs(other_leave - enter) == across:
            first |= ACROSS
        else:
            second |= ACROSS
    return along + across, first, second
