from dataclasses import replace

import pytest

from wse_cp.errors import InputError
from wse_cp.kernels import Arguments, Conv, performance
from wse_cp.placement import PlacedKernel, Placement, Rectangle

KERNEL = Conv(8, 8, 1, 1, 4, 4, 1)
PLACED = PlacedKernel("a", KERNEL, Arguments(2, 3, (1,), (4,)), 5, 7)


def test_rotation_swaps_the_sides() -> None:
    assert PLACED.rectangle == Rectangle(5, 7, 12, 12)
    other = replace(PLACED, args=Arguments(1, 3, (1,), (4,)))
    assert other.rectangle == Rectangle(5, 7, 12, 6)
    assert replace(other, rotated=True).rectangle == Rectangle(5, 7, 6, 12)


def test_center_of_an_odd_rectangle_is_half_a_tile() -> None:
    assert Rectangle(1, 2, 3, 4).center2 == (5, 8)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (Rectangle(0, 0, 4, 4), True),
        (Rectangle(3, 3, 1, 1), True),
        (Rectangle(4, 0, 4, 4), False),
        (Rectangle(0, 4, 4, 4), False),
        (Rectangle(-4, 0, 4, 4), False),
        (Rectangle(1, 1, 1, 1), True),
        (Rectangle(3, -3, 4, 4), True),
    ],
)
def test_rectangles_overlap_only_if_they_share_a_tile(other: Rectangle, expected: bool) -> None:
    square = Rectangle(0, 0, 4, 4)
    assert square.overlaps(other) is expected
    assert other.overlaps(square) is expected


def test_a_kernel_placed_twice_is_an_input_error() -> None:
    with pytest.raises(InputError, match="a placed twice"):
        Placement([PLACED, replace(PLACED, x=100)])


def test_placements_are_values() -> None:
    other = replace(PLACED, name="b", x=50)
    assert Placement([PLACED, other]) == Placement([other, PLACED])
    assert hash(Placement([PLACED, other])) == hash(Placement([other, PLACED]))
    assert Placement([PLACED]) != Placement([replace(PLACED, y=8)])


def test_replace_leaves_the_old_placement_alone() -> None:
    before = Placement([PLACED])
    after = before.replace([replace(PLACED, x=0)])
    assert (before["a"].x, after["a"].x) == (5, 0)


def test_kernels_alike_are_measured_once_and_impossible_arguments_every_time() -> None:
    other = PlacedKernel("b", replace(KERNEL), Arguments(2, 3, (1,), (4,)), 0, 0, rotated=True)
    assert other.performance is PLACED.performance
    assert other.performance == performance(KERNEL, PLACED.args)
    assert replace(other, args=Arguments(2, 3, (1,), (2,))).performance.width == 6
    wrong = replace(other, args=Arguments(2, 3, (1, 1), (4,)))
    for _ in range(2):
        with pytest.raises(InputError, match="1 c and 1 k arguments"):
            replace(wrong, x=1).performance  # noqa: B018
