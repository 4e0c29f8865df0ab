"""How messages pass through the dynamic programme: gathered at a kernel, then carried to its parent.

A *message* has the least cost of a kernel and all below it, for each state of its edge to the parent and each
class of its splits there. The loops use floats. That is no loss: what the programme finds are multipliers,
and the verifier derives the bound from them in integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wse_cp.bounds.programme import columns as col
from wse_cp.bounds.programme.plan import Step
from wse_cp.compiled import compiled, inner
from wse_cp.shapes.arrays import FloatArray, IntArray
from wse_cp.shapes.elementary import ascending

#: Added to limits of cost, so that rounding loses nothing.
ROUNDING = 1e-6

#: What is used, float32: half the memory of float64, and exact enough for a slope.
UseArray = NDArray[np.float32]
#: What no children use.
_NO_USES: UseArray = np.zeros((0, col.USES), np.float32)

#: Ways in which three classes can be equal or not; as many tables has `cross`.
_SUBSETS = 8


class Message(NamedTuple):
    """The least costs of a kernel and all below it, and what these use.

    In two arrays, because large messages take as long as memory is slow, and most loops read costs only.
    """

    costs: FloatArray  #: (states, classes); infinite where nothing is possible
    uses: UseArray  #: (states, classes, `USES`), columns `AREA`, `X_EXCESS`, `Y_EXCESS`

    def both(self) -> FloatArray:
        """Return costs and uses together, of shape (states, classes, `FIRST_USE` + `USES`)."""
        return np.concatenate([self.costs[:, :, None], self.uses.astype(float)], axis=2)


class Below(NamedTuple):
    """The messages of a kernel's children, flat, one behind the other.

    A message's classes are numbered; the number is a *key*. State s and key k of child i stand at
    offsets[i] + s * sizes[i] + k.
    """

    costs: FloatArray
    uses: UseArray  #: (costs, `USES`)
    offsets: IntArray  #: (children,)
    sizes: IntArray  #: (children,)


class Candidates(NamedTuple):
    """The rows of a kernel that can be optimal; those for coefficient i from pointers[i] to pointers[i + 1].

    Their keys and classes are here, not by way of the row: that would be one more jump through memory in the
    innermost loops.
    """

    rows: IntArray
    costs: FloatArray
    pointers: IntArray
    keys: NDArray[np.int32]  #: (children, candidates): by which key each reads a child's message
    ups: NDArray[np.int32]  #: number of its class at the edge to the parent


def below_of(messages: Sequence[Message]) -> Below:
    """Return the messages of a kernel's children as the loops read them."""
    lengths = [message.costs.size for message in messages]
    return Below(
        _joined([message.costs.reshape(-1) for message in messages], np.zeros(0)),
        _joined([message.uses.reshape(-1, col.USES) for message in messages], _NO_USES),
        np.cumsum([0, *lengths], dtype=np.int64)[:-1],
        np.array([message.costs.shape[1] for message in messages], np.int64),
    )


def _joined(parts: list[NDArray[Any]], none: NDArray[Any]) -> NDArray[Any]:
    """Return arrays one behind the other, without a copy if there is only one; `none` if there are none."""
    return parts[0] if len(parts) == 1 else np.concatenate([none, *parts])


def gathered(
    step: Step,
    candidates: Candidates,
    usage: FloatArray,
    constants: FloatArray,
    folds: FloatArray,
    below: Below,
    classes: int,
    slack: float,
    wafer: tuple[int, int],
) -> Message:
    """Return what a kernel sends before adapters, to so many `classes`.

    `usage` is `rows.Rows.usage`, `wafer` width and height in tiles; for the rest see `gather`.
    """
    best, which = gather(candidates, step.transitions, constants, folds, below, classes, step.states, slack)
    starts = -np.array(wafer, float)
    uses = uses_of(best, which, candidates, usage, step.coefficients, step.transitions, starts, folds, below)
    return Message(best, uses)


@compiled
def fold_cell(
    before: FloatArray, keys: IntArray, message: FloatArray, moves: IntArray, states: int
) -> FloatArray:
    """Return the least sums of a cell's messages over its patterns, float64 (states, rows, values).

    `before` has the sums without this cell, of the same form; `message` is (patterns, keys, values). A
    value is the cost, which decides, or a use. `moves` is as in `plan.Fold`.
    """
    after = np.full((states, before.shape[1], before.shape[2]), np.inf)
    for m in range(len(moves)):
        source, pattern, target = moves[m, col.SUM_BEFORE], moves[m, col.PATTERN], moves[m, col.SUM_AFTER]
        for r in range(before.shape[1]):
            cost = before[source, r, col.COST] + message[pattern, keys[r], col.COST]
            if cost < after[target, r, col.COST]:
                for j in range(before.shape[2]):
                    after[target, r, j] = before[source, r, j] + message[pattern, keys[r], j]
    return after


