"""Small instances with poor placements, and a solver that only pretends."""

from __future__ import annotations

import numpy as np

from wse_cp.cpsat.outcome import Limits, Outcome
from wse_cp.cpsat.problem import Problem
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv, DBlock, Kernel
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.shapes.options import fit


def network(count: int = 6, wadapter: int = 5, wlength: int = 3, side: int = 60) -> Instance:
    """A chain of convolutions and a block with a skip edge over every third kernel."""
    kernels: list[Kernel] = [Conv(8, 8, 3, 3, 8, 8, 1) if i % 3 else DBlock(8, 8, 16) for i in range(count)]
    nodes = tuple(Node(i, f"k{i}", kernel) for i, kernel in enumerate(kernels))
    edges = [Edge(f"k{i}", f"k{i + 1}") for i in range(count - 1)]
    edges += [Edge(f"k{i}", f"k{i + 2}") for i in range(0, count - 2, 3)]
    settings = Settings(side, side, wlength=wlength, wadapter=wadapter, memlimit=2000)
    return Instance(settings, nodes, tuple(edges))


def poor_placement(instance: Instance, seed: int = 0) -> Placement:
    """The kernels in shuffled order on a grid of boxes, shaped to be slow."""
    settings = instance.settings
    columns = int(np.ceil(np.sqrt(len(instance.kernels))))
    width, height = settings.width // columns, settings.height // columns
    order = np.random.default_rng(seed).permutation(len(instance.kernels))
    names = list(instance.kernels)
    kernels = []
    for at, i in enumerate(order):
        kernel = instance.kernels[names[i]]
        option = fit(kernel, settings, instance.time_scale, 10**6, width, height)
        assert option is not None
        x, y = width * (at % columns), height * (at // columns)
        kernels.append(PlacedKernel(names[i], kernel, option.args, x, y, option.rotated))
    return Placement(kernels)


class IdleSolver:
    """Finds nothing, in no time, and notes what it was asked."""

    def __init__(self, outcome: Outcome | None = None) -> None:
        self.problems: list[Problem] = []
        self.outcome = outcome or Outcome("infeasible", seconds=0.01)

    def solve(self, problem: Problem, limits: Limits) -> Outcome:
        self.problems.append(problem)
        return self.outcome

    def interrupt(self) -> None:
        pass
