"""Random changes of an arrangement, as drafts; compiled.

Most moves bring a kernel, or the column it stands in, near another kernel that a wire leads to, or that
stands close by: 2-opt and or-opt on the rows, and the same with kernels within columns.
"""

from __future__ import annotations

from wse_cp.compiled import inner
from wse_cp.construct.columns.drafts import close_up, draft_of, insert_column, remove_column, replace_column
from wse_cp.construct.columns.partition import MOST
from wse_cp.construct.columns.state import DRAFTS, GONE, State, make_column
from wse_cp.construct.random import below
from wse_cp.shapes.arrays import IntArray

#: Out of a hundred moves, those below each bound: a kernel joins a column, stands alone, changes places; a
#: column goes elsewhere, changes places; a part of a row is turned, a column is turned, some slide;
#: the rest exchange the ends of two rows.
_JOIN, _ALONE, _SWAP, _SHIFT, _EXCHANGE, _TURN, _FLIP, _SLIDE = 15, 28, 47, 62, 77, 84, 88, 99
#: Columns that are turned at most, and how far from a kernel the other one may be picked (columns).
_LONGEST, _NEAR = 12, 6


@inner
def propose(state: State, random: IntArray) -> bool:
    """Draft one random move; return whether that made sense."""
    if not _propose(state, random):
        return False
    if below(random, 2):
        close_up(state)
    return True


@inner
def _propose(state: State, random: IntArray) -> bool:
    count = len(state.network.kinds)
    u = below(random, count)
    kind = below(random, 100)
    if kind >= _EXCHANGE:
        return _within_row(state, random, state.column[u], kind)
    v = _partner(state, random, u)
    if u == v:
        return False
    p, q = state.column[u], state.column[v]
    if kind < _SWAP:
        if p == q:
            return _reorder(state, u, v)
        if kind < _JOIN:
            return _join(state, random, u, q)
        if kind < _ALONE:
            return _stand_alone(state, random, u, q)
        return _swap(state, u, v)
    if p == q:
        return False
    if kind < _SHIFT:
        return _shift(state, random, p, q)
    return _exchange(state, p, q)


@inner
def _partner(state: State, random: IntArray, u: int) -> int:
    """Return a kernel near which u may want to be: near one of its neighbours, or anywhere near itself."""
    network, columns, rows = state.network, state.columns, state.rows
    first, wires = network.first[u], network.first[u + 1] - network.first[u]
    near = u
    if wires > 0 and below(random, 4) > 0:
        near = network.other[first + below(random, wires)]
    number = state.column[near]
    row = columns.row[number]
    place = columns.place[number] + below(random, 2 * _NEAR + 1) - _NEAR
    if below(random, 4) == 0:
        row, place = _next_row(state, random, row, columns.left[number])
    if rows.length[row] == 0:
        return u
    place = min(max(place, 0), rows.length[row] - 1)
    found = rows.columns[row, place]
    return int(columns.members[found, below(random, columns.size[found])])


@inner
def _next_row(state: State, random: IntArray, row: int, x: int) -> tuple[int, int]:
    """Return a row above or below, and a place in it that is close to x."""
    rows, columns = state.rows, state.columns
    row += 1 if below(random, 2) else -1
    row = min(max(row, 0), len(rows.heights) - 1)
    low, high = 0, rows.length[row]
    while low < high:
        middle = (low + high) // 2
        if columns.left[rows.columns[row, middle]] < x:
            low = middle + 1
        else:
            high = middle
    return row, low + below(random, 3) - 1


@inner
def _without(state: State, u: int) -> bool:
    """Draft the column of u without it."""
    columns, buffer, p = state.columns, state.drafts.buffer, state.column[u]
    size = 0
    for m in range(columns.size[p]):
        if columns.members[p, m] != u:
            buffer[size] = columns.members[p, m]
            size += 1
    if size == 0:
        remove_column(state, draft_of(state, columns.row[p]), p, True)
        return True
    number = make_column(state, size, columns.row[p])
    replace_column(state, p, number)
    return True


@inner
def _join(state: State, random: IntArray, u: int, q: int) -> bool:
    """Draft that u joins column q."""
    columns, buffer = state.columns, state.drafts.buffer
    size = columns.size[q]
    if size == MOST:
        return False
    slot = below(random, size + 1)
    for m in range(size + 1):
        buffer[m] = u if m == slot else columns.members[q, m - (1 if m > slot else 0)]
    number = make_column(state, size + 1, columns.row[q])
    if number < 0:
        return False
    replace_column(state, q, number)
    return _without(state, u)


@inner
def _stand_alone(state: State, random: IntArray, u: int, q: int) -> bool:
    """Draft that u becomes a column of its own before or after column q."""
    columns, p = state.columns, state.column[u]
    row = columns.row[q]
    state.drafts.buffer[0] = u
    number = make_column(state, 1, row)
    if number < 0:
        return False
    draft, place = draft_of(state, row), columns.place[q] + below(random, 2)
    if columns.size[p] > 1:
        if not _without(state, u):
            return False
        return insert_column(state, draft, place, number)
    if not insert_column(state, draft, place, number):
        return False
    remove_column(state, draft_of(state, columns.row[p]), p, True)
    return True


@inner
def _changed(state: State, p: int, u: int, v: int, row: int) -> int:
    """Make the column p for a row with v in place of u and u in place of v; return its number, or -1."""
    columns, buffer = state.columns, state.drafts.buffer
    for m in range(columns.size[p]):
        kernel = columns.members[p, m]
        buffer[m] = v if kernel == u else u if kernel == v else kernel
    return make_column(state, columns.size[p], row)