@compiled
def gather(
    candidates: Candidates,
    transitions: IntArray,
    constants: FloatArray,
    folds: FloatArray,
    below: Below,
    up_count: int,
    states: int,
    slack: float,
) -> tuple[FloatArray, NDArray[np.int32]]:
    """Return what a kernel sends before adapters, float64 (states, classes), and the choices behind it.

    Choices are int32 (states, classes, 2), columns `TRANSITION` and `CANDIDATE`.

    Parameters
    ----------
    constants
        What each transition costs whatever the row.
    folds
        Sums over the cells below that are off the spine, as `fold_cell` returns them.
    up_count
        Number of classes at the edge to the parent.
    slack
        What costs more than the cheapest of its state by more than this may be missing.
    """
    rows, costs, pointers, keys, ups = candidates
    least = _least(candidates, transitions, constants, folds, below)
    best = np.full((states, up_count), np.inf)
    which = np.zeros((states, up_count, 2), np.int32)
    limits = np.full(states, np.inf)
    total = np.empty(np.max(pointers[1:] - pointers[:-1]))
    for t in ascending(least):
        coefficient, fold = transitions[t, col.COEFFICIENT], transitions[t, col.FOLD]
        state = transitions[t, col.SENT]
        if least[t] == np.inf or least[t] > limits[state]:
            continue
        first, last = pointers[coefficient], pointers[coefficient + 1]
        for i in range(first, last):
            total[i - first] = costs[i] + constants[t] + folds[fold, rows[i], col.COST]
        for child in range(len(below.offsets)):
            base = below.offsets[child] + transitions[t, col.CHILDREN + child] * below.sizes[child]
            for i in range(first, last):
                total[i - first] += below.costs[base + keys[child, i]]
        for i in range(first, last):
            cost = total[i - first]
            if cost < best[state, ups[i]]:
                best[state, ups[i]] = cost
                which[state, ups[i], col.TRANSITION], which[state, ups[i], col.CANDIDATE] = t, i
                limits[state] = min(limits[state], cost + slack + ROUNDING)
    return best, which


