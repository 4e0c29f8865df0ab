"""The programme over spans, compiled: the best label of every span in a box of given extent.

A label says how a span fills a box: where it is cut, how its parts are mirrored, where its first and last
kernel come to stand. Its value is wire inside the box, as far as it can be told from the centres of the two
kernels at each cut, plus a price for the box's area. The value is a heuristic; that the boxes fit into each
other is exact.

The loops over limits are short and free of branches, so that they become vector instructions.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wse_cp.compiled import compiled, inner
from wse_cp.construct.slicing.state import FAR
from wse_cp.shapes.arrays import IntArray

#: `Labels.split` of a single kernel and of no label.
LEAF, NOTHING = -1, -2
#: Bits of `Labels.flips`: which part is mirrored, along or across the axis on which the two stand side by
#: side, and whether the parts are labels of the other table.
FIRST_ALONG, SECOND_ALONG, SECOND_ACROSS, OTHER_TABLE = 1, 2, 4, 8
Float32Array = NDArray[np.float32]

#: No label has this value or extent. Sums of a few of them are still finite.
_NONE = np.float32(1e30)
_TWO = np.float32(2.0)


class Labels(NamedTuple):
    """One label for each table (0: by width, 1: by height), span and entry of `limits`.

    The box of a label is its limit wide (table 0) or high (table 1); the other extent is the label's own.
    float32 holds all integers that occur exactly.
    """

    limits: Float32Array  #: (size,) tiles, ascending, equally far apart
    extent: Float32Array  #: (2, spans, size) the box's other extent (tiles), huge if there is no label
    value: Float32Array  #: (2, spans, size) wire cost inside plus price of the box
    as_first: (
        Float32Array  #: the same with the wire from the last kernel to the box's edge along the axis of a cut
    )
    as_second: Float32Array  #: the same with the wire from the box's edge to the first kernel
    ends: Float32Array  #: (4, 2, spans, size) x, y of the first kernel's centre, then the last's (half tiles)
    split: IntArray  #: int16 (2, spans, size) last position of the first part, or one of the constants above
    at: IntArray  #: int16 (2, spans, size) entry of `limits` at which the parts were joined
    flips: IntArray  #: int8 (2, spans, size)
    scratch: Float32Array  #: (4, size)


def new_labels(kernels: int, side: int, step: int) -> Labels:
    """Return labels for an order of `kernels` on a wafer of at most `side` tiles, a limit every `step`."""
    limits = np.arange(side % step, side + 1, step).astype(np.float32)
    shape = (2, kernels * (kernels + 1) // 2, len(limits))

    def floats(*dimensions: int) -> Float32Array:
        return np.zeros(dimensions, np.float32)

    return Labels(
        limits,
        floats(*shape),
        floats(*shape),
        floats(*shape),
        floats(*shape),
        floats(4, *shape),
        np.zeros(shape, np.int16),
        np.zeros(shape, np.int16),
        np.zeros(shape, np.int8),
        floats(4, len(limits)),
    )


@inner
def span_index(first: int, last: int) -> int:
    """Return the row of the span from position `first` to `last` (included)."""
    return last * (last + 1) // 2 + first


@compiled
def fill_labels(labels: Labels, curves: IntArray, links: Float32Array, price: float) -> None:
    """Fill all labels.

    Parameters
    ----------
    curves
        int16 (kernels, size): in the order, least other extent for each limit (tiles).
    links
        float32 (kernels + 1,): cost of half a tile between the kernels at positions i - 1 and i.
    price
        Cost of a tile of area.
    """
    kernels = len(curves)
    for length in range(kernels):
        for first in range(kernels - length):
            last = first + length
            row = span_index(first, last)
            for table in range(2):
                clear(labels, table, row)
                if length == 0:
                    fill_leaf_labels(labels, table, row, curves[first], price)
                else:
                    join_all(labels, table, first, last, links)
            if length:
                exchange(labels, row)
            for table in range(2):
                widen(labels, table, row, price)
                attach(labels, table, row, links[first], links[last + 1])


@inner
def clear(labels: Labels, table: int, row: int) -> None:
    """Forget a span."""
    for i in range(len(labels.limits)):
        labels.extent[table, row, i] = _NONE
        labels.value[table, row, i] = _NONE
        labels.split[table, row, i] = NOTHING


@inner
def fill_leaf_labels(labels: Labels, table: int, row: int, curve: IntArray, price: float) -> None:
    """Fill the labels of a single kernel, which stands in the middle of its box."""
    for i in range(len(curve)):
        if curve[i] < FAR:
            extent, limit = np.float32(curve[i]), labels.limits[i]
            labels.extent[table, row, i] = extent
            labels.value[table, row, i] = np.float32(price) * limit * extent
            labels.split[table, row, i] = LEAF
            labels.flips[table, row, i] = 0
            for end in (0, 2):
                labels.ends[end + table, table, row, i] = limit
                labels.ends[end + 1 - table, table, row, i] = extent


@inner
def join_all(labels: Labels, table: int, first: int, last: int, links: Float32Array) -> None:
    """Give a span the best union of two parts at each limit: of one width, stacked, or one height, in a row.

    The parts are mirrored so that the kernels on both sides of the cut come close.
    """
    row = span_index(first, last)
    split, scratch = labels.split[table, row], labels.scratch
    leaves, enters = labels.ends[2 + table, table], labels.ends[table, table]
    firsts, seconds, extents = labels.as_first[table], labels.as_second[table], labels.extent[table]
    old, new = 2, 3
    copy(labels.value[table, row], scratch[old])
    for middle in range(first, last):
        a, b = span_index(first, middle), span_index(middle + 1, last)
        add(firsts[a], seconds[b], leaves[a], enters[b], labels.limits, links[middle + 1], scratch[0])
        forbid_large(scratch[0], extents[a], extents[b], labels.limits[-1], scratch[1])
        keep_best(scratch[1], scratch[old], middle, scratch[new], split)
        old, new = new, old
    copy(scratch[old], labels.value[table, row])
    for i in range(len(split)):
        if split[i] >= 0:
            settle(labels, table, first, last, i)


@inner
def copy(source: Float32Array, target: Float32Array) -> None:
    """Copy a row."""
    for i in range(len(target)):
        target[i] = source[i]


@inner
def add(
    first: Float32Array,
    second: Float32Array,
    leave: Float32Array,
    enter: Float32Array,
    limits: Float32Array,
    link: float,
    total: Float32Array,
) -> None:
    """Set `total` to the values of unions: with the offset, along the cut, of the two kernels beside it.

    The second part is mirrored if that makes the offset less.
    """
    for i in range(len(total)):
        straight = abs(leave[i] - enter[i])
        mirrored = abs(leave[i] + enter[i] - _TWO * limits[i])
        total[i] = first[i] + second[i] + link * min(straight, mirrored)


@inner
def forbid_large(
    values: Float32Array, first: Float32Array, second: Float32Array, largest: float, found: Float32Array
) -> None:
    """Copy values, but unions larger than the wafer get the value of none."""
    for i in range(len(found)):
        value, extent = values[i], first[i] + second[i]
        found[i] = value if extent <= largest else _NONE


@inner
def keep_best(
    trial: Float32Array, best: Float32Array, middle: int, found: Float32Array, split: IntArray
) -> None:
    """Set `found` to the lesser values and note in `split` where the trial's parts meet if it is less.

    (`found` is not `best`: stores that depend on a condition would not become vectors.)
    """
    for i in range(len(found)):
        new, old, known = trial[i], best[i], split[i]
        found[i] = new if new < old else old
        split[i] = np.int16(middle) if new < old else known


@inner
def settle(labels: Labels, table: int, first: int, last: int, i: int) -> None:
    """Fill in the label of a joined span from its parts."""
    row = span_index(first, last)
    middle = labels.split[table, row, i]
    a, b = span_index(first, middle), span_index(middle + 1, last)
    along, across = 1 - table, table
    ends, limit = labels.ends, labels.limits[i]
    one, two = labels.extent[table, a, i], labels.extent[table, b, i]
    flips = 0
    if ends[2 + along, table, a, i] < one:
        flips |= FIRST_ALONG
    if ends[along, table, b, i] > two:
        flips |= SECOND_ALONG
    leave, enter = ends[2 + across, table, a, i], ends[across, table, b, i]
    if abs(leave + enter - 2 * limit) < abs(leave - enter):
        flips |= SECOND_ACROSS
    labels.extent[table, row, i] = one + two
    labels.at[table, row, i] = i
    labels.flips[table, row, i] = flips
    start, end = ends[along, table, a, i], ends[2 + along, table, b, i]
    ends[along, table, row, i] = 2 * one - start if flips & FIRST_ALONG else start
    ends[2 + along, table, row, i] = 2 * one + (2 * two - end if flips & SECOND_ALONG else end)
    ends[across, table, row, i] = ends[across, table, a, i]
    end = ends[2 + across, table, b, i]
    ends[2 + across, table, row, i] = 2 * limit - end if flips & SECOND_ACROSS else end


@inner
def exchange(labels: Labels, row: int) -> None:
    """Offer each table of a span the joined labels of the other, whose boxes they may suit as well."""
    limits = labels.limits
    step = limits[1] - limits[0] if len(limits) > 1 else np.float32(1)
    for table in range(2):
        other = 1 - table
        for i in range(len(limits)):
            if labels.split[table, row, i] < 0 or labels.flips[table, row, i] & OTHER_TABLE:
                continue
            k = max(0, int(np.ceil((labels.extent[table, row, i] - limits[0]) / step)))
            if labels.value[table, row, i] < labels.value[other, row, k]:
                copy_label(labels, table, row, i, other, k)
                labels.extent[other, row, k] = limits[i]
                labels.flips[other, row, k] |= OTHER_TABLE


@inner
def copy_label(labels: Labels, table: int, row: int, i: int, target: int, k: int) -> None:
    """Copy a label of a span to entry k of table `target`."""
    labels.value[target, row, k] = labels.value[table, row, i]
    labels.extent[target, row, k] = labels.extent[table, row, i]
    labels.split[target, row, k] = labels.split[table, row, i]
    labels.at[target, row, k] = labels.at[table, row, i]
    labels.flips[target, row, k] = labels.flips[table, row, i]
    for end in range(4):
        labels.ends[end, target, row, k] = labels.ends[end, table, row, i]


@inner
def widen(labels: Labels, table: int, row: int, price: float) -> None:
    """Let every label serve larger limits, where the area wasted costs less than what stands there."""
    for i in range(1, len(labels.limits)):
        extent = labels.extent[table, row, i - 1]
        if extent >= _NONE:
            continue
        wasted = np.float32(price) * extent * (labels.limits[i] - labels.limits[i - 1])
        value = labels.value[table, row, i - 1] + wasted
        if value < labels.value[table, row, i]:
            copy_label(labels, table, row, i - 1, table, i)
            labels.value[table, row, i] = value


@inner
def attach(labels: Labels, table: int, row: int, before: float, after: float) -> None:
    """Add the wire between the end kernels and the box's nearer edges along the axis of a cut."""
    value, extent = labels.value[table, row], labels.extent[table, row]
    start, end = labels.ends[1 - table, table, row], labels.ends[3 - table, table, row]
    first, second = labels.as_first[table, row], labels.as_second[table, row]
    for i in range(len(value)):
        first[i] = value[i] + after * min(end[i], _TWO * extent[i] - end[i])
        second[i] = value[i] + before * min(start[i], _TWO * extent[i] - start[i])