@inner
def _reorder(state: State, u: int, v: int) -> bool:
    """Draft that two kernels of one column change places."""
    p = state.column[u]
    number = _changed(state, p, u, v, state.columns.row[p])
    replace_column(state, p, number)
    return True


@inner
def _swap(state: State, u: int, v: int) -> bool:
    """Draft that two kernels of different columns change places."""
    p, q = state.column[u], state.column[v]
    for number, kernel, other in ((p, u, v), (q, v, u)):
        new = _changed(state, number, kernel, other, state.columns.row[number])
        if new < 0:
            return False
        replace_column(state, number, new)
    return True


@inner
def _copied(state: State, p: int, row: int) -> int:
    """Make a column of the same kernels for a row; return its number, or -1."""
    return _changed(state, p, -1, -1, row)


@inner
def _shift(state: State, random: IntArray, p: int, q: int) -> bool:
    """Draft that column p goes before or after column q."""
    columns = state.columns
    row, place = columns.row[q], columns.place[q] + below(random, 2)
    draft = draft_of(state, row)
    if columns.row[p] != row:
        number = _copied(state, p, row)
        if number < 0 or not insert_column(state, draft, place, number):
            return False
        remove_column(state, draft_of(state, columns.row[p]), p, True)
        return True
    remove_column(state, draft, p, False)
    return insert_column(state, draft, place - (1 if columns.place[p] < place else 0), p)


@inner
def _exchange(state: State, p: int, q: int) -> bool:
    """Draft that two columns change places."""
    columns, drafts = state.columns, state.drafts
    if columns.row[p] == columns.row[q]:
        draft = draft_of(state, columns.row[p])
        drafts.columns[draft, columns.place[p]] = q
        drafts.columns[draft, columns.place[q]] = p
        return True
    there, here = _copied(state, p, columns.row[q]), _copied(state, q, columns.row[p])
    if there < 0 or here < 0:
        return False
    replace_column(state, q, there)
    replace_column(state, p, here)
    return True


@inner
def _within_row(state: State, random: IntArray, p: int, kind: int) -> bool:
    """Draft a move that begins at column p: turn a part of the row or the column, shift or cross rows."""
    columns, rows = state.columns, state.rows
    row, place = columns.row[p], columns.place[p]
    end = min(rows.length[row] - 1, place + below(random, _LONGEST))
    if kind < _TURN:
        if below(random, 8) == 0:
            place, end = 0, rows.length[row] - 1
        return _turn(state, row, place, end)
    if kind < _FLIP:
        return _turn_column(state, p)
    if kind < _SLIDE:
        return _slide(state, random, row, place, end)
    return _cross(state, row, place, columns.left[p], random)


@inner
def _turn(state: State, row: int, place: int, end: int) -> bool:
    """Draft that columns from a place to another stand in reverse order, close together."""
    drafts, columns, rows = state.drafts, state.columns, state.rows
    draft = draft_of(state, row)
    x = drafts.wish[draft, place]
    for j in range(place, end + 1):
        number = rows.columns[row, place + end - j]
        drafts.columns[draft, j], drafts.wish[draft, j] = number, x
        x += columns.wide[number]
    return bool(end > place)


@inner
def _slide(state: State, random: IntArray, row: int, place: int, end: int) -> bool:
    """Draft that columns from a place to another slide into the gap before or after them."""
    columns, rows, drafts = state.columns, state.rows, state.drafts
    if below(random, 3) == 0:  # all that follow, or all before
        if below(random, 2):
            end = rows.length[row] - 1
        else:
            place = 0
    before, after = 0, state.network.width
    if place > 0:
        number = rows.columns[row, place - 1]
        before = columns.left[number] + columns.wide[number]
    if end < rows.length[row] - 1:
        after = columns.left[rows.columns[row, end + 1]]
    first, last = rows.columns[row, place], rows.columns[row, end]
    back, ahead = columns.left[first] - before, after - columns.left[last] - columns.wide[last]
    if back + ahead <= 0:
        return False
    step = below(random, back + ahead + 1) - back
    draft = draft_of(state, row)
    for j in range(place, end + 1):
        drafts.wish[draft, j] += step
    return bool(step != 0)


@inner
def _turn_column(state: State, p: int) -> bool:
    """Draft the column upside down."""
    columns, buffer = state.columns, state.drafts.buffer
    size = columns.size[p]
    for m in range(size):
        buffer[m] = columns.members[p, size - 1 - m]
    replace_column(state, p, make_column(state, size, columns.row[p]))
    return bool(size > 1)


@inner
def _cross(state: State, row: int, place: int, x: int, random: IntArray) -> bool:
    """Draft that a row and the next exchange what stands to the right of x."""
    rows, drafts = state.rows, state.drafts
    other, start = _next_row(state, random, row, x)
    start = min(max(start, 0), rows.length[other])
    if other == row:
        return False
    for mine, begin, theirs, first in ((row, place, other, start), (other, start, row, place)):
        draft = draft_of(state, mine)
        drafts.length[draft] = begin
        for j in range(first, rows.length[theirs]):
            old = rows.columns[theirs, j]
            number, place = _copied(state, old, mine), drafts.length[draft]
            if number < 0 or not insert_column(state, draft, place, number):
                return False
            drafts.wish[draft, place] = state.columns.left[old]
            state.columns.gone[state.scalars[GONE]] = old
            state.scalars[GONE] += 1
    return bool(state.scalars[DRAFTS] == 2)