@inner
def _least(
    candidates: Candidates,
    transitions: IntArray,
    constants: FloatArray,
    folds: FloatArray,
    below: Below,
) -> FloatArray:
    """Return for each transition a cost that no row of it falls below."""
    costs, pointers = candidates.costs, candidates.pointers
    by_coefficient = np.full(len(pointers) - 1, np.inf)
    for c in range(len(by_coefficient)):
        for i in range(pointers[c], pointers[c + 1]):
            by_coefficient[c] = min(by_coefficient[c], costs[i])
    by_fold = np.full(len(folds), np.inf)
    for f in range(len(folds)):
        for r in range(folds.shape[1]):
            by_fold[f] = min(by_fold[f], folds[f, r, col.COST])
    least = np.empty(len(transitions))
    for t in range(len(transitions)):
        least[t] = constants[t] + by_coefficient[transitions[t, col.COEFFICIENT]]
        least[t] += by_fold[transitions[t, col.FOLD]]
    for child in range(len(below.offsets)):
        offset, size = below.offsets[child], below.sizes[child]
        end = below.offsets[child + 1] if child + 1 < len(below.offsets) else len(below.costs)
        by_state = np.full((end - offset) // size, np.inf)
        for s in range(len(by_state)):
            for k in range(offset + s * size, offset + (s + 1) * size):
                by_state[s] = min(by_state[s], below.costs[k])
        for t in range(len(transitions)):
            least[t] += by_state[transitions[t, col.CHILDREN + child]]
    return least


@compiled
def uses_of(
    best: FloatArray,
    which: NDArray[np.int32],
    candidates: Candidates,
    usage: FloatArray,
    coefficients: IntArray,
    transitions: IntArray,
    starts_usage: FloatArray,
    folds: FloatArray,
    below: Below,
) -> UseArray:
    """Return what the choices of `gather` use, as `Message.uses`.

    `usage` is `rows.Rows.usage`; `starts_usage` has what a run that begins uses along x and along y.
    """
    sent = np.zeros((*best.shape, col.USES), np.float32)
    for state in range(best.shape[0]):
        for up in range(best.shape[1]):
            if best[state, up] < np.inf:
                t, i = which[state, up, col.TRANSITION], which[state, up, col.CANDIDATE]
                r = candidates.rows[i]
                coefficient, fold = transitions[t, col.COEFFICIENT], transitions[t, col.FOLD]
                area = folds[fold, r, col.FIRST_USE + col.AREA] + usage[r, col.AREA]
                x = folds[fold, r, col.FIRST_USE + col.X_EXCESS]
                y = folds[fold, r, col.FIRST_USE + col.Y_EXCESS]
                x += coefficients[coefficient, col.X_RUNS] * usage[r, col.WIDTH_USE]
                y += coefficients[coefficient, col.Y_RUNS] * usage[r, col.HEIGHT_USE]
                x += transitions[t, col.X_STARTS] * starts_usage[0]
                y += transitions[t, col.Y_STARTS] * starts_usage[1]
                for child in range(len(below.offsets)):
                    start = below.offsets[child] + transitions[t, col.CHILDREN + child] * below.sizes[child]
                    place = start + candidates.keys[child, i]
                    area += below.uses[place, col.AREA]
                    x += below.uses[place, col.X_EXCESS]
                    y += below.uses[place, col.Y_EXCESS]
                sent[state, up, col.AREA] = area
                sent[state, up, col.X_EXCESS], sent[state, up, col.Y_EXCESS] = x, y
    return sent


@compiled
def cross(
    costs: FloatArray,
    uses: UseArray,
    ours: IntArray,
    theirs: IntArray,
    extents: IntArray,
    price: float,
    channels: float,
    slack: float,
) -> tuple[FloatArray, UseArray]:
    """Return a message as its receiver's classes see it, adapters paid.

    For each set of classes that agree, only the cheapest of our rows with these classes can be the partner.

    Parameters
    ----------
    ours, theirs
        Classes at both ends (`H_CLASS`, `W_CLASS`, `CHANNEL_CLASS`), numbered below `extents`.
    price, channels
        What a class of h or of w that differs costs, and one of channels (infinite if they must agree).
    slack
        What costs more than the cheapest of its state by more than this is of no interest.
    """
    states = len(costs)
    got = np.full((states, len(theirs)), np.inf)
    used = np.zeros((states, len(theirs), col.USES), np.float32)
    nh, nw, nc = extents[col.H_CLASS], extents[col.W_CLASS], extents[col.CHANNEL_CLASS]
    # A table for each set of classes that agree, in the order of `_places`, one behind the other. An entry is
    # the cheapest of our rows with these classes, or -1.
    starts = np.cumsum(np.array([0, nh * nw * nc, nh * nw, nh * nc, nw * nc, nh, nw, nc]))
    table = np.full(starts[-1] + 1, -1)
    one = price + channels
    extra = np.array([0.0, channels, price, price, one, one, 2 * price, 2 * price + channels])
    our_places, their_places = _places(ours, starts, nw, nc), _places(theirs, starts, nw, nc)
    for s in range(states):
        least = np.min(costs[s])
        if least == np.inf:
            continue
        near = np.flatnonzero(costs[s] <= least + slack)
        for k in near:
            for j in range(_SUBSETS):
                known = table[our_places[k, j]]
                if known < 0 or costs[s, k] < costs[s, known]:
                    table[our_places[k, j]] = k
        for i in range(len(theirs)):
            cost, which = np.inf, 0
            for j in range(_SUBSETS):
                known = table[their_places[i, j]]
                if known >= 0 and costs[s, known] + extra[j] < cost:
                    cost, which = costs[s, known] + extra[j], known
            got[s, i] = cost
            for j in range(col.USES):
                used[s, i, j] = uses[s, which, j]
        for k in near:
            for j in range(_SUBSETS):
                table[our_places[k, j]] = -1
    return got, used


@inner
def _places(classes: IntArray, starts: IntArray, nw: int, nc: int) -> IntArray:
    """Return where each row of classes stands in the tables of `cross`, int64 of shape (rows, `_SUBSETS`).

    Agreeing are, in this order: all; h and w; h and channels; w and channels; h; w; channels; none.
    """
    places = np.empty((len(classes), _SUBSETS), np.int64)
    for i in range(len(classes)):
        h, w, c = classes[i, col.H_CLASS], classes[i, col.W_CLASS], classes[i, col.CHANNEL_CLASS]
        places[i, 0], places[i, 1] = (h * nw + w) * nc + c, h * nw + w
        places[i, 2], places[i, 3] = h * nc + c, w * nc + c
        places[i, 4], places[i, 5], places[i, 6], places[i, 7] = h, w, c, 0
        for j in range(_SUBSETS):
            places[i, j] += starts[j]
    return places


@compiled
def reflect(costs: FloatArray, uses: UseArray, mirror: IntArray) -> None:
    """Fill those states of a message that are mirror images of earlier ones; `mirror` has their numbers."""
    for s in range(len(mirror)):
        other = mirror[s]
        if other < s:
            for k in range(costs.shape[1]):
                costs[s, k] = costs[other, k]
                uses[s, k, col.AREA] = uses[other, k, col.AREA]
                uses[s, k, col.X_EXCESS] = uses[other, k, col.Y_EXCESS]
                uses[s, k, col.Y_EXCESS] = uses[other, k, col.X_EXCESS]


@compiled
def take_off(costs: FloatArray, uses: UseArray, cost: float, used: FloatArray) -> None:
    """Take a cost and what it uses (`USES`,) off a message wherever anything is possible, in place."""
    for s in range(costs.shape[0]):
        for k in range(costs.shape[1]):
            possible = costs[s, k] < np.inf
            costs[s, k] -= cost
            for j in range(col.USES):
                uses[s, k, j] = uses[s, k, j] - used[j] if possible else 0.0


@compiled
def replace_dearer(costs: FloatArray, uses: UseArray, others: FloatArray, other_uses: UseArray) -> None:
    """Put another message's cost, and what it uses, in the place of a message's where that is less."""
    for s in range(costs.shape[0]):
        for k in range(costs.shape[1]):
            if others[s, k] < costs[s, k]:
                costs[s, k] = others[s, k]
                for j in range(col.USES):
                    uses[s, k, j] = other_uses[s, k, j]
