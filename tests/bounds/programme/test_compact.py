"""Compact steps: fewer states and transitions, none that a minimum could use missing."""

from __future__ import annotations

import numpy as np
import pytest

from tests.bounds.networks import SHAPES, instance_of
from wse_cp.bounds.network.structure import structure_of
from wse_cp.bounds.programme import columns as col
from wse_cp.bounds.programme.compact import compact
from wse_cp.bounds.programme.plan import Step, plan_of
from wse_cp.instance import Settings


def steps_of(shape: str, cases: int) -> tuple[Step, ...]:
    instance = instance_of(SHAPES[shape], Settings(width=20, height=20))
    return plan_of(instance, structure_of(instance), cases).steps


def paths(steps: tuple[Step, ...], final: int) -> int:
    """In how many ways transitions fit together from the leaves to a state of the root, folds left out."""
    counts: dict[str, list[int]] = {}
    for step in steps:
        known = [0] * step.states
        for row in step.transitions.tolist():
            ways = 1
            for column, child in enumerate(step.children, col.CHILDREN):
                ways *= counts[child][row[column]]
            known[row[col.SENT]] += ways
        counts[step.name] = known
    return counts[steps[-1].name][final]


@pytest.mark.parametrize("final", [0, 1])
@pytest.mark.parametrize("shape", SHAPES)
def test_all_ways_from_the_leaves_to_the_final_state_are_kept(shape: str, final: int) -> None:
    steps = steps_of(shape, 2)
    small = compact(steps, {steps[-1].name: final})
    assert paths(small, final) == paths(steps, final) > 0


@pytest.mark.parametrize("shape", SHAPES)
def test_no_state_is_kept_that_nothing_reads_and_no_coefficient_that_nothing_uses(shape: str) -> None:
    steps = steps_of(shape, 2)
    small = compact(steps, {steps[-1].name: 1})
    assert sum(len(step.transitions) for step in small) < sum(len(step.transitions) for step in steps)
    for step in small:
        assert set(step.transitions[:, col.COEFFICIENT].tolist()) == set(range(len(step.coefficients)))
        for column, child in enumerate(step.children, col.CHILDREN):
            below = next(other for other in small if other.name == child)
            read = np.zeros(below.states, bool)
            read[step.transitions[:, column]] = True
            assert np.all(read | read[below.mirror])


def test_steps_without_any_minimum_are_left_as_they_are() -> None:
    steps = steps_of("chain", 2)
    last = steps[-1]
    assert compact(steps, {last.name: last.states}) == steps
