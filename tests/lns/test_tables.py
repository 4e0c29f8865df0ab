"""Shapes within a room are those of the whole wafer that fit it."""

from __future__ import annotations

import pytest

from tests.lns.small_cases import network
from wse_cp.lns.tables import Tables
from wse_cp.shapes.options import pareto_shapes

INSTANCE = network(side=120)


@pytest.mark.parametrize("name", ["k0", "k1"])
@pytest.mark.parametrize("room", [(120, 120), (9, 70), (40, 33), (1, 1)])
def test_shapes_in_a_room(name: str, room: tuple[int, int]) -> None:
    kernel, tables = INSTANCE.kernels[name], Tables(INSTANCE)
    for time in (300, 1000, 5000):
        everywhere = pareto_shapes(kernel, INSTANCE.settings, INSTANCE.time_scale, time)
        fitting = [o for o in everywhere if o.width <= room[0] and o.height <= room[1]]
        assert tables.shapes(kernel, time, room) == fitting
        assert tables.shapes(kernel, time, room) == fitting
    assert room == (1, 1) or fitting
