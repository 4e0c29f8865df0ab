"""Drafts of changed rows of a state; compiled.

A change puts new columns into a draft of their row. `measure` tells what the drafts would cost, `accept` puts
them in place, `drop` gives them up. What that takes depends on the rows concerned, not on the network.
"""

from __future__ import annotations

from wse_cp.compiled import inner
from wse_cp.construct.columns.state import (
    AREA,
    DRAFTS,
    FREE,
    GONE,
    MADE,
    STAMP,
    TOUCHED,
    WIRE2,
    State,
)


@inner
def draft_of(state: State, row: int) -> int:
    """Return the draft of a row; it begins as a copy of the row."""
    drafts, rows = state.drafts, state.rows
    for i in range(state.scalars[DRAFTS]):
        if drafts.row[i] == row:
            return i
    i = state.scalars[DRAFTS]
    state.scalars[DRAFTS] += 1
    length = rows.length[row]
    drafts.row[i], drafts.length[i] = row, length
    for j in range(length):
        drafts.columns[i, j] = rows.columns[row, j]
        drafts.wish[i, j] = state.columns.left[rows.columns[row, j]]
    return int(i)


@inner
def replace_column(state: State, old: int, new: int) -> None:
    """Put a new column in place of an old one, in a draft in which nothing has been moved yet."""
    state.drafts.columns[draft_of(state, state.columns.row[old]), state.columns.place[old]] = new
    _gone(state, old)


@inner
def _gone(state: State, number: int) -> None:
    state.columns.gone[state.scalars[GONE]] = number
    state.scalars[GONE] += 1


@inner
def insert_column(state: State, draft: int, place: int, number: int) -> bool:
    """Put a column at a place of a draft, as far left of the next as it is wide; return if there is room."""
    drafts, wide = state.drafts, state.columns.wide
    length = drafts.length[draft]
    if length >= drafts.columns.shape[1]:
        return False
    for i in range(length, place, -1):
        drafts.columns[draft, i] = drafts.columns[draft, i - 1]
        drafts.wish[draft, i] = drafts.wish[draft, i - 1]
    drafts.columns[draft, place] = number
    if place < length:
        drafts.wish[draft, place] -= wide[number]
    elif length:
        drafts.wish[draft, place] = drafts.wish[draft, place - 1] + wide[drafts.columns[draft, place - 1]]
    else:
        drafts.wish[draft, place] = 0
    drafts.length[draft] += 1
    return True


@inner
def remove_column(state: State, draft: int, number: int, give_up: bool) -> None:
    """Take a column out of a draft; if it is to be given up, its number becomes free once accepted."""
    drafts = state.drafts
    length, shift = drafts.length[draft], 0
    for i in range(length):
        if drafts.columns[draft, i] == number:
            shift = 1
        elif shift:
            drafts.columns[draft, i - 1] = drafts.columns[draft, i]
            drafts.wish[draft, i - 1] = drafts.wish[draft, i]
    drafts.length[draft] -= shift
    if give_up:
        _gone(state, number)


@inner
def close_up(state: State) -> None:
    """Let what stands to the right of a change follow it to the left where the row has become shorter."""
    drafts, rows, wide = state.drafts, state.rows, state.columns.wide
    for i in range(state.scalars[DRAFTS]):
        row = drafts.row[i]
        shorter, first = rows.used[row], -1
        for j in range(drafts.length[i]):
            shorter -= wide[drafts.columns[i, j]]
            if first < 0 and drafts.columns[i, j] != rows.columns[row, j]:
                first = j
        if first >= 0 and shorter > 0:
            for j in range(first, drafts.length[i]):
                drafts.wish[i, j] -= shorter


@inner
def measure(state: State) -> tuple[bool, int, int]:
    """Return whether the drafts fit, and by how much they change the wire (half tiles) and the area used."""
    drafts, rows, scalars = state.drafts, state.rows, state.scalars
    scalars[STAMP] += 1
    scalars[TOUCHED] = 0
    area = 0
    for i in range(scalars[DRAFTS]):
        total = _line_up(state, i)
        if total > state.network.width:
            return False, 0, 0
        drafts.used[i] = total
        area += (total - rows.used[drafts.row[i]]) * rows.heights[drafts.row[i]]
        _locate(state, i)
    return True, _change_of_wire(state), area


