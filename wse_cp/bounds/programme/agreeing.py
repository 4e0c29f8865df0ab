"""Compiled loops of the bounds: both neighbours of a chord's centre agree in the chord's channel split.

Where they do not, an adapter more is paid and everything else is as without the chord (`passing`). Where they
do, a message is wanted for every *key*, a pair of splits (h, w) of the centre and a channel split x that
both neighbours have: key = (h, w) number * splits + x number.

Floats are fine here: what comes out are multipliers, and the verifier derives the bound from them in
integers.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wse_cp.bounds.programme.passing import CHILDREN, ROUNDING, Message, SlopeArray
from wse_cp.compiled import compiled
from wse_cp.shapes.arrays import IntArray


class Doors(NamedTuple):
    """What a centre's rows show, by row (int64).

    That is the number of (h, w), and the numbers of the channel splits towards the kernel below and the one
    above among the splits of keys, -1 if they are none of these.
    """

    group: IntArray
    low: IntArray
    high: IntArray


class Prices(NamedTuple):
    """Of an adapter to the kernel below the centre, and to the one above."""

    low: float
    high: float


@compiled
def least_by_key(
    rows: IntArray, costs: IntArray, pointers: IntArray, doors: Doors, keys: int, splits: int, prices: Prices
) -> tuple[IntArray, IntArray]:
    """Return the least cost of a row and its channels' adapters, float64 (coefficients, keys), and the row.

    Rows of coefficient i are rows[pointers[i] : pointers[i + 1]], at `costs`.
    """
    many = len(pointers) - 1
    least, which = np.full((many, keys), np.inf), np.zeros((many, keys), np.int32)
    for c in range(many):
        cheapest = np.full(keys // splits, -1)
        for i in range(pointers[c], pointers[c + 1]):
            r = rows[i]
            group, low, high = doors.group[r], doors.low[r], doors.high[r]
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
                least[c, k], which[c, k] = costs[i] + prices.low + prices.high, rows[i]
    return least, which


@compiled
def gather_agreeing(
    least: IntArray,
    rows: IntArray,
    transitions: IntArray,
    constants: IntArray,
    below: IntArray,
    states: int,
    slack: float,
) -> tuple[IntArray, IntArray]:
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
        lowest[t] = constants[t] + by_coefficient[transitions[t, 0]] + by_state[transitions[t, CHILDREN]]
    best = np.full((states, keys), np.inf)
    which = np.zeros((states, keys, 2), np.int32)
    limits = np.full(states, np.inf)
    for t in np.argsort(lowest):
        coefficient, state, child = transitions[t, 0], transitions[t, 2], transitions[t, CHILDREN]
        if lowest[t] == np.inf or lowest[t] > limits[state]:
            continue
        for k in range(keys):
            cost = least[coefficient, k] + constants[t] + below[child, k]
            if cost < best[state, k]:
                best[state, k] = cost
                which[state, k, 0], which[state, k, 1] = t, rows[coefficient, k]
                limits[state] = min(limits[state], cost + slack + ROUNDING)
    return best, which


@compiled
def uses_of_agreeing(
    best: IntArray,
    which: IntArray,
    usage: IntArray,
    coefficients: IntArray,
    transitions: IntArray,
    starts_usage: IntArray,
    below: SlopeArray,
) -> SlopeArray:
    """Return what the choices of `gather_agreeing` use, as `passing.uses_of` does."""
    sent = np.zeros((*best.shape, 3), np.float32)
    for state in range(best.shape[0]):
        for k in range(best.shape[1]):
            if best[state, k] < np.inf:
                t, r = which[state, k]
                coefficient, child = transitions[t, 0], transitions[t, CHILDREN]
                sent[state, k, 0] = usage[r, 0] + below[child, k, 0]
                sent[state, k, 1] = coefficients[coefficient, 2] * usage[r, 1] + below[child, k, 1]
                sent[state, k, 2] = coefficients[coefficient, 3] * usage[r, 2] + below[child, k, 2]
                sent[state, k, 1] += transitions[t, 3] * starts_usage[0]
                sent[state, k, 2] += transitions[t, 4] * starts_usage[1]
    return sent


def cheaper(first: Message, second: Message) -> Message:
    """Return the message that has the cheaper one of both for every state and class."""
    better = second.costs < first.costs
    return Message(
        np.where(better, second.costs, first.costs), np.where(better[:, :, None], second.uses, first.uses)
    )


__all__ = ["Doors", "Prices", "cheaper", "gather_agreeing", "least_by_key", "uses_of_agreeing"]
