"""The next decision in a region: what its programme's solution violates most, in terms of cost."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from wse_cp.bounds.proof.choice import Least
from wse_cp.bounds.proof.listing import HEIGHT, ODD_WIDTH, ROWS, TIME, WIDTH
from wse_cp.bounds.proof.prices import Money
from wse_cp.bounds.proof.region import AxisCut, Cut, OrderCut, Region, ShapeCut, TimeCut
from wse_cp.bounds.proof.relaxation import Solved

#: Overlaps below so many tiles are rounding.
_HAIR = 1e-4
#: What a violation of the largest time, and of a kernel's mean, counts beside an overlap of the same cost.
_TIME, _MEAN = 0.3, 0.25


def next_cut(money: Money, region: Region, solved: Solved | None, least: Least) -> Cut | None:
    """Return the next decision; None if there is nothing left to decide."""
    if solved is None:
        return _by_choice(region, least) or _by_rest(region)
    ranked = [*_by_time(money, region, solved), *_by_pairs(money, region, solved), *_by_shapes(money, solved)]
    ranked = [item for item in ranked if item[0] > 0]
    if ranked:
        return max(ranked, key=lambda item: item[0])[1]
    return _by_choice(region, least) or _by_rest(region)


def _by_time(money: Money, region: Region, solved: Solved) -> list[tuple[float, Cut]]:
    """Rank the largest time, where shapes in the means are slower than the programme's largest time."""
    slowest = max(int(rows[:, TIME].max()) for rows, _ in solved.shares)
    if slowest <= solved.late + _HAIR or slowest <= region.start or not money.time:
        return []
    return [(_TIME * (slowest - solved.late) * money.time, TimeCut(slowest))]


def _by_pairs(money: Money, region: Region, solved: Solved) -> list[tuple[float, Cut]]:
    """Rank pairs that overlap."""
    counts = {(min(u, v), max(u, v)): count for u, v, count in money.edges}
    square = money.instance.settings.width == money.instance.settings.height
    found: list[tuple[float, Cut]] = []
    for pair in combinations(range(len(region.shapes)), 2):
        i, j = pair
        if pair in region.orders:
            continue
        sums = solved.extents[:, i] + solved.extents[:, j]
        overlap = (sums - np.abs(solved.centres[:, i] - solved.centres[:, j])) / 2
        axis = region.axes.get(pair)
        amount = float(overlap.min() if axis is None else overlap[axis])
        if amount <= _HAIR:
            continue
        worth = amount * (2 * counts[pair] if pair in counts else 1) * max(money.wire, 1)
        if axis is None:
            found.append((worth, AxisCut(pair, square and not region.turned)))
        else:
            mirrored = not any(region.axes[p] == axis for p in region.orders)
            found.append((worth, OrderCut(pair, axis, mirrored)))
    return found


def _by_shapes(money: Money, solved: Solved) -> list[tuple[float, Cut]]:
    """Rank kernels whose mean is far from each of its shapes."""
    degrees = np.zeros(len(solved.shares), np.int64)
    for u, v, count in money.edges:
        degrees[[u, v]] += count
    found: list[tuple[float, Cut]] = []
    for i, (rows, shares) in enumerate(solved.shares):
        best = (0.0, -1)
        for column in (WIDTH, HEIGHT):
            values = rows[:, column]
            spread = float(shares @ np.abs(values - shares @ values))
            best = max(best, (spread, column))
        spread, column = best
        if spread > _HAIR:
            values = rows[:, column]
            mean = float(shares @ values)
            threshold = int(values[values <= mean].max())
            found.append(
                (_MEAN * spread * max(degrees[i], 1) * max(money.wire, 1), ShapeCut(i, column, threshold))
            )
    return found


def _by_choice(region: Region, least: Least) -> Cut | None:
    """Cut the shapes of a kernel of the least choice with other kinds left, by the most varied column."""
    best: tuple[int, Cut] | None = None
    for i, rows in enumerate(region.shapes):
        for column in range(ROWS, ODD_WIDTH + 2):
            values = np.unique(rows[:, column])
            if len(values) < 2:
                continue
            at = int(rows[least.rows[i], column])
            value = at if at < values[-1] else int(values[-2])
            if best is None or len(values) > best[0]:
                best = len(values), ShapeCut(i, column, value)
    return None if best is None else best[1]


def _by_rest(region: Region) -> Cut | None:
    """Cut the shapes of any kernel with more than one left."""
    for i, rows in enumerate(region.shapes):
        for column in (WIDTH, HEIGHT, TIME):
            values = np.unique(rows[:, column])
            if len(values) > 1:
                return ShapeCut(i, column, int(values[(len(values) - 1) // 2]))
    return None
