"""Values of the dual function against a plain search over all shapes, and its slopes."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np
import pytest
from numpy.random import default_rng
from numpy.typing import NDArray

from tests.bounds.networks import SHAPES, Pairs, instance_of
from wse_cp.bounds.network.structure import structure_of
from wse_cp.bounds.programme import dual as dual_module
from wse_cp.bounds.programme.dual import Dual
from wse_cp.bounds.programme.plan import plan_of
from wse_cp.bounds.programme.pricing import Multipliers
from wse_cp.instance import Instance, Settings
from wse_cp.kernels import Arguments, Conv, performance

KERNELS = [Conv(3, 2, 1, 1, 2, 4, 1), Conv(2, 3, 3, 1, 4, 2, 1), Conv(3, 3, 1, 1, 4, 3, 1)]
CHAIN = [(0, 1), (1, 2)]
RESIDUAL = [(0, 1), (1, 2), (0, 2)]
LIMIT = 40  #: cycles
NO_AXES = (0, 0, 0)


class Shapes(NamedTuple):
    """All shapes of a kernel within the limit, both rotations, one a row."""

    width: NDArray[np.int64]
    height: NDArray[np.int64]
    args: NDArray[np.int64]  #: h, w, c, k


def shapes_of(instance: Instance, name: str) -> Shapes:
    settings, kernel = instance.settings, instance.kernels[name]
    side = max(settings.width, settings.height)
    rows = []
    for h, w, c, k in product(range(1, side // 2 + 1), range(1, side // 2 + 1), range(1, side), range(1, 9)):
        if h * w * (c + 1) > side or 3 * k > side:
            continue
        found = performance(kernel, Arguments(h, w, (c,), (k,)))
        if found.time > LIMIT or found.memory > settings.memlimit:
            continue
        for width, height in ((found.width, found.height), (found.height, found.width)):
            if width <= settings.width and height <= settings.height:
                rows.append((width, height, h, w, c, k))
    table = np.array(rows)
    return Shapes(table[:, 0], table[:, 1], table[:, 2:])


def trips(loop: int, splits: NDArray[np.int64]) -> NDArray[np.int64]:
    """The class of each split."""
    return -(-loop // splits)


def adapters(producer: Shapes, consumer: Shapes, reference: int) -> NDArray[np.int64]:
    """How many classes differ, for each pair of shapes."""
    h, w, c, k = range(4)
    total = np.zeros((len(producer.width), len(consumer.width)), np.int64)
    for loop, mine, yours in ((3, h, h), (3, w, w), (reference, k, c)):
        total += trips(loop, producer.args[:, mine])[:, None] != trips(loop, consumer.args[:, yours])[None]
    return total


def brute_force(instance: Instance, pairs: Pairs, area: float) -> float:
    """The least of area, half sums along the best labels, and adapters, over all shapes of three kernels.

    Adapters count at the first two edges; at a third one only the channels'.
    """
    weights = instance.settings
    shapes = [shapes_of(instance, name) for name in instance.kernels]
    best = np.inf
    for labels in product((0, 1), repeat=len(pairs)) if weights.wlength else [NO_AXES]:
        prices = []
        for v, shape in enumerate(shapes):
            price = area * shape.width * shape.height
            for label, pair in zip(labels, pairs, strict=False):
                if v in pair:
                    price = price + weights.wlength / 2 * (shape.height if label else shape.width)
            prices.append(price)
        first, middle, last = prices
        total = first[:, None, None] + middle[:, None] + last
        if weights.wadapter:
            total = total + weights.wadapter * adapters(shapes[0], shapes[1], 4)[:, :, None]
            total = total + weights.wadapter * adapters(shapes[1], shapes[2], 4)[None]
        if len(pairs) > 2:
            written, read = trips(4, shapes[0].args[:, 3]), trips(4, shapes[2].args[:, 2])
            total = total + weights.wadapter * (written[:, None] != read)[:, None, :]
        best = min(best, float(total.min()))
    return best - area * weights.width * weights.height


def dual_of(instance: Instance, cases: int) -> Dual:
    return Dual(instance, plan_of(instance, structure_of(instance, runs=cases > 1), cases))


@pytest.mark.parametrize("wadapter", [0, 5])
@pytest.mark.parametrize("area", [0.0, 0.25, 3.0])
@pytest.mark.parametrize("wafer", [(12, 12), (12, 9)])
def test_the_value_of_a_chain_is_the_least_over_all_shapes(
    wafer: tuple[int, int], area: float, wadapter: int
) -> None:
    settings = Settings(*wafer, wlength=2, wadapter=wadapter, memlimit=40)
    instance = instance_of(CHAIN, settings, KERNELS)
    dual = dual_of(instance, 1)
    tables = dual.tables(LIMIT * instance.time_scale)
    assert tables is not None
    found = dual.value(tables, Multipliers(area, 0.0, 0.0), 0)
    assert found.value == pytest.approx(brute_force(instance, CHAIN, area))


@pytest.mark.parametrize("area", [0.0, 0.25, 1.0, 3.0])
@pytest.mark.parametrize("wafer", [(12, 12), (12, 9)])
def test_the_value_around_a_chord_counts_its_channels_too(wafer: tuple[int, int], area: float) -> None:
    settings = Settings(*wafer, wlength=0, wadapter=5, memlimit=40)
    instance = instance_of(RESIDUAL, settings, KERNELS)
    dual = dual_of(instance, 2)
    tables = dual.tables(LIMIT * instance.time_scale)
    assert tables is not None
    found = dual.value(tables, Multipliers(area, 0.0, 0.0), 0)
    assert found.value == pytest.approx(brute_force(instance, RESIDUAL, area))


def test_there_are_no_tables_if_a_kernel_is_never_that_fast() -> None:
    instance = instance_of(CHAIN, Settings(12, 12), KERNELS)
    assert dual_of(instance, 1).tables(0) is None


def random_multipliers(seed: int, square: bool, count: int) -> list[Multipliers]:
    found = default_rng(seed).uniform(0, 1, (count, 3)) ** 3 * [1.0, 20.0, 20.0]
    return [Multipliers(area, x, x if square else y) for area, x, y in found.tolist()]


@pytest.mark.parametrize("case", [0, 1])
@pytest.mark.parametrize("wafer", [(14, 14), (14, 10)])
@pytest.mark.parametrize("shape", ["chain", "triangle and tail", "head and square"])
@pytest.mark.parametrize("wadapter", [0, 3])
def test_no_value_is_above_the_plane_at_another_point(
    shape: str, wafer: tuple[int, int], case: int, wadapter: int
) -> None:
    settings = Settings(*wafer, wlength=2, wadapter=wadapter)
    instance = instance_of(SHAPES[shape], settings)
    dual = dual_of(instance, 2)
    tables = dual.tables(8 * instance.time_scale)
    assert tables is not None
    points = random_multipliers(len(shape), dual.square, 6)
    values = [dual.value(tables, point, case) for point in points]
    for (a, at_a), (b, at_b) in product(zip(points, values, strict=True), repeat=2):
        plane = at_a.value + float(np.dot(at_a.slope, np.subtract(b, a)))
        assert at_b.value <= plane + 1e-3


def test_the_slope_at_no_multipliers_is_what_the_cheapest_placement_uses_too_much() -> None:
    instance = instance_of([(0, 1)], Settings(12, 9, wlength=2, wadapter=0), KERNELS[:2])
    dual = dual_of(instance, 2)
    tables = dual.tables(LIMIT * instance.time_scale)
    assert tables is not None
    straight = dual.value(tables, Multipliers(0.0, 0.0, 0.0), 0)
    sizes = [shapes_of(instance, name) for name in instance.kernels]
    lowest = [int(min(shape.width.min(), shape.height.min())) for shape in sizes]
    assert straight.value == pytest.approx(sum(lowest))
    x, y = straight.slope[1:]
    assert {x, y} == {0.0, sum(lowest) - 12.0} or {x, y} == {0.0, sum(lowest) - 9.0}


@pytest.mark.parametrize("wadapter", [0, 3])
@pytest.mark.parametrize("wafer", [(14, 14), (14, 10)])
@pytest.mark.parametrize("shape", ["chain", "tree", "two triangles", "head and square"])
def test_compact_steps_have_the_same_minimum(
    shape: str, wafer: tuple[int, int], wadapter: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = instance_of(SHAPES[shape], Settings(*wafer, wlength=2, wadapter=wadapter))
    small = dual_of(instance, 2)
    monkeypatch.setattr(dual_module, "compact", lambda steps, final: tuple(steps))
    whole = dual_of(instance, 2)
    tables = whole.tables(8 * instance.time_scale)
    assert tables is not None
    for case, point in product(range(2), random_multipliers(7, whole.square, 3)):
        first, second = (dual.value(tables, point, case) for dual in (small, whole))
        assert first.value == pytest.approx(second.value)
