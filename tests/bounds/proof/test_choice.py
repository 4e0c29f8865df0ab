"""The least choice and what choices with each shape cost, against enumeration."""

from __future__ import annotations

import numpy as np
import pytest

from tests.bounds.joint_choices import COMPARED, Case, random_case
from wse_cp.bounds.proof.choice import Joint
from wse_cp.bounds.proof.messages import PairCost, forest_of
from wse_cp.bounds.proof.region import Wire
from wse_cp.bounds.verifier import proof_choice
from wse_cp.shapes.arrays import IntArray

MUCH = 1 << 40


def _joint(case: Case, potentials: bool = True) -> tuple[Joint, bool]:
    """Return what is tried, and whether the wires form no cycle."""
    forest = forest_of(len(case.shapes), [Wire(*wire) for wire in case.wires])
    pairs = []
    for k, ((u, v, _), amounts) in enumerate(zip(case.wires, case.amounts, strict=True)):
        kept = tuple((*c, amount) for c, amount in zip(COMPARED, amounts, strict=True) if amount)
        moved = tuple((*c, _table(of)) for c, of in zip(COMPARED, case.potentials[k], strict=False))
        pairs.append(PairCost(u, v, kept, moved if potentials and k not in forest.up.values() else ()))
    return Joint(case.shapes, case.costs, pairs, forest, 5), len(forest.up) == len(pairs)


def _table(amounts: dict[int, int]) -> IntArray:
    return np.array([amounts.get(value, 0) for value in range(4)])


@pytest.mark.parametrize("small", [0, 1 << 14])
@pytest.mark.parametrize("potentials", [False, True])
def test_the_least_choice_is_found(small: int, potentials: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wse_cp.bounds.proof.messages._SMALL", small)
    monkeypatch.setattr("wse_cp.bounds.proof.choice.MOST_CHOICES", 10_000)
    for seed in range(80):
        case = random_case(seed, 5)
        joint, tree = _joint(case, potentials)
        every = case.all()
        least = joint.least(MUCH)
        assert least.value == min(every.values()) + 5
        assert every[least.rows] + 5 == least.value
        assert joint.least(least.value - 1).value == least.value - 1
        for i, sums in enumerate(joint.marginals):
            exact = [min(c for rows, c in every.items() if rows[i] == k) for k in range(len(case.shapes[i]))]
            assert all(a <= b + 5 for a, b in zip(sums.tolist(), exact, strict=True))
            assert not tree or sums.tolist() == [b + 5 for b in exact]


def test_a_search_cut_short_says_a_little_less(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wse_cp.bounds.proof.choice.MOST_CHOICES", 2)
    values = []
    for seed in range(60):
        case = random_case(seed, 5)
        values.append(min(case.all().values()) + 5 - _joint(case, False)[0].least(MUCH).value)
    assert min(values) == 0
    assert max(values) > 0


@pytest.mark.parametrize("seed", range(60))
def test_the_search_and_the_verifier_have_the_same_forest(seed: int) -> None:
    case = random_case(seed)
    ours = forest_of(len(case.shapes), [Wire(*wire) for wire in case.wires])
    assert sorted(ours.up.values()) == sorted(proof_choice.forest_of(len(case.shapes), case.wires))
    assert sorted(ours.order) == list(range(len(case.shapes)))
