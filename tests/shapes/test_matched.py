"""Splits ranked by price, and the thinnest options with wanted protocols, against plain enumeration."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from tests.shapes.brute_force import CASES, Execution, executions, limits, scale_of
from wse_cp.instance import Settings
from wse_cp.kernels import Kernel
from wse_cp.shapes.loops import HEIGHT, WIDTH
from wse_cp.shapes.matched import Prices, ranked_splits, thin_rows

all_cases = pytest.mark.parametrize(("kernel", "settings"), list(CASES.values()), ids=list(CASES))


def within(kernel: Kernel, settings: Settings, time: int) -> list[Execution]:
    """Return what is possible within a limit in 1 / scale cycles."""
    return [e for e in executions(kernel, settings) if e.time * scale_of(kernel) <= time]


@all_cases
@pytest.mark.parametrize("prices", [Prices(1.0, 0.0), Prices(1.0, 0.25)])
def test_ranked_splits_are_all_the_feasible_ones_at_the_price_of_their_cheapest_shapes(
    kernel: Kernel, settings: Settings, prices: Prices
) -> None:
    for time in limits(kernel, settings):
        expected: dict[tuple[int, int], float] = {}
        for e in within(kernel, settings, time):
            price = prices.side * min(e.width, e.height) + prices.tile * e.width * e.height
            expected[e.h, e.w] = min(price, expected.get((e.h, e.w), np.inf))
        ranked = ranked_splits(kernel, settings, scale_of(kernel), time, prices)
        if ranked is None:
            assert not expected
            continue
        found = [(price, h, w) for (h, w), price in zip(ranked.splits.tolist(), ranked.prices, strict=True)]
        assert found == sorted((price, h, w) for (h, w), price in expected.items())


@all_cases
def test_prices_are_looked_up_in_any_order_and_are_infinite_where_there_is_no_shape(
    kernel: Kernel, settings: Settings
) -> None:
    ranked = ranked_splits(kernel, settings, scale_of(kernel), limits(kernel, settings)[-1], Prices(1.0, 0.0))
    if ranked is None:
        return
    wanted = np.array([*ranked.splits[::-1].tolist(), [settings.width + settings.height, 1], [1, 4096]])
    assert ranked.prices_of(wanted).tolist() == [*ranked.prices[::-1], np.inf, np.inf]
    assert ranked.first().prices.tolist() == [ranked.prices.min()]


@all_cases
def test_thin_rows_have_the_least_extent_along_x_of_every_wanted_protocol(
    kernel: Kernel, settings: Settings
) -> None:
    # upright and turned shapes share a side of the wafer
    side = min(settings.width, settings.height)
    square = Settings(side, side, memlimit=settings.memlimit)
    scale, most = scale_of(kernel), side // 2
    for time in limits(kernel, square)[1::3]:
        possible = within(kernel, square, time)
        splits = sorted({(e.h, e.w) for e in possible})[:4]
        for split, first, last in product(splits, range(4), range(5)):
            rows = thin_rows(kernel, square, scale, time, [split], [first], [last], most)
            found = min(map(int, rows[:, [WIDTH, HEIGHT]].min(axis=1)), default=None)
            fitting = [
                e.width
                for e in possible
                if (e.h, e.w) == split
                and e.c_in == (first or e.c_in)
                and e.k_out == (last or e.k_out)
                and e.width <= most
            ]
            assert found == min(fitting, default=None), (split, first, last)
