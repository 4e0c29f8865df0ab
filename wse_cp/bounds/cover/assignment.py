"""Who gets which place at the least cost: the assignment of a star's leaves to the ranks of its stacks."""

from __future__ import annotations

import numpy as np

from wse_cp.compiled import inner
from wse_cp.shapes.arrays import FloatArray, IntArray


@inner
def assigned(cost: FloatArray, elsewhere: FloatArray, ranks: FloatArray, places: IntArray) -> float:
    """Solve the assignment of leaves to ranks, two places each, or elsewhere.

    Parameters
    ----------
    cost, elsewhere
        Of each leaf in each rank (leaves x ranks), and elsewhere.
    ranks, places
        Are filled with the price of each rank, and with the rank of each leaf (-1: elsewhere).

    Returns
    -------
    The sum of the prices of all places.
    """
    many, rooms = cost.shape
    table = np.empty((many, 2 * rooms + many))
    for i in range(many):
        for r in range(rooms):
            table[i, 2 * r] = table[i, 2 * r + 1] = cost[i, r]
        for j in range(2 * rooms, 2 * rooms + many):
            table[i, j] = elsewhere[i]
    prices = np.empty(2 * rooms + many)
    hungarian(table, prices, places)
    total = 0.0
    for r in range(rooms):
        # costs may be so large that rounding leaves a price below 0
        ranks[r] = max(min(prices[2 * r], prices[2 * r + 1]), 0.0)
        total += 2 * ranks[r]
    for i in range(many):
        places[i] = places[i] // 2 if places[i] < 2 * rooms else -1
    return total


@inner
def hungarian(cost: FloatArray, prices: FloatArray, places: IntArray) -> None:
    """Solve an assignment problem, rows to at least as many columns.

    Writes the column of each row and the columns' dual prices (>= 0; 0 where a column is left over). The
    method of shortest augmenting paths: R. Jonker and A. Volgenant, A shortest augmenting path algorithm for
    dense and sparse linear assignment problems (doi 10.1007/BF02278710).
    """
    rows, columns = cost.shape
    up = np.zeros(rows)
    down = np.zeros(columns + 1)
    row_of = np.empty(columns + 1, np.int64)
    for j in range(columns + 1):
        row_of[j] = -1
    way = np.zeros(columns, np.int64)
    least = np.empty(columns)
    used = np.empty(columns + 1, np.bool_)
    for row in range(rows):
        row_of[columns] = row
        at = columns
        used[columns] = False
        for j in range(columns):
            least[j], used[j] = np.inf, False
        while row_of[at] >= 0:
            used[at] = True
            here, delta, following = row_of[at], np.inf, 0
            for j in range(columns):
                if not used[j]:
                    reduced = cost[here, j] - up[here] - down[j]
                    if reduced < least[j]:
                        least[j], way[j] = reduced, at
                    if least[j] < delta:
                        delta, following = least[j], j
            for j in range(columns + 1):
                if used[j]:
                    up[row_of[j]] += delta
                    down[j] -= delta
                elif j < columns:
                    least[j] -= delta
            at = following
        while at != columns:
            before = way[at]
            row_of[at] = row_of[before]
            at = before
    for j in range(columns):
        prices[j] = -down[j]
        if row_of[j] >= 0:
            places[row_of[j]] = j
