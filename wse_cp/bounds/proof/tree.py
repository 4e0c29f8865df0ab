"""The search of a proof: a tree of decisions, the weakest leaf first."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple

from wse_cp.bounds.proof.branching import next_cut
from wse_cp.bounds.proof.choice import Least
from wse_cp.bounds.proof.placing import placement_of
from wse_cp.bounds.proof.prices import Money, Prices, nothing
from wse_cp.bounds.proof.region import Cut, Region, whole
from wse_cp.bounds.proof.relaxation import Solved, solve_region
from wse_cp.instance import Instance
from wse_cp.placement import Placement
from wse_cp.shapes.arrays import IntArray


@dataclass(eq=False)
class Node:
    """A node of the tree: a leaf with multipliers (None if it is empty), or a decision with its children."""

    prices: Prices | None = None
    value: int = 0
    cut: Cut | None = None
    children: list[Node] = field(default_factory=list)


#: Placements are taken to cost at most so many times what is known to be the least.
_SCALE = 4


class _Leaf(NamedTuple):
    """A leaf below the ceiling."""

    value: int
    number: int
    node: Node
    region: Region
    solved: Solved | None
    least: Least


class ProofTree:
    """A tree that grows where it is weakest.

    Parameters
    ----------
    unit
        D: multipliers are in 1 / D cost units.
    ceiling
        What is to be proven (1 / D cost units): leaves that reach it are done. It may be lowered later.
    """

    def __init__(self, instance: Instance, shapes: list[IntArray], unit: int, ceiling: int) -> None:
        self.money = Money(instance, unit)
        self.ceiling = ceiling
        self.nodes = 1
        self.root = Node()
        self.placement: Placement | None = None  #: that costs what is proven, once the tree has found it
        self._number = count()
        self._open: list[_Leaf] = []
        self._look(self.root, whole(shapes), None, 0)

    @property
    def value(self) -> int:
        """What is proven (1 / D cost units), at most the ceiling."""
        return min(self._open[0].value, self.ceiling) if self._open else self.ceiling

    @property
    def start(self) -> int:
        """The least of the largest time where the tree is weakest (1 / time_scale cycles)."""
        return self._open[0].region.start if self._open else 0

    def step(self) -> bool:
        """Take the weakest leaf apart; return whether there was one below the ceiling that could be."""
        if not self._open or self._open[0].value >= self.ceiling:
            return False
        leaf = self._open[0]
        cut = next_cut(self.money, leaf.region, leaf.solved, leaf.least)
        if cut is None:
            if leaf.solved is not None:
                self.placement = placement_of(self.money.instance, leaf.region, leaf.solved)
            return False
        heapq.heappop(self._open)
        leaf.node.cut = cut
        for part in leaf.region.parts(cut):
            child = Node()
            leaf.node.children.append(child)
            self.nodes += 1
            self._look(child, part, leaf.node.prices, leaf.value)
        return True

    def _look(self, node: Node, region: Region, known: Prices | None, least_known: int) -> None:
        """Find a node's multipliers: its own, or where the solver fails those of its parent."""
        node.value = self.ceiling
        if region.empty:
            return
        scale = min(_SCALE * least_known, self.ceiling) if least_known > 0 else self.ceiling
        solved = solve_region(self.money, region, float(scale))
        node.prices = (known or nothing(self.money)) if solved is None else solved.prices
        least = self.money.least(region, node.prices, self.ceiling)
        node.value = least.value
        if node.value < self.ceiling:
            heapq.heappush(self._open, _Leaf(node.value, next(self._number), node, region, solved, least))
