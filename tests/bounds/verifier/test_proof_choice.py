"""What the verifier says of all choices of shapes, against enumeration."""

from __future__ import annotations

import numpy as np
import pytest

from tests.bounds.joint_choices import COMPARED, Case, random_case
from wse_cp.bounds.verifier.proof_choice import Choices, Difference, forest_of
from wse_cp.bounds.verifier.reading import CertificateError, Integers, never


def _choices(case: Case, kind: type, potentials: bool) -> tuple[Choices, list[int]]:
    forest = forest_of(len(case.shapes), case.wires)
    wires = []
    for k, ((u, v, _), amounts) in enumerate(zip(case.wires, case.amounts, strict=True)):
        kept = tuple((*c, amount) for c, amount in zip(COMPARED, amounts, strict=True) if amount)
        moved = tuple((*c, table) for c, table in zip(COMPARED, case.potentials[k], strict=False))
        wires.append(Difference(u, v, kept, moved if potentials and k not in forest else ()))
    costs: list[Integers] = [cost.astype(kind) for cost in case.costs]
    return Choices(case.shapes, costs, wires, forest), forest


@pytest.mark.parametrize("kind", [np.int64, object])
@pytest.mark.parametrize("potentials", [False, True])
@pytest.mark.parametrize("few", [0, 10_000])
def test_every_choice_is_counted_exactly(
    kind: type, potentials: bool, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wse_cp.bounds.verifier.proof_choice._FEW", few)
    cycles = 0
    for seed in range(60):
        case = random_case(seed, 5)
        choices, forest = _choices(case, kind, potentials)
        every = case.all()
        least = min(every.values())
        assert choices.least <= least
        assert choices.reach(least, never)
        assert not choices.reach(least + 1, never)
        for i, sums in enumerate(choices.with_each()):
            exact = [min(c for rows, c in every.items() if rows[i] == k) for k in range(len(case.shapes[i]))]
            assert all(a <= b for a, b in zip(sums.tolist(), exact, strict=True))
            assert len(forest) < len(case.wires) or sums.tolist() == exact
        cycles += len(forest) < len(case.wires)
    assert 10 < cycles < 50


def test_potentials_say_more_than_none() -> None:
    """Two wires between two kernels that agree on either, not on both."""
    shapes = [
        np.array([[1, 1, 0, 0, 1, 0, 0, 0, 0], [1, 1, 0, 1, 0, 0, 0, 0, 0]]),
        np.array([[1, 1, 0, 0, 0, 0, 0, 0, 0]]),
    ]
    costs: list[Integers] = [np.array([0, 0]), np.array([0])]
    first = Difference(0, 1, ((3, 3, 5),))
    without = Choices(shapes, costs, [first, Difference(0, 1, ((4, 4, 5),))], [0])
    moved = Choices(shapes, costs, [first, Difference(0, 1, ((4, 4, 5),), ((4, 4, {1: 5}),))], [0])
    assert (without.least, moved.least) == (0, 5)
    assert without.reach(5, never)
    assert not moved.reach(6, never)


def test_adapters_that_fit_into_64_bits_alone_but_not_together() -> None:
    """Three splits differ along a wire outside the forest."""
    shapes = [np.array([[1, 1, 0, i, i, i, i, 0, 0]]) for i in (0, 1)]
    costs: list[Integers] = [np.array([0], object), np.array([0], object)]
    amount = (1 << 62) - 1
    wires = [Difference(0, 1, ()), Difference(0, 1, ((3, 3, amount), (4, 4, amount), (6, 5, amount)))]
    choices = Choices(shapes, costs, wires, [0])
    assert choices.reach(3 * amount, never)
    assert not choices.reach(3 * amount + 1, never)


def test_a_forest_prefers_wires_of_more_edges() -> None:
    assert forest_of(3, [(0, 1, 1), (0, 2, 1), (1, 2, 1)]) == [0, 1]
    assert sorted(forest_of(3, [(0, 1, 1), (0, 2, 1), (1, 2, 2)])) == [0, 2]
    assert forest_of(2, [(0, 1, 1), (1, 0, 1)]) == [0]
    assert forest_of(4, [(2, 3, 1)]) == [0]


def test_too_many_choices_are_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wse_cp.bounds.verifier.proof_choice.MOST_TRIED", 3)
    seeds = [seed for seed in range(60) if _refused(random_case(seed))]
    assert seeds


def _refused(case: Case) -> bool:
    choices, _ = _choices(case, np.int64, False)
    try:
        choices.reach(min(case.all().values()), never)
    except CertificateError:
        return True
    return False
