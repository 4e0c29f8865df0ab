"""An arrangement as a small value, apart from the state it is worked on in; and the way between the two."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wse_cp.compiled import compiled
from wse_cp.construct.columns.cut import Rows
from wse_cp.construct.columns.drafts import accept, draft_of, insert_column, measure
from wse_cp.construct.columns.problem import ColumnProblem
from wse_cp.construct.columns.state import WIRE2, Network, State, make_column, new_state, wire
from wse_cp.shapes.arrays import IntArray
from wse_cp.shapes.elementary import copy_into


class Arrangement(NamedTuple):
    """Kernels row by row from the bottom, column by column from the left, from bottom to top in a column.

    All int64. Column j has the kernels sequence[begins[j]:begins[j + 1]], row r the columns from starts[r] to
    starts[r + 1] and height heights[r] (tiles). Column j begins at x = lefts[j], or beside others.
    """

    sequence: IntArray
    begins: IntArray
    starts: IntArray
    heights: IntArray
    lefts: IntArray


def boustrophedon(sequence: IntArray, rows: Rows, width: int) -> Arrangement:
    """Return the arrangement of an order cut into rows: every other row runs from right to left."""
    columns = [sequence[a:b] for a, b in zip(rows.begins[:-1], rows.begins[1:], strict=True)]
    placed, lefts = [], []
    for r, (a, b) in enumerate(zip(rows.starts[:-1], rows.starts[1:], strict=True)):
        placed += columns[a:b][:: -1 if r % 2 else 1]
        lefts += [width if r % 2 else 0] * int(b - a)  # as far to one side as they go
    sizes = [len(column) for column in placed]
    return Arrangement(
        np.concatenate(placed),
        np.concatenate([[0], np.cumsum(sizes)]),
        rows.starts,
        rows.heights,
        np.array(lefts),
    )


def opened(problem: ColumnProblem, curves: IntArray, arrangement: Arrangement) -> State | None:
    """Return a state of an arrangement for given curves, or None if it does not fit the width."""
    graph = problem.graph
    network = Network(curves, problem.classes, graph.first, graph.other, graph.times, problem.width)
    state = new_state(network, arrangement.heights)
    return state if _fill(state, arrangement) else None


@compiled
def _fill(state: State, arrangement: Arrangement) -> bool:
    """Put the columns into the empty rows; return if they fit."""
    sequence, begins, starts, _, lefts = arrangement
    for row in range(len(starts) - 1):
        draft = draft_of(state, row)
        for j in range(starts[row], starts[row + 1]):
            size = begins[j + 1] - begins[j]
            copy_into(state.drafts.buffer, sequence[begins[j] : begins[j + 1]])
            number = make_column(state, size, row)
            if number < 0 or not insert_column(state, draft, j - starts[row], number):
                return False
            state.drafts.wish[draft, j - starts[row]] = lefts[j]
        fits, _, area = measure(state)
        if not fits:
            return False
        accept(state, 0, area)
    state.scalars[WIRE2] = wire(state)
    return True


def closed(state: State) -> Arrangement:
    """Return the arrangement that a state holds."""
    rows, columns = state.rows, state.columns
    numbers = [rows.columns[r, : rows.length[r]] for r in range(len(rows.heights))]
    flat = np.concatenate(numbers)
    sizes = columns.size[flat]
    inside = np.arange(columns.members.shape[1]) < sizes[:, None]
    return Arrangement(
        columns.members[flat][inside],
        np.concatenate([[0], np.cumsum(sizes)]),
        np.concatenate([[0], np.cumsum(rows.length)]),
        rows.heights.copy(),
        columns.left[flat],
    )
