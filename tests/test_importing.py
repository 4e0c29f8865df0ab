"""Networks that do not fit the wafer are told at import."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wse_cp.importing import import_file, least_tiles
from wse_cp.instance import Settings
from wse_cp.kernels import CBlock, Conv, DBlock, Kernel
from wse_cp.shapes.curves import least_area, total_least_area
from wse_cp.shapes.loops import NONE

pytest.importorskip("onnx", reason="the extra onnx is not installed")

from tests.onnx.cases import write_onnx
from wse_cp.onnx import ImportOptions

few = st.integers(1, 12)
kernels = st.one_of(
    st.builds(Conv, few, few, st.integers(1, 3), st.integers(1, 3), few, few, st.integers(1, 2)),
    st.builds(lambda side, F: DBlock(side, side, 4 * F), few, few),
    st.builds(lambda side, F: CBlock(2 * side, 2 * side, 4 * F), few, few),
)


@given(kernels, st.integers(10, 400))
@settings(max_examples=60, deadline=None)
def test_no_kernel_takes_fewer_tiles_than_the_bound_says(kernel: Kernel, memlimit: int) -> None:
    area = least_area(kernel, Settings(width=80, height=80, memlimit=memlimit))
    assert least_tiles(kernel, memlimit) <= area


def test_a_network_without_room_is_told_with_a_wafer_that_has_room(tmp_path: Path) -> None:
    body = " ".join(f"a{i + 1} = MatMul(a{i}, w)" for i in range(20))
    path = write_onnx(tmp_path / "n.onnx", "float[1,64,64] a0", ["float[64,64] w"], body, "float a20")
    tight = Settings(width=30, height=30, memlimit=1024)
    found = import_file(path, tight, ImportOptions())
    (line,) = [line for line in found.report if line.startswith("wafer")]
    area = total_least_area(found.instance)
    assert area > 900
    assert area < NONE
    side = int(line.partition(" has room")[0].split()[-1])
    assert (
        f"{area:,} tiles at any speed, more than 30 x 30; {side} x {side} has room (--set width={side}"
        in line
    )
    wide = import_file(path, Settings(width=side, height=side, memlimit=1024), ImportOptions())
    assert total_least_area(wide.instance) <= side * side
    assert not any(line.startswith("wafer") for line in wide.report)
