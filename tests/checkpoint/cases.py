"""A chain of four kernels, placements of it, and a state of its search."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from wse_cp.checkpoint.kept import ABOVE, BESIDE, Kept, KeptOperator, KeptTree
from wse_cp.construct.shelves import first_placement
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv, DBlock, Kernel
from wse_cp.placement import Placement
from wse_cp.result import OperatorStatistics

SMALL = Conv(4, 4, 3, 3, 4, 8, 1)
KERNELS: tuple[Kernel, ...] = (SMALL, DBlock(4, 4, 16), DBlock(4, 4, 16), SMALL)
LINKS = ((0, 1), (1, 2), (2, 3), (0, 2))

KEPT = Kept(
    seed=7,
    seconds=12.5,
    runs=2,
    started=True,
    orders=((3, 1, 0, 2), (0, 1, 2, 3)),
    trees=(
        KeptTree((0, 1, BESIDE, 2, 3, ABOVE, BESIDE), Fraction(5, 2)),
        KeptTree((2, 0, 3, 1, ABOVE, ABOVE, BESIDE), Fraction(12), ((1, 1, 2, 3), (0, 0, 0, 0)) * 2),
    ),
    operators=((KeptOperator("near-window", 4.5, 1.25, 3.0, 9),), ()),
    statistics=(OperatorStatistics("rows", 3, 1, Fraction(1, 3), 0.5),),
)


def chain(wadapter: int = 0, width: int = 60) -> Instance:
    nodes = tuple(Node(i, f"k{i}", kernel) for i, kernel in enumerate(KERNELS))
    edges = tuple(Edge(f"k{u}", f"k{v}") for u, v in LINKS)
    return Instance(Settings(width, 40, 1, 2, wadapter, 3000), nodes, edges)


def reordered(instance: Instance) -> Instance:
    """Return the same problem with its kernels in another order."""
    return replace(instance, nodes=instance.nodes[::-1])


def placed(instance: Instance) -> Placement:
    found = first_placement(instance, lambda: False)
    assert found is not None
    return found
