"""An arrangement in columns within rows as arrays, with exact positions; compiled.

A column is never changed once it stands in a row: a change makes new columns (`drafts`).

All arrays are int64. Coordinates are in half tiles where the name ends in 2, else in tiles.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wse_cp.compiled import inner
from wse_cp.construct.columns.partition import MOST, column_width
from wse_cp.shapes.arrays import IntArray
from wse_cp.shapes.elementary import copy_into

#: Rows that one move may change, and columns that it may make or replace.
ROWS = 2
#: Indices of scalars: free columns, columns made and replaced by the present drafts, drafts, number of the
#: present move, kernels touched by it, wire of the whole (half tiles), area of the rows used (tiles).
FREE, MADE, GONE, DRAFTS, STAMP, TOUCHED, WIRE2, AREA, SCALARS = 0, 1, 2, 3, 4, 5, 6, 7, 8


class Network(NamedTuple):
    """What does not change: curves and classes, the edges of each kernel, the wafer's width."""

    curves: IntArray  #: int32, [class, extent]
    kinds: IntArray  #: class of each kernel
    first: IntArray  #: as in `settle.Graph`
    other: IntArray
    times: IntArray
    width: int


class Columns(NamedTuple):
    """Columns by number: kernels from bottom to top, width, x, row and place in it (row -1: in no row)."""

    members: IntArray
    size: IntArray
    wide: IntArray
    left: IntArray
    row: IntArray
    place: IntArray
    free: IntArray  #: numbers not in use
    made: IntArray  #: numbers made by the present drafts
    gone: IntArray  #: numbers that they replace


class Rows(NamedTuple):
    """Rows by number: height, y, columns from left to right, their number, their width in sum."""

    heights: IntArray
    base: IntArray
    columns: IntArray
    length: IntArray
    used: IntArray


class Drafts(NamedTuple):
    """Changed rows: which, and the same values as in `Rows`; and new centres of the kernels touched.

    Each column has an x that is wished for; where it really stands depends on those beside it.
    """

    row: IntArray
    columns: IntArray
    wish: IntArray
    left: IntArray
    length: IntArray
    used: IntArray
    touched: IntArray
    stamp: IntArray
    x2: IntArray
    y2: IntArray
    buffer: IntArray  #: kernels of a column to be made


class State(NamedTuple):
    """An arrangement and the drafts of a change of it."""

    network: Network
    columns: Columns
    rows: Rows
    drafts: Drafts
    column: IntArray  #: of each kernel
    x2: IntArray
    y2: IntArray
    scalars: IntArray


def new_state(network: Network, heights: IntArray) -> State:
    """Return a state with empty rows of these heights, stacked from y = 0."""
    count, rows = len(network.kinds), len(heights)
    numbers = count + 16 + 2 * (network.width // 2)
    places = min(count, network.width // 2) + 2
    columns = Columns(
        members=_zeros(numbers, MOST),
        size=_zeros(numbers),
        wide=_zeros(numbers),
        left=_zeros(numbers),
        row=np.full(numbers, -1),
        place=_zeros(numbers),
        free=np.arange(numbers)[::-1].copy(),
        made=_zeros(numbers),
        gone=_zeros(numbers),
    )
    standing = Rows(
        heights=heights.astype(np.int64),
        base=(np.cumsum(heights) - heights).astype(np.int64),
        columns=_zeros(rows, places),
        length=_zeros(rows),
        used=_zeros(rows),
    )
    drafts = Drafts(
        row=_zeros(ROWS),
        columns=_zeros(ROWS, places),
        wish=_zeros(ROWS, places),
        left=_zeros(ROWS, places),
        length=_zeros(ROWS),
        used=_zeros(ROWS),
        touched=_zeros(count),
        stamp=_zeros(count),
        x2=_zeros(count),
        y2=_zeros(count),
        buffer=_zeros(MOST),
    )
    scalars = np.zeros(SCALARS, np.int64)
    scalars[FREE] = numbers
    return State(network, columns, standing, drafts, _zeros(count), _zeros(count), _zeros(count), scalars)


def _zeros(*shape: int) -> IntArray:
    return np.zeros(shape, np.int64)


@inner
def make_column(state: State, size: int, row: int) -> int:
    """Make a column of the kernels in the buffer for a row; return its number, -1 if it does not fit."""
    network, columns, buffer = state.network, state.columns, state.drafts.buffer
    kinds = network.kinds[buffer[:size]]
    wide = column_width(network.curves, kinds, state.rows.heights[row], 1, network.width)
    if wide > network.width:
        return -1
    state.scalars[FREE] -= 1
    number = columns.free[state.scalars[FREE]]
    copy_into(columns.members[number], buffer[:size])
    columns.size[number], columns.wide[number], columns.row[number] = size, wide, -1
    columns.made[state.scalars[MADE]] = number
    state.scalars[MADE] += 1
    return int(number)


@inner
def wire(state: State) -> int:
    """Return the wire of the whole arrangement (half tiles), added up anew."""
    network, total = state.network, 0
    for u in range(len(network.kinds)):
        for e in range(network.first[u], network.first[u + 1]):
            v = network.other[e]
            if u < v:
                total += network.times[e] * (abs(state.x2[u] - state.x2[v]) + abs(state.y2[u] - state.y2[v]))
    return total
