"""What kernel each operation with weights becomes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.onnx.cases import imported, kernels, the_conv
from wse_cp.errors import InputError
from wse_cp.instance import Settings
from wse_cp.kernels import Conv
from wse_cp.onnx import ImportOptions

IMAGE = "float[1,4,8,6] x"


def test_a_convolution_keeps_its_image_field_and_channels(tmp_path: Path) -> None:
    found = imported(tmp_path, IMAGE, ["float[5,4,3,1] w"], "y = Conv <pads=[1,0,1,0]> (x, w)")
    assert the_conv(found) == Conv(8, 6, 3, 1, 4, 5, 1)


def test_the_image_of_a_convolution_is_its_stride_times_what_leaves(tmp_path: Path) -> None:
    found = imported(tmp_path, IMAGE, ["float[5,4,3,3] w"], "y = Conv <strides=[2,2]> (x, w)")
    assert the_conv(found) == Conv(6, 4, 3, 3, 4, 5, 2)  # 8 x 6 without padding leaves 3 x 2


def test_unequal_strides_count_the_image_that_leaves(tmp_path: Path) -> None:
    found = imported(tmp_path, IMAGE, ["float[5,4,1,1] w"], "y = Conv <strides=[2,1]> (x, w)")
    assert the_conv(found) == Conv(4, 6, 1, 1, 4, 5, 1)
    assert any("strides 2 x 1" in line for line in found.report.lines())


def test_a_transposed_convolution_counts_the_image_that_enters(tmp_path: Path) -> None:
    found = imported(tmp_path, IMAGE, ["float[4,3,2,2] w"], "y = ConvTranspose <strides=[2,2]> (x, w)")
    assert the_conv(found) == Conv(8, 6, 2, 2, 4, 3, 1)


@pytest.mark.parametrize(
    ("shape", "weights", "expected"),
    [
        ("1,4,10", "5,4,3", Conv(8, 1, 3, 1, 4, 5, 1)),
        ("1,4,5,6,7", "8,4,3,3,3", Conv(3 * 4, 5, 9, 3, 4, 8, 1)),
    ],
)
def test_convolutions_in_other_dimensions_are_folded(
    tmp_path: Path, shape: str, weights: str, expected: Conv
) -> None:
    found = imported(tmp_path, f"float[{shape}] x", [f"float[{weights}] w"], "y = Conv(x, w)")
    assert the_conv(found) == expected
    assert any("folded" in line for line in found.report.lines())


def test_dilation_is_named(tmp_path: Path) -> None:
    found = imported(tmp_path, IMAGE, ["float[5,4,3,3] w"], "y = Conv <dilations=[2,2]> (x, w)")
    assert the_conv(found) == Conv(4, 2, 3, 3, 4, 5, 1)
    assert any("dilation" in line for line in found.report.lines())


@pytest.mark.parametrize(("transposed", "weights"), [(0, "7,5"), (1, "5,7")])
def test_gemm_is_a_convolution_of_one_pixel(tmp_path: Path, transposed: int, weights: str) -> None:
    body = f"y = Gemm <transB={transposed}> (x, w)"
    assert the_conv(imported(tmp_path, "float[1,7] x", [f"float[{weights}] w"], body)) == Conv(
        1, 1, 1, 1, 7, 5, 1
    )


def test_a_product_of_matrices_has_a_position_for_each_row(tmp_path: Path) -> None:
    found = imported(tmp_path, "float[1,9,7] x", ["float[7,5] w"], "y = MatMul(x, w)")
    assert the_conv(found) == Conv(9, 1, 1, 1, 7, 5, 1)


def test_weights_on_the_left_have_a_position_for_each_column(tmp_path: Path) -> None:
    found = imported(tmp_path, "float[1,7,9] x", ["float[5,7] w"], "y = MatMul(w, x)")
    assert the_conv(found) == Conv(9, 1, 1, 1, 7, 5, 1)


def test_kernels_are_for_one_input_of_a_batch(tmp_path: Path) -> None:
    assert the_conv(imported(tmp_path, "float[3,7] x", ["float[7,5] w"], "y = MatMul(x, w)")).H == 1
    found = imported(tmp_path, "float[3,4,8,6] x", ["float[5,4,1,1] w"], "y = Conv(x, w)")
    assert the_conv(found) == Conv(8, 6, 1, 1, 4, 5, 1)


def test_a_product_of_two_activations_has_the_second_for_weights(tmp_path: Path) -> None:
    body = """
        q = MatMul(x, wq)
        k = MatMul(x, wk)
        kt = Transpose <perm=[0,1,3,2]> (k)
        y = MatMul(q, kt)
    """
    found = imported(tmp_path, "float[1,2,9,8] x", ["float[8,8] wq", "float[8,8] wk"], body)
    # Two heads of 9 x 8 times 8 x 9: two groups of 8 channels in and 9 out, at 9 positions.
    assert kernels(found)[2] == Conv(9, 1, 1, 1, 8, 18, 1)
    assert [(u, v) for u, v, _ in found.instance.kernel_edges] == [("k1", "k3"), ("k2", "k3")]


def test_groups_are_one_kernel_with_fewer_input_channels_or_a_kernel_each(tmp_path: Path) -> None:
    arguments = (IMAGE, ["float[6,2,3,3] w"], "y = Conv <group=2> (x, w)")
    assert the_conv(imported(tmp_path, *arguments)) == Conv(6, 4, 3, 3, 2, 6, 1)
    split = imported(tmp_path, *arguments, options=ImportOptions(groups="split"))
    assert kernels(split) == [Conv(6, 4, 3, 3, 2, 3, 1)] * 2


def test_a_depthwise_convolution_is_one_kernel_always(tmp_path: Path) -> None:
    found = imported(
        tmp_path,
        IMAGE,
        ["float[4,1,3,3] w"],
        "y = Conv <group=4> (x, w)",
        options=ImportOptions(groups="split"),
    )
    assert the_conv(found) == Conv(6, 4, 3, 3, 1, 4, 1)
    assert any("depthwise" in line for line in found.report.lines())


SMALL = Settings(width=30, height=20, memlimit=1024)


def test_a_kernel_that_fits_nowhere_is_split_into_the_fewest_equal_parts(tmp_path: Path) -> None:
    found = imported(
        tmp_path,
        "float[1,4096] x",
        ["float[4096,100] a", "float[100,10] b"],
        "t = MatMul(x, a) y = MatMul(t, b)",
        settings=SMALL,
    )
    parts = [kernel.K for kernel in kernels(found) if isinstance(kernel, Conv) and kernel.C == 4096]
    assert sum(parts) == 100
    assert max(parts) - min(parts) <= 1
    assert len(parts) > 1
    last = f"k{len(parts) + 1}"
    assert [(u, v) for u, v, _ in found.instance.kernel_edges] == [
        (f"k{i + 1}", last) for i in range(len(parts))
    ]
    assert any("fits nowhere as one kernel" in line for line in found.report.lines())


def test_without_splitting_the_kernel_that_fits_nowhere_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"memlimit.*\(MatMul\) \(--split-large splits it\)"):
        imported(
            tmp_path,
            "float[1,4096] x",
            ["float[4096,100] a"],
            "y = MatMul(x, a)",
            ImportOptions(split_large=False),
            SMALL,
        )


def test_a_kernel_that_no_split_makes_fit_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"memlimit.*\(MatMul\)"):
        imported(
            tmp_path,
            "float[1,4096] x",
            ["float[4096,100] a"],
            "y = MatMul(x, a)",
            settings=Settings(width=3, height=2, memlimit=8),
        )
