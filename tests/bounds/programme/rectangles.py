"""Networks of rectangles of given sizes: the geometry of the bounds, without kernels' shapes."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from math import inf
from random import Random

import numpy as np

from tests.bounds.small_instances import NETWORKS
from wse_cp.bounds.network.structure import structure_of
from wse_cp.bounds.programme.dual import Dual
from wse_cp.bounds.programme.plan import plan_of
from wse_cp.bounds.programme.pricing import Multipliers, Tables
from wse_cp.bounds.programme.rows import Rows
from wse_cp.bounds.search.maximise import Maximiser
from wse_cp.cpsat.model import solve_problem
from wse_cp.cpsat.outcome import Limits
from wse_cp.cpsat.problem import FreeKernel, Problem
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Arguments, Conv
from wse_cp.shapes.options import Option

Sizes = dict[str, list[tuple[int, int]]]  #: what each kernel can be, rotations included


def random_rectangles(kind: str, seed: int) -> tuple[Instance, Sizes]:
    """A network of a class, whose kernels have one or two sizes; thin ones, square ones or a mixture."""
    random = Random(f"{kind} rectangles {seed}")
    pairs = NETWORKS[kind](random)
    side = random.randint(8, 16)
    settings = Settings(
        width=side, height=random.choice([side, side, random.randint(6, 12)]), wdeltat=0, wlength=2
    )
    edges = [Edge(f"k{u}", f"k{v}") for u, v in pairs]
    if random.random() < 0.2:
        edges.append(random.choice(edges))
    names = sorted({name for edge in edges for name in (edge.source, edge.target)})
    longest = random.choice([4, 8, min(settings.width, settings.height)])
    sizes: Sizes = {}
    for name in names:
        found: set[tuple[int, int]] = set()
        for _ in range(random.choice([1, 1, 2])):
            a, b = random.randint(1, longest), random.randint(1, random.choice([2, 4]))
            both = random.random() < 0.8 or settings.width == settings.height
            found |= {(a, b), (b, a)} if both else {(a, b)}
        sizes[name] = sorted((w, h) for w, h in found if w <= settings.width and h <= settings.height)
    sizes = {name: some or [(1, 1)] for name, some in sizes.items()}
    nodes = tuple(Node(i, name, Conv(1, 1, 1, 1, 1, 1 + i, 1)) for i, name in enumerate(names))
    return Instance(settings, nodes, tuple(edges)), sizes


#: Paths with cells and bridges, whose rectangles are too long together to stand in a row.
TURNING = {
    "chain": [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)],
    "two triangles": [(0, 1), (1, 2), (0, 2), (2, 3), (3, 4), (4, 5), (3, 5)],
    "triangles that touch": [(0, 1), (1, 2), (0, 2), (2, 3), (3, 4), (2, 4)],
    "triangle and tail": [(0, 1), (1, 2), (0, 2), (2, 3), (3, 4)],
    "head and triangle": [(0, 1), (1, 2), (2, 3), (3, 4), (2, 4)],
    "square and tail": [(0, 1), (1, 2), (0, 3), (3, 2), (2, 4), (4, 5)],
    "head and square": [(0, 1), (1, 2), (2, 3), (1, 4), (4, 3)],
}


def long_rectangles(kind: str, seed: int) -> tuple[Instance, Sizes]:
    """A network of `TURNING` on a small wafer; most kernels are long, and some have a square instead."""
    random = Random(f"long {kind} {seed}")
    side = random.randint(7, 14)
    settings = Settings(
        width=side, height=random.choice([side, side, random.randint(6, 14)]), wdeltat=0, wlength=2
    )
    edges = [Edge(f"k{u}", f"k{v}") for u, v in TURNING[kind]]
    if random.random() < 0.2:
        edges.append(random.choice(edges))
    names = sorted({name for edge in edges for name in (edge.source, edge.target)})
    sizes: Sizes = {}
    for name in names:
        found: set[tuple[int, int]] = set()
        for _ in range(random.choice([1, 2])):
            a, b = random.randint(max(3, side // 2), side), random.randint(1, 3)
            if random.random() < 0.3:
                a, b = random.randint(1, 5), random.randint(1, 5)
            found |= {(a, b), (b, a)}
        fitting = sorted((w, h) for w, h in found if w <= settings.width and h <= settings.height)
        sizes[name] = fitting or [(1, 1)]
    nodes = tuple(Node(i, name, Conv(1, 1, 1, 1, 1, 1 + i, 1)) for i, name in enumerate(names))
    return Instance(settings, nodes, tuple(edges)), sizes


def best_arrangement(instance: Instance, sizes: Sizes, seconds: float = 20.0) -> tuple[Fraction | None, bool]:
    """The least cost that the constraint model finds, and whether it proves it; None if it finds nothing."""
    args, settings = Arguments(1, 1, (1,), (1,)), instance.settings
    kernels = tuple(
        FreeKernel(
            name,
            tuple(Option(w, h, 0, args, rotated=False) for w, h in some),
            (0, settings.width),
            (0, settings.height),
        )
        for name, some in sizes.items()
    )
    problem = Problem(
        settings.width,
        settings.height,
        0,
        settings.wlength,
        0,
        1,
        kernels,
        edges=instance.kernel_edges,
    )
    outcome = solve_problem(problem, Limits(seconds=seconds))
    cost = None if outcome.cost is None else Fraction(outcome.cost, 2)
    return cost, outcome.status == "optimal"


def bound(
    instance: Instance, sizes: Sizes, cases: int, steps: int = 12, runs: bool = True, cycles: bool = False
) -> float:
    """The best bound after some steps of the search for multipliers."""
    structure = structure_of(instance, runs, cycles)
    cases = cases if structure.spine else 1
    dual = Dual(instance, plan_of(instance, structure, cases))
    tables = Tables(0, {name: _rows(some) for name, some in sizes.items()})
    high = Multipliers(1e6, 1e6, 1e6)
    least = inf
    for case in range(cases):
        maximiser = Maximiser(
            partial(dual.value, tables, case=case),
            Multipliers(0.0, 0.0, 0.0),
            -inf,
            high,
            Multipliers(1.0, 1.0, 1.0),
            tied=dual.square,
        )
        for _ in range(steps):
            maximiser.step()
        least = min(least, maximiser.value)
    return least


def _rows(some: list[tuple[int, int]]) -> Rows:
    sizes = np.array(some, float)
    zeros, classes = np.zeros(len(some), np.int64), np.zeros((1, 3), np.int64)
    return Rows(sizes[:, 0], sizes[:, 1], zeros, zeros, classes, classes)
