"""The grid finds what a look at every rectangle finds."""

from __future__ import annotations

import random

import pytest

from wse_cp.incremental.grid import Grid, distance
from wse_cp.placement import Rectangle

WIDTH, HEIGHT = 90, 70


def rectangle(generator: random.Random) -> Rectangle:
    width, height = generator.choice([(3, 4), (1, 60), (40, 2), (9, 9)])
    return Rectangle(generator.randrange(WIDTH - width), generator.randrange(HEIGHT - height), width, height)


def filled(generator: random.Random, count: int = 60) -> Grid:
    grid = Grid(WIDTH, HEIGHT, [(f"k{i}", rectangle(generator)) for i in range(count)])
    for i in range(0, count, 2):
        grid.replace(f"k{i}", rectangle(generator))
    return grid


@pytest.mark.parametrize("seed", range(5))
def test_what_overlaps_an_area_is_found_once(seed: int) -> None:
    generator = random.Random(seed)
    grid = filled(generator)
    areas = [rectangle(generator) for _ in range(20)]
    for area in [*areas, Rectangle(-5, -5, 300, 300), Rectangle(-9, 0, 9, 9), Rectangle(WIDTH, 0, 5, 5)]:
        expected = [name for name, other in grid.rectangles.items() if other.overlaps(area)]
        assert sorted(grid.overlapping(area)) == sorted(expected)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("count", [1, 7, 60, 100])
def test_the_closest_are_those_of_a_sort_of_all(seed: int, count: int) -> None:
    generator = random.Random(seed)
    grid = filled(generator)
    for spot in [*(rectangle(generator) for _ in range(10)), Rectangle(30, 30, 0, 0)]:
        expected = sorted(grid.rectangles, key=lambda name: (distance(grid.rectangles[name], spot), name))
        assert grid.closest(spot, count) == expected[:count]


def test_buckets_shrink_with_the_number_of_rectangles() -> None:
    few, many = (Grid(100, 100, [(str(i), Rectangle(0, 0, 1, 1)) for i in range(n)]) for n in (4, 400))
    assert (few.side, many.side) == (50, 5)


def test_distances_of_rectangles() -> None:
    spot = Rectangle(10, 10, 5, 5)
    assert distance(spot, Rectangle(17, 10, 2, 2)) == 2
    assert distance(spot, Rectangle(17, 18, 2, 2)) == 5
    assert distance(spot, Rectangle(15, 10, 2, 2)) == -2  # in touch along two tiles
