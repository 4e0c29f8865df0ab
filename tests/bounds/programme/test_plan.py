"""The tables of a plan: what their columns say on tiny networks, and that all numbers in them exist."""

from __future__ import annotations

import numpy as np
import pytest

from tests.bounds.networks import SHAPES, instance_of
from wse_cp.bounds.network.runs import Opener, run_states
from wse_cp.bounds.network.structure import structure_of
from wse_cp.bounds.programme import columns as col
from wse_cp.bounds.programme.plan import Plan, plan_of
from wse_cp.instance import Settings

WAFER = Settings(width=20, height=20)


def plan(shape: str, cases: int) -> Plan:
    instance = instance_of(SHAPES[shape], WAFER)
    return plan_of(instance, structure_of(instance, runs=cases > 1), cases)


def test_a_leaf_pays_half_its_wire_along_one_of_the_axes() -> None:
    (leaf,) = (step for step in plan("chain", 1).steps if step.name == "k3")
    rows = [leaf.coefficients[row[col.COEFFICIENT]].tolist() for row in leaf.transitions]
    assert rows == [[2, 0, 0, 0], [0, 2, 0, 0]]
    assert leaf.transitions[:, col.SENT].tolist() == [0, 1]
    assert leaf.mirror.tolist() == [1, 0]
    assert leaf.transitions[:, col.MODE].tolist() == [col.ANY_SPINE] * 2


def test_a_kernel_between_two_bridges_adds_up_both() -> None:
    (middle,) = (step for step in plan("chain", 1).steps if step.name == "k2")
    (fold,) = middle.folds
    assert fold.children == ("k3",)
    assert fold.moves[:, [col.SUM_BEFORE, col.PATTERN, col.SUM_AFTER]].tolist() == [[0, 0, 0], [0, 1, 1]]
    found = {
        (row[col.SENT], row[col.FOLD]): tuple(middle.coefficients[row[col.COEFFICIENT]])
        for row in middle.transitions
    }
    assert found == {(0, 0): (4, 0, 0, 0), (0, 1): (2, 2, 0, 0), (1, 0): (2, 2, 0, 0), (1, 1): (0, 4, 0, 0)}
    assert len(middle.coefficients) == 3


def test_a_turn_begins_a_run_and_counts() -> None:
    *_, last = plan("chain", 3).steps
    before = next(step for step in plan("chain", 3).steps if step.name == "k2")
    inner = len(run_states(3))
    turns = [
        row
        for row in before.transitions
        if row[col.CHILDREN] // inner != row[col.SENT] // inner and row[col.MODE] == col.BENT_SPINE
    ]
    assert turns
    for row in turns:
        axis = row[col.SENT] // inner
        assert row[[col.X_STARTS, col.Y_STARTS][axis]] >= 1
        assert row[col.TURNS] >= 1
        assert before.coefficients[row[col.COEFFICIENT]][[col.X_RUNS, col.Y_RUNS]].tolist() == [1, 1]
    assert last.link is None
    assert np.array_equal(last.transitions[:, col.SENT], last.transitions[:, col.TURNS])


def test_only_the_first_kernel_of_a_straight_spine_begins_a_run() -> None:
    for step in plan("chain", 2).steps:
        straight = step.transitions[step.transitions[:, col.MODE] == col.STRAIGHT_SPINE]
        assert len(straight)
        begun = straight[:, col.X_STARTS] + straight[:, col.Y_STARTS]
        assert set(begun.tolist()) == {int(step.name == "k0")}


@pytest.mark.parametrize("cases", [1, 2, 3])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_number_in_a_transition_exists(shape: str, cases: int) -> None:
    steps = {step.name: step for step in plan(shape, cases).steps}
    for step in steps.values():
        rows = step.transitions
        assert rows.shape[1] == col.CHILDREN + len(step.children)
        limits = {
            col.COEFFICIENT: len(step.coefficients),
            col.FOLD: step.folds[-1].states if step.folds else 1,
            col.SENT: step.states,
            col.TURNS: cases,
            col.DETOUR: len(step.detours) + 1,
            col.MODE: col.BENT_SPINE + 1,
        }
        for i, child in enumerate(step.children):
            limits[col.CHILDREN + i] = steps[child].states
        for column, limit in limits.items():
            assert rows[:, column].min() >= 0
            assert rows[:, column].max() < limit


@pytest.mark.parametrize("cases", [1, 2])
@pytest.mark.parametrize("shape", SHAPES)
def test_children_come_before_their_parents_and_are_read_once(shape: str, cases: int) -> None:
    seen: list[str] = []
    read: list[str] = []
    for step in plan(shape, cases).steps:
        below = [*step.children, *(child for fold in step.folds for child in fold.children)]
        assert set(below) <= set(seen)
        read += below
        seen.append(step.name)
    assert len(read) == len(set(read)) == len(seen) - 1


@pytest.mark.parametrize("cases", [1, 3])
@pytest.mark.parametrize("shape", SHAPES)
def test_mirror_images_pay_alike_with_the_axes_exchanged(shape: str, cases: int) -> None:
    exchanged = [col.HEIGHT_QUARTERS, col.WIDTH_QUARTERS, col.Y_RUNS, col.X_RUNS]
    for step in plan(shape, cases).steps:
        if step.link is None or step.children or step.folds:
            continue
        twice = step.mirror[step.mirror]  # the first of all equal patterns stands for them
        assert np.array_equal(step.mirror[twice], step.mirror)
        pays = {
            (twice[row[col.SENT]], *step.coefficients[row[col.COEFFICIENT]].tolist(), row[col.X_STARTS])
            for row in step.transitions
        }
        images = {
            (
                step.mirror[row[col.SENT]],
                *step.coefficients[row[col.COEFFICIENT]][exchanged].tolist(),
                row[col.Y_STARTS],
            )
            for row in step.transitions
        }
        assert pays == images


def test_a_wire_from_inside_a_triangle_may_make_a_detour() -> None:
    found = [detour for step in plan("two triangles", 3).steps for detour in step.detours]
    assert found == []  # no bridge leads out of a triangle
    steps = plan("triangle and tail", 3).steps
    detours = [(step.name, detour) for step in steps for detour in step.detours]
    assert {(name, detour.name) for name, detour in detours} == {("k2", "k3")}
    assert {detour.axis for _, detour in detours} == {0, 1}
    states = run_states(3)
    for step in steps:
        for row in step.transitions[step.transitions[:, col.DETOUR] > 0]:
            opener = states[row[col.SENT] % len(states)].opener
            assert opener not in (Opener.LAST, Opener.LAST_EARNED, Opener.BEFORE_OWED)
