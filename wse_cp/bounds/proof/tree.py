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
        self._settled = 0
        self.start = 0  #: the least of the largest time where the tree is weakest (1 / time_scale cycles)
        self._settle(self._look(self.root, whole(shapes), None, 0))

    @property
    def value(self) -> int:
        """What is proven (1 / D cost units), at most the ceiling.

        It never falls, and between steps the tree's leaves prove it: other threads may read it at any time.
        """
        return min(self._settled, self.ceiling)

    def _settle(self, *leaves: _Leaf | None) -> None:
        """Take note of new leaves (None: one that is done)."""
        for leaf in leaves:
            if leaf is not None:
                heapq.heappush(self._open, leaf)
        self.start = self._open[0].region.start if self._open else 0
        self._settled = self._open[0].value if self._open else self.ceiling

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
        parts = [(Node(), part) for part in leaf.region.parts(cut)]
        found = [self._look(child, part, leaf.node.prices, leaf.value) for child, part in parts]
        heapq.heappop(self._open)
        leaf.node.cut, leaf.node.children = cut, [child for child, _ in parts]
        self.nodes += len(parts)
        self._settle(*found)
        return True

    def _look(self, node: Node, region: Region, known: Prices | None, least_known: int) -> _Leaf | None:
        """Find a node's multipliers: its own, or those of its parent if they prove more here.

        Returns the leaf, None if it is done.
        """
        node.value = self.ceiling
        if region.empty:
            return None
        scale = min(_SCALE * least_known, self.ceiling) if least_known > 0 else self.ceiling
        solved = solve_region(self.money, region, float(scale))
        node.prices = (known or nothing(self.money)) if solved is None else solved.prices
        least = self.money.least(region, node.prices, self.ceiling)
        if known is not None and least.value < least_known:
            node.prices, least = known, self.money.least(region, known, self.ceiling)
        node.value = least.value
        if node.value >= self.ceiling:
            return None
        return _Leaf(node.value, next(self._number), node, region, solved, least)
