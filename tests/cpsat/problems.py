"""Small problems for tests of models and sessions."""

from __future__ import annotations

from random import Random

from wse_cp.cpsat.problem import FreeKernel, Problem
from wse_cp.kernels import Arguments
from wse_cp.shapes.options import Option


def option(width: int, height: int, time: int = 1, args: Arguments | None = None) -> Option:
    return Option(width, height, time, args or Arguments(1, 1, (1,), (1,)), rotated=False)


def free(name: str, *options: Option, width: int = 10, height: int = 10) -> FreeKernel:
    return FreeKernel(name, options, (0, width), (0, height))


def squares(count: int, side: int = 3) -> Problem:
    """A chain of equal squares on a wafer of 10 x 10."""
    kernels = tuple(free(f"k{i}", option(side, side)) for i in range(count))
    edges = tuple((f"k{i}", f"k{i + 1}", 1) for i in range(count - 1))
    return Problem(10, 10, 1, 1, 0, 1, kernels, edges=edges)


def hard_problem(count: int = 16, seed: int = 0) -> Problem:
    """A problem whose solutions are found at once and whose optimum is not proven for minutes."""
    random = Random(seed)
    kernels = []
    for i in range(count):
        sides = [(random.randint(5, 20), random.randint(5, 20), random.randint(1, 99)) for _ in range(20)]
        kernels.append(free(f"k{i}", *(option(*side) for side in sides), width=60, height=60))
    pairs = [(random.randrange(count), random.randrange(count)) for _ in range(40)]
    edges = tuple((f"k{a}", f"k{b}", 1) for a, b in pairs if a < b)
    return Problem(60, 60, 1, 3, 0, 1, tuple(kernels), edges=edges)