@inner
def _line_up(state: State, draft: int) -> int:
    """Set where the columns of a draft stand: as wished, but none on another. Return their width in sum.

    Those in the way are pushed to the right, at the end of the row back to the left.
    """
    drafts, wide = state.drafts, state.columns.wide
    total, x = 0, 0
    for j in range(drafts.length[draft]):
        x = max(x, drafts.wish[draft, j])
        drafts.left[draft, j] = x
        x += wide[drafts.columns[draft, j]]
        total += wide[drafts.columns[draft, j]]
    x = state.network.width
    for j in range(drafts.length[draft] - 1, -1, -1):
        x -= wide[drafts.columns[draft, j]]
        if drafts.left[draft, j] <= x:
            break
        drafts.left[draft, j] = x
    return total


@inner
def _locate(state: State, draft: int) -> None:
    """Compute new centres of all kernels of a draft that are not where they were."""
    columns, drafts = state.columns, state.drafts
    row = drafts.row[draft]
    for j in range(drafts.length[draft]):
        number, x = drafts.columns[draft, j], drafts.left[draft, j]
        stays = columns.row[number] == row
        if not stays or columns.left[number] != x:
            _place_members(state, number, row, 2 * x + columns.wide[number], stays)


@inner
def _place_members(state: State, number: int, row: int, x2: int, stays: bool) -> None:
    """Set the new centres of the kernels of a column; they keep y if the column stays in its row."""
    columns, drafts, rows, scalars = state.columns, state.drafts, state.rows, state.scalars
    network, wide = state.network, columns.wide[number]
    y2 = 0
    if not stays:
        total = 0
        for m in range(columns.size[number]):
            total += network.curves[network.kinds[columns.members[number, m]], wide]
        y2 = 2 * (rows.base[row] + (rows.heights[row] - total) // 2)
    for m in range(columns.size[number]):
        kernel = columns.members[number, m]
        drafts.x2[kernel] = x2
        if stays:
            drafts.y2[kernel] = state.y2[kernel]
        else:
            tall = network.curves[network.kinds[kernel], wide]
            drafts.y2[kernel] = y2 + tall
            y2 += 2 * tall
        drafts.stamp[kernel] = scalars[STAMP]
        drafts.touched[scalars[TOUCHED]] = kernel
        scalars[TOUCHED] += 1


@inner
def _change_of_wire(state: State) -> int:
    """Return by how much the wire of the kernels touched changes (half tiles)."""
    network, drafts, stamp = state.network, state.drafts, state.scalars[STAMP]
    twice = 0
    for t in range(state.scalars[TOUCHED]):
        u = drafts.touched[t]
        for e in range(network.first[u], network.first[u + 1]):
            v = network.other[e]
            x2, y2, share = state.x2[v], state.y2[v], 2
            before = abs(state.x2[u] - x2) + abs(state.y2[u] - y2)
            if drafts.stamp[v] == stamp:
                x2, y2, share = drafts.x2[v], drafts.y2[v], 1
            after = abs(drafts.x2[u] - x2) + abs(drafts.y2[u] - y2)
            twice += share * network.times[e] * (after - before)
    return twice // 2


@inner
def accept(state: State, wire2: int, area: int) -> None:
    """Put the drafts in place, after `measure`."""
    columns, drafts, rows, scalars = state.columns, state.drafts, state.rows, state.scalars
    for g in range(scalars[GONE]):
        _release(state, columns.gone[g])
    for i in range(scalars[DRAFTS]):
        row = drafts.row[i]
        for j in range(drafts.length[i]):
            number = drafts.columns[i, j]
            rows.columns[row, j] = number
            columns.row[number], columns.place[number] = row, j
            columns.left[number] = drafts.left[i, j]
        rows.length[row], rows.used[row] = drafts.length[i], drafts.used[i]
    for m in range(scalars[MADE]):
        number = columns.made[m]
        for k in range(columns.size[number]):
            state.column[columns.members[number, k]] = number
    for t in range(scalars[TOUCHED]):
        kernel = drafts.touched[t]
        state.x2[kernel], state.y2[kernel] = drafts.x2[kernel], drafts.y2[kernel]
    scalars[WIRE2] += wire2
    scalars[AREA] += area
    scalars[MADE] = scalars[GONE] = scalars[DRAFTS] = 0


@inner
def drop(state: State) -> None:
    """Give the drafts up."""
    for m in range(state.scalars[MADE]):
        _release(state, state.columns.made[m])
    state.scalars[MADE] = state.scalars[GONE] = state.scalars[DRAFTS] = 0


@inner
def _release(state: State, number: int) -> None:
    state.columns.row[number] = -1
    state.columns.free[state.scalars[FREE]] = number
    state.scalars[FREE] += 1
