"""The search of a proof: a tree of decisions, the weakest leaf first."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wse_cp.bounds.proof.branching import next_cut
from wse_cp.bounds.proof.choice import Least
from wse_cp.bounds.proof.growing import Priced, priced
from wse_cp.bounds.proof.placing import placement_of
from wse_cp.bounds.proof.prices import Money, Prices, nothing
from wse_cp.bounds.proof.region import Cut, Region, Sieve, whole
from wse_cp.bounds.proof.relaxation import Solved
from wse_cp.instance import Instance
from wse_cp.placement import Placement
from wse_cp.shapes.arrays import IntArray


@dataclass(eq=False)
class Node:
    """A node of the tree: a leaf with multipliers (None if it is empty), or a decision with its children.

    A sieve has multipliers and one child.
    """

    prices: Prices | None = None
    value: int = 0
    cut: Cut | Sieve | None = None
    children: list[Node] = field(default_factory=list)


#: Placements are taken to cost at most so many times what is known to be the least.
_SCALE = 4
#: Shapes are left out if for one kernel they are so many times as many as those kept.
_MANY = 1.1


class _Leaf(NamedTuple):
    """A leaf below the ceiling."""

    value: int
    number: int
    node: Node
    region: Region
    solved: Solved | None
    least: Least
    known: Sequence[IntArray]
    ceiling: int  #: of the tree when it was looked at


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
        self._settle(
            self._look(self.root, whole(shapes), nothing(self.money), 0, [rows[:0] for rows in shapes])
        )

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
        if leaf.ceiling > self.ceiling:
            known = leaf.node.prices or nothing(self.money)
            found = [self._look(leaf.node, leaf.region, known, leaf.value, leaf.known)]
            heapq.heappop(self._open)
            self._settle(*found)
            return True
        cut = next_cut(self.money, leaf.region, leaf.solved, leaf.least)
        if cut is None:
            if leaf.solved is not None:
                self.placement = placement_of(self.money.instance, leaf.region, leaf.solved)
            return False
        parts = [(Node(), part) for part in leaf.region.parts(cut)]
        known = leaf.node.prices or nothing(self.money)
        found = [self._look(child, part, known, leaf.value, leaf.known) for child, part in parts]
        heapq.heappop(self._open)
        leaf.node.cut, leaf.node.children = cut, [child for child, _ in parts]
        self.nodes += len(parts)
        self._settle(*found)
        return True

    def _look(
        self, node: Node, region: Region, known: Prices, least_known: int, rows: Sequence[IntArray]
    ) -> _Leaf | None:
        """Find a node's multipliers: its own, or those of its parent if they prove more here.

        Shapes with which a placement costs too much are left out. Returns the leaf below, None if it is done.
        """
        while not region.empty:
            found = self._priced(region, known, least_known, rows)
            node.prices, known, least_known, rows = found.prices, found.prices, found.least.value, found.known
            if least_known >= self.ceiling:
                return None
            kept = [marginal < self.ceiling for marginal in found.joint.marginals]
            if not _worth_a_sieve(region, kept):
                return _Leaf(
                    least_known,
                    next(self._number),
                    node,
                    region,
                    found.solved,
                    found.least,
                    rows,
                    self.ceiling,
                )
            region = region.sieved(kept)
            node.cut, node.children = Sieve(), [Node()]
            node = node.children[0]
            self.nodes += 1
        return None

    def _priced(self, region: Region, known: Prices, least_known: int, rows: Sequence[IntArray]) -> Priced:
        scale = min(_SCALE * least_known, self.ceiling) if least_known > 0 else self.ceiling
        found = priced(self.money, region, rows, float(scale), self.ceiling)
        if found is not None and found.least.value >= least_known:
            return found
        joint = self.money.joint(region, known)
        least = joint.least(self.ceiling)
        return (
            Priced(known, least, joint)
            if found is None
            else replace(found, prices=known, joint=joint, least=least)
        )


def _worth_a_sieve(region: Region, kept: list[NDArray[np.bool_]]) -> bool:
    """Tell whether so few shapes are kept that it is worth a node."""
    return any(_MANY * int(part.sum()) < len(part) for part in kept)
