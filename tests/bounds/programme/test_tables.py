"""The rows of kernels whose splits no edge compares: their Pareto-minimal sizes."""

from __future__ import annotations

import pytest

from wse_cp.bounds.programme.rows import RowMaker
from wse_cp.instance import Instance, Node, Settings
from wse_cp.kernels import CBlock, Conv, Kernel
from wse_cp.shapes.options import pareto_shapes


@pytest.mark.parametrize("wafer", [(40, 40), (60, 25)])
@pytest.mark.parametrize("kernel", [Conv(8, 8, 3, 3, 12, 10, 1), CBlock(6, 6, 8)])
@pytest.mark.parametrize("time", [200, 2000, 40000])
def test_sizes_are_those_of_the_pareto_minimal_shapes(
    kernel: Kernel, time: int, wafer: tuple[int, int]
) -> None:
    settings = Settings(width=wafer[0], height=wafer[1])
    instance = Instance(settings, (Node(0, "k", kernel),), ())
    rows = RowMaker(instance).sizes(kernel, time * instance.time_scale)
    options = pareto_shapes(kernel, settings, instance.time_scale, time * instance.time_scale)
    smallest = {(o.width, o.height) for o in options}
    found = set(zip(rows.width.tolist(), rows.height.tolist(), strict=True))
    assert found == smallest
