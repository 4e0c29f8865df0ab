"""Message passing around a chord's centre, where both its neighbours agree in the chord's channel split.

Where they do not agree, the chord costs an adapter, and everything else is as without it (`passing`). Where
they do, a message is wanted for every *key*: classes (h, w) of the centre, and a channel split x that both
neighbours have. Key number = (number of the centre's classes) * (number of splits) + (number of x).
docs/bounds.md, section 6.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wse_cp.bounds.programme import columns as col
from wse_cp.bounds.programme.passing import ROUNDING, Message, UseArray
from wse_cp.compiled import compiled
from wse_cp.shapes.arrays import FloatArray, IntArray


class CentreRows(NamedTuple):
    """What a centre's neighbours see of each of its rows (int64)."""

    group: IntArray  #: number of its classes (h, w)
    low: IntArray  #: number of its split towards the kernel below among the splits of keys; -1 if not there
    high: IntArray  #: the same towards the kernel above


class AdapterPrices(NamedTuple):
    """Cost of an adapter to the kernel below the centre, and of one to the kernel above."""

    low: float
    high: float


@compiled
def least_by_key(
    found: IntArray,
    costs: FloatArray,
    pointers: IntArray,
    rows: CentreRows,
    keys: int,
    splits: int,
    prices: AdapterPrices,
) -> tuple[FloatArray, NDArray[np.int32]]:
    """Return the least cost of a row and of its channels' adapters, and that row; (coefficients, keys) both.

    `found`, `costs` and `pointers` are as in `pricing.Priced`; there are so many `keys`, and so many `splits`
    among them.
    """
    many = len(pointers) - 1
    least, which = np.full((many, keys), np.inf), np.zeros((many, keys), np.int32)
    for c in range(many):
        cheapest = np.full(keys // splits, -1)
        for i in range(pointers[c], pointers[c + 1]):
            r = found[i]
            group, low, high = rows.group[r], rows.low[r], rows.high[r]
            if cheapest[group] < 0 or costs[i] < costs[cheapest[group]]:
                cheapest[group] = i
            if low >= 0:
                cost = costs[i] + (0.0 if high == low else prices.high)
                if cost < least[c, group * splits + low]:
                    least[c, group * splits + low], which[c, group * splits + low] = cost, r
            if high >= 0:
                cost = costs[i] + (0.0 if high == low else prices.low)
                if cost < least[c, group * splits + high]:
                    least[c, group * splits + high], which[c, group * splits + high] = cost, r
        for k in range(keys):
            i = cheapest[k // splits]
            if i >= 0 and costs[i] + prices.low + prices.high < least[c, k]:
                least[c, k], which[c, k] = costs[i] + prices.low + prices.high, found[i]
    return least, which


@compiled
def gather_agreeing(
    least: FloatArray,
    rows: NDArray[np.int32],
    transitions: IntArray,
    constants: FloatArray,
    below: FloatArray,
    states: int,
    slack: float,
) -> tuple[FloatArray, NDArray[np.int32]]:
    """Return what a centre sends by key, float64 (states, keys), and choices as `passing.gather` does.

    `least` and `rows` are as returned by `least_by_key`, `below` (states, keys) is the message from the
    kernel below.
    """
    many, keys = least.shape
    by_coefficient, by_state = np.empty(many), np.empty(len(below))
    for c in range(many):
        by_coefficient[c] = np.min(least[c])
    for s in range(len(below)):
        by_state[s] = np.min(below[s])
    lowest = np.empty(len(transitions))
    for t in range(len(transitions)):
        lowest[t] = constants[t] + by_coefficient[transitions[t, col.COEFFICIENT]]
        lowest[t] += by_state[transitions[t, col.CHILDREN]]
    best = np.full((states, keys), np.inf)
    which = np.zeros((states, keys, 2), np.int32)
    limits = np.full(states, np.inf)
    for t in np.argsort(lowest):
        coefficient, state = transitions[t, col.COEFFICIENT], transitions[t, col.SENT]
        child = transitions[t, col.CHILDREN]
        if lowest[t] == np.inf or lowest[t] > limits[state]:
            continue
        for k in range(keys):
            cost = least[coefficient, k] + constants[t] + below[child, k]
            if cost < best[state, k]:
                best[state, k] = cost
                which[state, k, col.TRANSITION], which[state, k, col.ROW] = t, rows[coefficient, k]
                limits[state] = min(limits[state], cost + slack + ROUNDING)
    return best, which


@compiled
def uses_of_agreeing(
    best: FloatArray,
    which: NDArray[np.int32],
    usage: FloatArray,
    coefficients: IntArray,
    transitions: IntArray,
    starts_usage: FloatArray,
    below: UseArray,
) -> UseArray:
    """Return what the choices of `gather_agreeing` use, as `passing.uses_of` does."""
    sent = np.zeros((*best.shape, col.USES), np.float32)
    for state in range(best.shape[0]):
        for k in range(best.shape[1]):
            if best[state, k] < np.inf:
                t, r = which[state, k, col.TRANSITION], which[state, k, col.ROW]
                coefficient, child = transitions[t, col.COEFFICIENT], transitions[t, col.CHILDREN]
                x = coefficients[coefficient, col.X_RUNS] * usage[r, col.WIDTH_USE]
                y = coefficients[coefficient, col.Y_RUNS] * usage[r, col.HEIGHT_USE]
                x += transitions[t, col.X_STARTS] * starts_usage[0]
                y += transitions[t, col.Y_STARTS] * starts_usage[1]
                sent[state, k, col.AREA] = usage[r, col.AREA] + below[child, k, col.AREA]
                sent[state, k, col.X_EXCESS] = x + below[child, k, col.X_EXCESS]
                sent[state, k, col.Y_EXCESS] = y + below[child, k, col.Y_EXCESS]
    return sent


def cheaper(first: Message, second: Message) -> Message:
    """Return the message that has the cheaper one of both for every state and class."""
    better = second.costs < first.costs
    return Message(
        np.where(better, second.costs, first.costs), np.where(better[:, :, None], second.uses, first.uses)
    )
