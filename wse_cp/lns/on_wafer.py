"""Sets of kernels that belong together on the wafer. Each function picks about `size` names."""

from __future__ import annotations

import numpy as np

from wse_cp.instance import Instance
from wse_cp.lns.rectangles import closest, distance
from wse_cp.placement import Placement, Rectangle
from wse_cp.shapes.arrays import IntArray


def everything(
    instance: Instance, placement: Placement, size: int, generator: np.random.Generator
) -> list[str]:
    """Pick all kernels, whatever the size."""
    return list(instance.kernels)


def near(instance: Instance, placement: Placement, size: int, generator: np.random.Generator) -> list[str]:
    """Pick the kernels closest to a random one."""
    seed = placement[pick(list(instance.kernels), generator)].rectangle
    return closest(placement, seed, size)


def line(instance: Instance, placement: Placement, size: int, generator: np.random.Generator) -> list[str]:
    """Pick neighbours in a row or column: kernels that a random horizontal or vertical line crosses.

    Of the two lines through a random tile of a random kernel the one that crosses more.
    """
    seed = placement[pick(list(instance.kernels), generator)].rectangle
    x, y = seed.x + int(generator.integers(seed.width)), seed.y + int(generator.integers(seed.height))
    rectangles = {name: kernel.rectangle for name, kernel in placement.items()}
    column = [name for name, r in rectangles.items() if r.x <= x < r.x + r.width]
    row = [name for name, r in rectangles.items() if r.y <= y < r.y + r.height]
    crossed = max(row, column, key=len)
    return sorted(crossed, key=lambda name: (distance(rectangles[name], seed), name))[:size]


def hole(instance: Instance, placement: Placement, size: int, generator: np.random.Generator) -> list[str]:
    """Pick the kernels around one of the largest empty squares of the wafer."""
    return closest(placement, empty_square(instance, placement, generator), size)


def empty_square(instance: Instance, placement: Placement, generator: np.random.Generator) -> Rectangle:
    """Return a random empty square at least half as wide as the largest one (no tiles on a full wafer)."""
    filled = filled_sums(instance, placement)
    side = 0
    step = 1 << (min(filled.shape) - 1).bit_length()
    while step := step // 2:
        if len(empty_corners(filled, side + step)):
            side += step
    side = (side + 1) // 2
    corners = empty_corners(filled, side)
    x, y = corners[generator.integers(len(corners))]
    return Rectangle(int(x), int(y), side, side)


def filled_sums(instance: Instance, placement: Placement) -> IntArray:
    """Return how many tiles left of x and below y are covered, int32 of shape (width + 1, height + 1)."""
    settings = instance.settings
    covered = np.zeros((settings.width + 1, settings.height + 1), np.int32)
    for kernel in placement.values():
        x, y, width, height = kernel.rectangle
        covered[x + 1 : x + width + 1, y + 1 : y + height + 1] = 1
    return covered.cumsum(0, dtype=np.int32).cumsum(1, dtype=np.int32)


def empty_corners(filled: IntArray, side: int) -> IntArray:
    """Return the lower left corners of all empty squares of a side (tiles), shape (count, 2)."""
    if side >= min(filled.shape):
        return np.zeros((0, 2), np.int64)
    end = -side or None
    inside = filled[side:, side:] - filled[:end, side:] - filled[side:, :end] + filled[:end, :end]
    return np.argwhere(inside == 0)


def pick(names: list[str], generator: np.random.Generator) -> str:
    """Return a random name."""
    return names[int(generator.integers(len(names)))]
