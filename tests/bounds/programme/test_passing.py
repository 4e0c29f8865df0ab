"""The loops that pass messages against plain loops over everything, on random tables."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from wse_cp.bounds.programme import columns as col
from wse_cp.bounds.programme.adapters import (
    AdapterPrices,
    CentreRows,
    candidates_by_key,
    least_by_key,
    take_cheaper,
)
from wse_cp.bounds.programme.passing import (
    Candidates,
    Message,
    below_of,
    cross,
    fold_cell,
    gather,
    reflect,
    uses_of,
)

ROWS, COEFFICIENTS, FOLDS, STATES, CLASSES = 7, 3, 2, 3, 4
CHILD_STATES, CHILD_KEYS = (2, 3), (3, 2)
FAR = 1e9


def transitions_of(generator: Generator, children: int) -> NDArray[np.int64]:
    """Random transitions with so many children."""
    found = np.zeros((12, col.CHILDREN + children), np.int64)
    for column, most in (
        (col.COEFFICIENT, COEFFICIENTS),
        (col.FOLD, FOLDS),
        (col.SENT, STATES),
        (col.X_STARTS, 2),
        (col.Y_STARTS, 2),
    ):
        found[:, column] = generator.integers(0, most, len(found))
    for i in range(children):
        found[:, col.CHILDREN + i] = generator.integers(0, CHILD_STATES[i], len(found))
    return found


class Kernel:
    """Random tables of a kernel with two children."""

    def __init__(self, seed: int) -> None:
        generator = default_rng(seed)
        self.pointers = np.array([0, 4, 4, 9])
        self.rows = generator.integers(0, ROWS, 9)
        self.costs = generator.uniform(0, 9, 9)
        self.transitions = transitions_of(generator, 2)
        self.constants = generator.uniform(0, 9, len(self.transitions))
        self.folds = generator.uniform(0, 9, (FOLDS, ROWS, col.FIRST_USE + col.USES))
        self.messages = [
            Message(
                generator.uniform(0, 9, (states, keys)),
                generator.uniform(0, 9, (states, keys, col.USES)).astype(np.float32),
            )
            for states, keys in zip(CHILD_STATES, CHILD_KEYS, strict=True)
        ]
        self.keys = np.stack([generator.integers(0, keys, ROWS) for keys in CHILD_KEYS])
        self.up = generator.integers(0, CLASSES, ROWS)
        self.usage = generator.uniform(1, 9, (ROWS, 3))
        self.coefficients = generator.integers(0, 3, (COEFFICIENTS, col.Y_RUNS + 1))

    @property
    def candidates(self) -> Candidates:
        """The rows as the loops want them."""
        keys, ups = np.take(self.keys, self.rows, axis=1), self.up[self.rows]
        return Candidates(self.rows, self.costs, self.pointers, keys.astype(np.int32), ups.astype(np.int32))

    def gathered(self, slack: float) -> tuple[NDArray[Any], NDArray[np.int32]]:
        """What `gather` finds."""
        below = below_of(self.messages)
        return gather(
            self.candidates, self.transitions, self.constants, self.folds, below, CLASSES, STATES, slack
        )

    def brute_force(self) -> NDArray[np.float64]:
        """The least cost of each state and class."""
        best = np.full((STATES, CLASSES), np.inf)
        for row, constant in zip(self.transitions, self.constants, strict=True):
            first, last = self.pointers[row[col.COEFFICIENT] : row[col.COEFFICIENT] + 2]
            for i in range(first, last):
                r = self.rows[i]
                cost = self.costs[i] + constant + self.folds[row[col.FOLD], r, col.COST]
                for child, message in enumerate(self.messages):
                    cost += message.costs[row[col.CHILDREN + child], self.keys[child, r]]
                at = row[col.SENT], self.up[r]
                best[at] = min(best[at], cost)
        return best


@pytest.mark.parametrize("seed", range(5))
def test_a_gathered_message_has_the_least_cost_of_any_transition_and_row(seed: int) -> None:
    kernel = Kernel(seed)
    found, _ = kernel.gathered(FAR)
    assert found == pytest.approx(kernel.brute_force())


@pytest.mark.parametrize("seed", range(5))
def test_what_is_within_the_slack_of_the_cheapest_is_never_missing(seed: int) -> None:
    kernel, slack = Kernel(seed), 2.0
    found, _ = kernel.gathered(slack)
    exact = kernel.brute_force()
    wanted = exact <= exact.min(axis=1, keepdims=True) + slack
    assert found[wanted] == pytest.approx(exact[wanted])
    assert np.all(found >= exact - 1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_the_choices_tell_what_is_used(seed: int) -> None:
    kernel, begun = Kernel(seed), np.array([-5.0, -7.0])
    best, which = kernel.gathered(FAR)
    coefficients, below = kernel.coefficients, below_of(kernel.messages)
    rest = coefficients, kernel.transitions, begun, kernel.folds, below
    found = uses_of(best, which, kernel.candidates, kernel.usage, *rest)
    for state, up in product(range(STATES), range(CLASSES)):
        if best[state, up] == np.inf:
            continue
        t, r = which[state, up, col.TRANSITION], kernel.rows[which[state, up, col.CANDIDATE]]
        row = kernel.transitions[t]
        assert row[col.SENT] == state
        assert kernel.up[r] == up
        runs = kernel.coefficients[row[col.COEFFICIENT]][[col.X_RUNS, col.Y_RUNS]]
        starts = row[[col.X_STARTS, col.Y_STARTS]]
        used = kernel.folds[row[col.FOLD], r, col.FIRST_USE :].copy()
        used += [kernel.usage[r, 0], *(runs * kernel.usage[r, 1:] + starts * begun)]
        for child, message in enumerate(kernel.messages):
            used += message.uses[row[col.CHILDREN + child], kernel.keys[child, r]]
        assert found[state, up] == pytest.approx(used, rel=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_a_folded_cell_adds_its_cheapest_pattern(seed: int) -> None:
    generator = default_rng(seed)
    before = generator.uniform(0, 9, (2, ROWS, 4))
    message, keys = generator.uniform(0, 9, (3, 2, 4)), generator.integers(0, 2, ROWS)
    moves = np.array([(s, p, generator.integers(0, 3)) for s in range(2) for p in range(3)])
    found = fold_cell(before, keys, message, moves, 3)
    for state, r in product(range(3), range(ROWS)):
        sums = [before[s, r] + message[p, keys[r]] for s, p, target in moves if target == state]
        if sums:
            assert found[state, r] == pytest.approx(min(sums, key=lambda values: values[col.COST]))
        else:
            assert found[state, r, col.COST] == np.inf


def random_classes(generator: Generator, count: int) -> NDArray[np.int64]:
    return generator.integers(0, 3, (count, 3))


@pytest.mark.parametrize("channels", [2.0, 0.5, np.inf])
@pytest.mark.parametrize("seed", range(5))
def test_each_class_is_reached_from_the_cheapest_partner_adapters_paid(seed: int, channels: float) -> None:
    generator, price = default_rng(seed), 2.0
    ours, theirs = random_classes(generator, 6), random_classes(generator, 8)
    costs = generator.uniform(0, 9, (2, 6))
    uses = generator.uniform(0, 9, (2, 6, col.USES)).astype(np.float32)
    prices = np.array([price, price, channels])
    found, used = cross(costs, uses, ours, theirs, np.full(3, 3), price, channels, FAR)
    for s, i in product(range(2), range(8)):
        differ = ours != theirs[i]
        paid = costs[s] + np.where(differ, prices, 0.0).sum(axis=1)
        assert found[s, i] == pytest.approx(paid.min())
        if paid.min() < np.inf:
            assert np.array_equal(used[s, i], uses[s, paid.argmin()])


def test_what_is_dearer_than_all_adapters_is_no_partner() -> None:
    generator, price = default_rng(1), 2.0
    ours, theirs = random_classes(generator, 6), random_classes(generator, 8)
    costs = generator.uniform(0, 9, (2, 6))
    uses = np.zeros((2, 6, col.USES), np.float32)
    whole, _ = cross(costs, uses, ours, theirs, np.full(3, 3), price, price, FAR)
    tight, _ = cross(costs, uses, ours, theirs, np.full(3, 3), price, price, 3 * price)
    assert whole == pytest.approx(tight)


def test_a_mirror_image_has_the_uses_along_the_axes_exchanged() -> None:
    costs = np.array([[1.0], [9.0]])
    uses = np.array([[[1.0, 2.0, 3.0]], [[0.0, 0.0, 0.0]]], np.float32)
    reflect(costs, uses, np.array([1, 0]))
    assert costs[1, 0] == 1.0
    assert uses[1, 0].tolist() == [1.0, 3.0, 2.0]


class Centre:
    """Random tables of a chord's centre: two groups of (h, w), and two channel splits as keys."""

    groups, splits = 2, 2

    def __init__(self, seed: int) -> None:
        generator = default_rng(seed)
        self.pointers = np.array([0, 3, 7])
        self.found = generator.integers(0, ROWS, 7)
        self.costs = generator.uniform(0, 9, 7)
        self.rows = CentreRows(
            generator.integers(0, self.groups, ROWS),
            generator.integers(-1, self.splits, ROWS),
            generator.integers(-1, self.splits, ROWS),
        )
        self.prices = AdapterPrices(1.5, 2.5)
        self.transitions = transitions_of(generator, 1)
        self.transitions[:, col.COEFFICIENT] %= 2
        self.constants = generator.uniform(0, 9, len(self.transitions))
        self.below = generator.uniform(0, 9, (CHILD_STATES[0], self.keys))

    @property
    def keys(self) -> int:
        """How many there are."""
        return self.groups * self.splits

    def least(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """What `least_by_key` finds."""
        return least_by_key(
            self.found, self.costs, self.pointers, self.rows, self.keys, self.splits, self.prices
        )


@pytest.mark.parametrize("seed", range(5))
def test_a_centre_pays_for_the_splits_in_which_it_differs_from_the_key(seed: int) -> None:
    centre = Centre(seed)
    least, which = centre.least()
    for c, key in product(range(2), range(centre.keys)):
        group, split = divmod(key, centre.splits)
        options = [
            centre.costs[i]
            + (centre.rows.low[r] != split) * centre.prices.low
            + (centre.rows.high[r] != split) * centre.prices.high
            for i in range(centre.pointers[c], centre.pointers[c + 1])
            if centre.rows.group[r := centre.found[i]] == group
        ]
        assert least[c, key] == pytest.approx(min(options, default=np.inf))
        if options:
            assert centre.rows.group[which[c, key]] == group


@pytest.mark.parametrize("seed", range(5))
def test_a_centre_sends_the_least_sum_by_key_and_what_it_uses(seed: int) -> None:
    centre, generator = Centre(seed), default_rng(seed)
    least, rows = centre.least()
    candidates, folds = candidates_by_key(least, rows), np.zeros((1, ROWS, col.FIRST_USE + col.USES))
    centre.transitions[:, col.FOLD] = 0
    below_uses = generator.uniform(0, 9, (*centre.below.shape, col.USES)).astype(np.float32)
    below = below_of([Message(centre.below, below_uses)])
    best, which = gather(
        candidates, centre.transitions, centre.constants, folds, below, centre.keys, STATES, FAR
    )
    usage, coefficients = generator.uniform(1, 9, (ROWS, 3)), generator.integers(0, 3, (2, 4))
    begun = np.array([-5.0, -7.0])
    rest = coefficients, centre.transitions, begun, folds, below
    used = uses_of(best, which, candidates, usage, *rest)
    for state, key in product(range(STATES), range(centre.keys)):
        sums = [
            least[row[col.COEFFICIENT], key] + constant + centre.below[row[col.CHILDREN], key]
            for row, constant in zip(centre.transitions, centre.constants, strict=True)
            if row[col.SENT] == state
        ]
        assert best[state, key] == pytest.approx(min(sums, default=np.inf))
        if best[state, key] < np.inf:
            t, r = which[state, key, col.TRANSITION], candidates.rows[which[state, key, col.CANDIDATE]]
            row = centre.transitions[t]
            runs = coefficients[row[col.COEFFICIENT]][[col.X_RUNS, col.Y_RUNS]]
            starts = row[[col.X_STARTS, col.Y_STARTS]]
            own = np.array([usage[r, 0], *(runs * usage[r, 1:] + starts * begun)])
            assert used[state, key] == pytest.approx(own + below_uses[row[col.CHILDREN], key], rel=1e-5)


def test_of_two_messages_the_cheaper_entry_counts_with_its_uses() -> None:
    first = Message(np.array([[1.0, 5.0]]), np.full((1, 2, 3), 1, np.float32))
    second = Message(np.array([[2.0, 4.0]]), np.full((1, 2, 3), 2, np.float32))
    both = take_cheaper(first, second)
    assert both.costs.tolist() == [[1.0, 4.0]]
    assert both.uses[0, :, 0].tolist() == [1.0, 2.0]
