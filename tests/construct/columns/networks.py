"""Small random networks for the tests of columns."""

from __future__ import annotations

import numpy as np

from wse_cp.construct.columns.problem import ColumnProblem
from wse_cp.construct.columns.scan import ColumnScan, Plan
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import CBlock, Conv, DBlock, Kernel
from wse_cp.shapes.curves import least_time_by_area


def random_network(seed: int, count: int = 24, **settings: int) -> Instance:
    """Return a layered network of few kinds of kernels, blocks among them."""
    rng = np.random.default_rng(seed)
    kinds: list[Kernel] = [Conv(side, side, 3, 3, 16, 8, 1) for side in (4, 6, 8)]
    kinds += [Conv(8, 8, 1, 1, 32, 16, 1), DBlock(4, 4, 16), CBlock(8, 8, 16)]
    nodes = tuple(Node(i, f"k{i}", kinds[rng.integers(len(kinds))]) for i in range(count))
    links = {(int(rng.integers(max(0, v - 5), v)), v) for v in range(1, count) for _ in range(2)}
    edges = tuple(Edge(f"k{u}", f"k{v}") for u, v in sorted(links))
    return Instance(Settings(**{"width": 90, "height": 70, **settings}), nodes, edges)


def file_order(problem: ColumnProblem) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the kernels in file order, which is topological."""
    return np.arange(len(problem.names))


def scanned(instance: Instance, transposed: bool = False) -> ColumnScan:
    """Return a scan that has gone over equal and unequal rows."""
    problem = ColumnProblem(instance, transposed)
    scan = ColumnScan(problem, least_time_by_area(instance), [file_order(problem)], lambda: False)
    for _ in scan.equal_rows(0, scan.counts(), scan.limits(1.1)):
        pass
    for _ in scan.unequal_rows(0, scan.limits_outward(1.2), scan.counts()):
        pass
    return scan


def best_plan(instance: Instance, transposed: bool = False) -> Plan:
    """Return the best plan of a scan."""
    best = scanned(instance, transposed).best
    assert best is not None
    return best
