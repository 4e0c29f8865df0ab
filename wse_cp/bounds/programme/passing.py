"""Compiled loops of the bounds: how messages pass through the dynamic programme.

Floats are fine here: what comes out are multipliers, and the verifier derives the bound from them in
integers.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wse_cp.compiled import compiled
from wse_cp.shapes.arrays import IntArray

#: The first column of a transition (`plan.Step`) that is a child's state.
CHILDREN = 8

#: Added to limits of cost, so that rounding loses nothing.
ROUNDING = 1e-6

SlopeArray = NDArray[np.float32]


class Message(NamedTuple):
    """The least costs of all below a kernel, for each of its states and classes, and what they use.

    Apart from each other, because large messages take as long as memory is slow.
    """

    costs: IntArray  #: float64 (states, classes)
    uses: SlopeArray  #: (states, classes, 3): area, excess of runs along x and along y (tiles)

    def both(self) -> IntArray:
        """Return costs and uses together, float64 (states, classes, 4)."""
        return np.concatenate([self.costs[:, :, None], self.uses.astype(float)], axis=2)


class Below(NamedTuple):
    """The messages of a kernel's children, flat, one behind the other.

    Child i's state s and key k stand at offsets[i] + s * sizes[i] + k; keys[i, row] is the key.
    """

    costs: IntArray  #: float64
    uses: SlopeArray
    offsets: IntArray  #: int64 (children,)
    sizes: IntArray  #: int64 (children,)
    keys: IntArray  #: int64 (children, rows)


@compiled
def fold_cell(before: IntArray, keys: IntArray, message: IntArray, moves: IntArray, states: int) -> IntArray:
    """Return the least sums of messages over a cell's patterns, float64 (states, rows, values).

    `before` has the same form; `message` is (patterns, keys, values); the first of the values decides.
    """
    after = np.full((states, before.shape[1], before.shape[2]), np.inf)
    for m in range(len(moves)):
        source, pattern, target = moves[m]
        for r in range(before.shape[1]):
            cost = before[source, r, 0] + message[pattern, keys[r], 0]
            if cost < after[target, r, 0]:
                for j in range(before.shape[2]):
                    after[target, r, j] = before[source, r, j] + message[pattern, keys[r], j]
    return after


@compiled
def gather(
    rows: IntArray,
    costs: IntArray,
    pointers: IntArray,
    transitions: IntArray,
    constants: IntArray,
    folds: IntArray,
    below: Below,
    up_keys: IntArray,
    up_count: int,
    states: int,
    slack: float,
) -> tuple[IntArray, IntArray]:
    """Return what a kernel sends, before adapters: costs, float64 (states, its own classes), and choices.

    `constants` are costs of the transitions. Choices are int32 (states, classes, 2): transition and row. Of
    no interest, and perhaps missing, is what costs more than the cheapest of its state plus `slack`.
    """
    # Not by way of the row: that would be one more jump through memory in the innermost loops.
    child_keys, ups = below.keys[:, rows].astype(np.int32), up_keys[rows].astype(np.int32)
    least = _least(costs, pointers, transitions, constants, folds, below)
    best = np.full((states, up_count), np.inf)
    which = np.zeros((states, up_count, 2), np.int32)
    limits = np.full(states, np.inf)
    total = np.empty(np.max(pointers[1:] - pointers[:-1]))
    for t in np.argsort(least):
        coefficient, fold, state = transitions[t, 0], transitions[t, 1], transitions[t, 2]
        if least[t] == np.inf or least[t] > limits[state]:
            continue
        first, last = pointers[coefficient], pointers[coefficient + 1]
        for i in range(first, last):
            total[i - first] = costs[i] + constants[t] + folds[fold, rows[i], 0]
        for child in range(len(below.offsets)):
            base = below.offsets[child] + transitions[t, CHILDREN + child] * below.sizes[child]
            for i in range(first, last):
                total[i - first] += below.costs[base + child_keys[child, i]]
        for i in range(first, last):
            cost = total[i - first]
            if cost < best[state, ups[i]]:
                best[state, ups[i]] = cost
                which[state, ups[i], 0], which[state, ups[i], 1] = t, rows[i]
                limits[state] = min(limits[state], cost + slack + ROUNDING)
    return best, which


@compiled
def _least(
    costs: IntArray,
    pointers: IntArray,
    transitions: IntArray,
    constants: IntArray,
    folds: IntArray,
    below: Below,
) -> IntArray:
    """Return for each transition a cost that no row of it falls below."""
    by_coefficient = np.full(len(pointers) - 1, np.inf)
    for c in range(len(by_coefficient)):
        for i in range(pointers[c], pointers[c + 1]):
            by_coefficient[c] = min(by_coefficient[c], costs[i])
    by_fold = np.full(len(folds), np.inf)
    for f in range(len(folds)):
        for r in range(folds.shape[1]):
            by_fold[f] = min(by_fold[f], folds[f, r, 0])
    least = np.empty(len(transitions))
    for t in range(len(transitions)):
        least[t] = constants[t] + by_coefficient[transitions[t, 0]] + by_fold[transitions[t, 1]]
    for child in range(len(below.offsets)):
        offset, size = below.offsets[child], below.sizes[child]
        end = below.offsets[child + 1] if child + 1 < len(below.offsets) else len(below.costs)
        by_state = np.full((end - offset) // size, np.inf)
        for s in range(len(by_state)):
            for k in range(offset + s * size, offset + (s + 1) * size):
                by_state[s] = min(by_state[s], below.costs[k])
        for t in range(len(transitions)):
            least[t] += by_state[transitions[t, CHILDREN + child]]
    return least


@compiled
def uses_of(
    best: IntArray,
    which: IntArray,
    usage: IntArray,
    coefficients: IntArray,
    transitions: IntArray,
    starts_usage: IntArray,
    folds: IntArray,
    below: Below,
) -> SlopeArray:
    """Return what the choices of `gather` use, as `Message.uses`.

    `usage` has the area, width and height of each row.
    """
    sent = np.zeros((*best.shape, 3), np.float32)
    for state in range(best.shape[0]):
        for up in range(best.shape[1]):
            if best[state, up] < np.inf:
                t, r = which[state, up]
                coefficient, fold = transitions[t, 0], transitions[t, 1]
                area, x_run, y_run = folds[fold, r, 1], folds[fold, r, 2], folds[fold, r, 3]
                area += usage[r, 0]
                x_run += coefficients[coefficient, 2] * usage[r, 1] + transitions[t, 3] * starts_usage[0]
                y_run += coefficients[coefficient, 3] * usage[r, 2] + transitions[t, 4] * starts_usage[1]
                for child in range(len(below.offsets)):
                    start = below.offsets[child] + transitions[t, CHILDREN + child] * below.sizes[child]
                    place = start + below.keys[child, r]
                    area += below.uses[place, 0]
                    x_run += below.uses[place, 1]
                    y_run += below.uses[place, 2]
                sent[state, up, 0], sent[state, up, 1], sent[state, up, 2] = area, x_run, y_run
    return sent


@compiled
def cross(
    costs: IntArray,
    uses: SlopeArray,
    ours: IntArray,
    theirs: IntArray,
    extents: IntArray,
    price: float,
    channels: float,
    slack: float,
) -> tuple[IntArray, SlopeArray]:
    """Return a message as its receiver's classes see it, adapters paid.

    `ours` and `theirs` have rows (h, w, channels), numbered below `extents`; h or w that differs costs
    `price`, channels that do `channels` (infinite if they must agree).
    For each set of parts that agree only the cheapest of our classes with these parts can be the partner.
    Of no interest is what costs more than the cheapest of a state plus `slack`.
    """
    states = len(costs)
    got = np.full((states, len(theirs)), np.inf)
    used = np.zeros((states, len(theirs), 3), np.float32)
    nh, nw, nc = extents[0], extents[1], extents[2]
    # One table behind the other: all parts, two of them, one, none; in it the cheapest of our classes, or -1.
    starts = np.cumsum(np.array([0, nh * nw * nc, nh * nw, nh * nc, nw * nc, nh, nw, nc]))
    table = np.full(starts[7] + 1, -1)
    extra = np.array([0.0, channels, price, price, price + channels, price + channels, 2 * price, 0.0])
    extra[7] = 2 * price + channels
    our_places, their_places = _places(ours, starts, nw, nc), _places(theirs, starts, nw, nc)
    for s in range(states):
        least = np.min(costs[s])
        if least == np.inf:
            continue
        near = np.flatnonzero(costs[s] <= least + slack)
        for k in near:
            for j in range(8):
                known = table[our_places[k, j]]
                if known < 0 or costs[s, k] < costs[s, known]:
                    table[our_places[k, j]] = k
        for i in range(len(theirs)):
            cost, which = np.inf, 0
            for j in range(8):
                known = table[their_places[i, j]]
                if known >= 0 and costs[s, known] + extra[j] < cost:
                    cost, which = costs[s, known] + extra[j], known
            got[s, i] = cost
            for j in range(3):
                used[s, i, j] = uses[s, which, j]
        for k in near:
            for j in range(8):
                table[our_places[k, j]] = -1
    return got, used


@compiled
def reflect(costs: IntArray, uses: SlopeArray, mirror: IntArray) -> None:
    """Fill those states of a message that are mirror images of earlier ones; `mirror` has their numbers."""
    for s in range(len(mirror)):
        other = mirror[s]
        if other < s:
            for k in range(costs.shape[1]):
                costs[s, k] = costs[other, k]
                uses[s, k, 0] = uses[other, k, 0]
                uses[s, k, 1], uses[s, k, 2] = uses[other, k, 2], uses[other, k, 1]


@compiled
def _places(classes: IntArray, starts: IntArray, nw: int, nc: int) -> IntArray:
    """Return where each class stands in the eight tables of `cross`."""
    places = np.empty((len(classes), 8), np.int64)
    for i in range(len(classes)):
        h, w, c = classes[i]
        places[i, 0], places[i, 1], places[i, 2] = (h * nw + w) * nc + c, h * nw + w, h * nc + c
        places[i, 3], places[i, 4], places[i, 5], places[i, 6], places[i, 7] = w * nc + c, h, w, c, 0
        for j in range(8):
            places[i, j] += starts[j]
    return places
