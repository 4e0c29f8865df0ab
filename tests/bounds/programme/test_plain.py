"""The dual function by bills of shapes: it is the general one, and what is alike is computed once."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from tests.bounds.networks import SHAPES, instance_of
from tests.bounds.small_instances import NETWORKS, small_instance
from tests.marks import with_slow
from wse_cp.bounds.network.structure import structure_of
from wse_cp.bounds.programme.dual import Dual
from wse_cp.bounds.programme.plain import Bill, PlainDual, _Call
from wse_cp.bounds.programme.plan import plan_of
from wse_cp.bounds.programme.pricing import Multipliers
from wse_cp.bounds.search.limit import without_adapters
from wse_cp.instance import Instance, Settings
from wse_cp.kernels import Conv


def both(instance: Instance, cycles: bool) -> tuple[PlainDual, Dual]:
    structure = structure_of(instance, runs=False, cycles=cycles)
    return PlainDual(instance, structure), Dual(instance, plan_of(instance, structure, 1))


@pytest.mark.parametrize("kind", with_slow(NETWORKS, "square", "diamond", "triangle"))
def test_value_is_that_of_the_general_programme(kind: str) -> None:
    compared = 0
    for seed in range(40):
        random = Random(seed)
        instance = without_adapters(small_instance(kind, seed))
        plain, general = both(instance, cycles=random.random() < 0.5)
        at = Multipliers(random.choice([0.0, 0.25, 2.0, 1000.0]), 0.0, 0.0)
        for time in (1, 8, 64, 1 << 20):
            tables = plain.tables(time)
            other = general.tables(time)
            assert (tables is None) == (other is None)
            if tables is not None and other is not None:
                assert plain.value(tables, at, 0).value == general.value(other, at, 0).value, (seed, time)
                compared += 1
    assert compared > 40


@pytest.mark.parametrize("shape", SHAPES)
def test_slope_is_a_supergradient(shape: str) -> None:
    settings = Settings(width=30, height=20, wlength=3)
    instance = instance_of(SHAPES[shape], settings, [Conv(4, 4, 1, 1, 4, 4 + i, 1) for i in range(5)])
    plain, _ = both(instance, cycles=True)
    tables = plain.tables(40)
    assert tables is not None
    prices = [0.0, 0.1, 0.5, 1.0, 3.0, 10.0]
    found = [plain.value(tables, Multipliers(price, 0.0, 0.0), 0) for price in prices]
    for here, price in zip(found, prices, strict=True):
        for there, other in zip(found, prices, strict=True):
            assert there.value <= here.value + here.slope[0] * (other - price) + 1e-9


def test_a_long_chain_of_like_kernels_needs_few_evaluations_of_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = instance_of([(i, i + 1) for i in range(999)], Settings(width=633, height=633))
    plain, _ = both(instance, cycles=False)
    tables = plain.tables(1 << 20)
    assert tables is not None
    calls = 0
    bill = _Call._bill

    def counted(call: _Call, part: Any, number: int) -> Bill:
        nonlocal calls
        calls += 1
        return bill(call, part, number)

    monkeypatch.setattr(_Call, "_bill", counted)
    plain.value(tables, Multipliers(0.5, 0.0, 0.0), 0)
    assert 0 < calls < 20
