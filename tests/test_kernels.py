from dataclasses import FrozenInstanceError
from fractions import Fraction

import pytest

from wse_cp.errors import InputError
from wse_cp.kernels import (
    Arguments,
    CBlock,
    Conv,
    DBlock,
    Kernel,
    Protocol,
    adapters,
    check_kernel,
    convs,
    input_protocol,
    output_protocol,
    performance,
)

STRIDED = Conv(H=14, W=10, R=3, S=3, C=8, K=6, T=2)


def test_conv_by_hand() -> None:
    result = performance(STRIDED, Arguments(h=4, w=3, c=(2,), k=(5,)))
    assert (result.width, result.height) == (15, 36)  # 3 * 5, 4 * 3 * (2 + 1)
    assert result.time == Fraction(4 * 4 * 4 * 2 * 9, 4)  # ceil 14/4, 10/3, 8/2, 6/5
    assert result.memory == Fraction(8, 2) * Fraction(6, 5) * 9 + Fraction(12, 3) * Fraction(
        16, 4
    ) * Fraction(6, 5)


def test_conv_time_may_be_a_quarter() -> None:
    assert performance(Conv(1, 1, 1, 1, 1, 1, 2), Arguments(1, 1, (1,), (1,))).time == Fraction(1, 4)


def test_more_tiles_than_loop_trips_leave_one_trip() -> None:
    assert performance(STRIDED, Arguments(99, 99, (99,), (99,))).time == Fraction(9, 4)


def test_receptive_field_orientation_enters_the_memory() -> None:
    tall, wide = Conv(4, 4, 3, 1, 1, 1, 1), Conv(4, 4, 1, 3, 1, 1, 1)
    args = Arguments(4, 1, (1,), (1,))
    assert performance(tall, args).memory == 3 + Fraction(4 * 6, 4)
    assert performance(wide, args).memory == 3 + Fraction(6 * 4, 4)


def test_dblock_consists_of_three_convs() -> None:
    assert convs(DBlock(14, 7, 64)) == (
        Conv(14, 7, 1, 1, 64, 16, 1),
        Conv(14, 7, 3, 3, 16, 16, 1),
        Conv(14, 7, 1, 1, 16, 64, 1),
    )


def test_cblock_consists_of_four_convs() -> None:
    assert convs(CBlock(14, 8, 64)) == (
        Conv(14, 8, 1, 1, 32, 16, 1),
        Conv(14, 8, 3, 3, 16, 16, 2),
        Conv(7, 4, 1, 1, 16, 64, 1),
        Conv(14, 8, 1, 1, 32, 64, 2),
    )


def test_dblock_by_hand() -> None:
    result = performance(DBlock(8, 8, 16), Arguments(2, 4, (1, 2, 3), (4, 2, 8)))
    assert (result.width, result.height) == (3 * 14, 8 * 4)
    trips = (4 * 2 * 16 * 1, 4 * 2 * 2 * 2 * 9, 4 * 2 * 2 * 2)
    assert result.time == max(trips) == 288
    first = 16 * 1 + Fraction(8, 4) * Fraction(8, 2) * 1
    second = 2 * 2 * 9 + Fraction(10, 4) * Fraction(10, 2) * 2
    third = Fraction(4, 3) * 2 + Fraction(8, 4) * Fraction(8, 2) * 2
    assert result.memory == max(first, second, third) == 61


def test_cblock_by_hand() -> None:
    result = performance(CBlock(4, 4, 8), Arguments(1, 2, (1, 1, 1, 2), (1, 2, 3, 4)))
    assert (result.width, result.height) == (30, 2 * 3)
    times = (4 * 2 * 4 * 2, Fraction(4 * 2 * 2 * 1 * 9, 4), 2 * 1 * 2 * 3, Fraction(4 * 2 * 2 * 2, 4))
    assert result.time == max(times) == 64


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (Arguments(2, 3, (4,), (5,)), Protocol(2, 3, 5)),
        (Arguments(2, 3, (4, 5, 6), (7, 8, 9)), Protocol(2, 3, 9)),
        (Arguments(2, 3, (4, 5, 6, 7), (8, 9, 10, 11)), Protocol(2, 3, 10)),
    ],
    ids=["conv", "dblock", "cblock"],
)
def test_protocols(args: Arguments, expected: Protocol) -> None:
    assert output_protocol(args) == expected
    assert input_protocol(args) == Protocol(2, 3, 4)


@pytest.mark.parametrize(
    ("consumer", "count"),
    [((1, 2, 3), 0), ((9, 2, 3), 1), ((1, 9, 3), 1), ((1, 2, 9), 1), ((2, 1, 3), 2), ((2, 3, 1), 3)],
)
def test_adapters_count_the_splits_that_differ(consumer: tuple[int, int, int], count: int) -> None:
    assert adapters(Protocol(1, 2, 3), Protocol(*consumer)) == count


@pytest.mark.parametrize(
    "args",
    [
        Arguments(1, 1, (1,), (1,)),
        Arguments(0, 1, (1, 1, 1), (1, 1, 1)),
        Arguments(1, 1, (1, 1, 1), (1, 1, -2)),
    ],
)
def test_wrong_execution_arguments_are_an_input_error(args: Arguments) -> None:
    with pytest.raises(InputError):
        performance(DBlock(8, 8, 16), args)


@pytest.mark.parametrize(
    ("kernel", "part"),
    [
        (DBlock(8, 8, 18), "divisible by 4"),
        (CBlock(7, 8, 16), "even H"),
        (CBlock(8, 7, 16), "even H"),
        (Conv(0, 1, 1, 1, 1, 1, 1), "H between"),
        (Conv(1, 1, 1, 1, 1 << 21, 1, 1), "C between"),
        (Conv(1 << 20, 1 << 20, 1, 1, 100, 1, 1), "multiplications"),
    ],
)
def test_kernels_without_meaning_are_an_input_error(kernel: Conv | DBlock | CBlock, part: str) -> None:
    with pytest.raises(InputError, match=part):
        check_kernel(kernel)


@pytest.mark.parametrize("kernel", [STRIDED, DBlock(7, 7, 4), CBlock(2, 2, 4)])
def test_kernels_with_meaning_pass(kernel: Conv | DBlock | CBlock) -> None:
    check_kernel(kernel)


def test_blocks_of_the_two_kinds_differ_and_cannot_be_changed() -> None:
    blocks: list[Kernel] = [DBlock(8, 8, 8), CBlock(8, 8, 8)]
    assert len(set(blocks)) == 2
    for block in blocks:
        with pytest.raises(FrozenInstanceError):
            block.extra = 1  # type: ignore[union-attr]
