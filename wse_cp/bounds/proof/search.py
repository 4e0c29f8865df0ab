"""Proof by search of one instance: whether it is small enough, step by step, and the certificate."""

from __future__ import annotations

import time
from fractions import Fraction

from wse_cp.bounds.proof.listing import TIME, listings
from wse_cp.bounds.proof.text import proof_text
from wse_cp.bounds.proof.tree import ProofTree
from wse_cp.instance import Instance
from wse_cp.placement import Placement
from wse_cp.shapes.arrays import IntArray

#: What a bound found in this way says of how it was found.
METHOD = "proof by search"
#: More kernels, longer sides or more shapes are not looked at; a larger tree is given up.
_KERNELS, _SIDE, _SHAPES, _NODES = 6, 64, 100_000, 60_000
#: The largest number that a cost may be in 1 / D cost units, and the largest D.
_LARGEST, _UNIT = 1 << 45, 1 << 12
#: Seconds of a step.
_STEP = 0.1


class ProofSearch:
    """The search of a proof for an instance of few kernels (see `proof_search`)."""

    def __init__(self, instance: Instance, shapes: list[IntArray], step: Fraction) -> None:
        self.instance = instance
        self._scale = 2 * instance.time_scale
        self._step = int(step * self._scale)  # of which every cost is a multiple, in cost units
        most = _most(instance, shapes) + self._step
        self._unit = max(min(_UNIT, _LARGEST // most), 1)
        self._tree = ProofTree(instance, shapes, self._unit, most * self._unit)
        self._stuck = self._aimed = False
        self.seconds = 0.0

    @property
    def finished(self) -> bool:
        """Whether nothing can be improved any more: proven, or given up."""
        return self._stuck or self._tree.value >= self._tree.ceiling

    @property
    def proven(self) -> bool:
        """Whether the bound is the cost of a placement, known or found."""
        costs = self._tree.value >= self._tree.ceiling and self._aimed
        return costs or self._tree.placement is not None

    @property
    def nodes(self) -> int:
        """How many nodes the tree has."""
        return self._tree.nodes

    @property
    def least_time(self) -> Fraction:
        """The least of the largest time (cycles) in the region where the bound is weakest."""
        return Fraction(self._tree.start, self.instance.time_scale)

    @property
    def placement(self) -> Placement | None:
        """A placement that costs what is proven, if one was found."""
        return self._tree.placement

    @property
    def value(self) -> Fraction:
        """The bound so far."""
        steps = (self._tree.value - 1) // (self._step * self._unit) + 1
        return Fraction(max(steps, 0) * self._step, self._scale)

    def aim(self, cost: Fraction) -> None:
        """Take note that a placement costs that much: more need not be proven."""
        wanted = (int(cost * self._scale) - self._step) * self._unit + 1
        self._aimed = True
        self._tree.ceiling = min(self._tree.ceiling, wanted)

    def step(self) -> None:
        """Let the tree grow for a moment."""
        began = time.monotonic()
        while not self.finished and time.monotonic() - began < _STEP:
            self.grow()
        self.seconds += time.monotonic() - began

    def grow(self) -> None:
        """Take one leaf of the tree apart."""
        if not self._tree.step() or self._tree.nodes > _NODES:
            self._stuck = True

    def certificate(self, digest: str, value: Fraction) -> str:
        """Return a certificate of a bound not above the value."""
        return proof_text(digest, self._unit, self._tree.root, value)


def small_enough(instance: Instance) -> bool:
    """Tell whether an instance has so few kernels and so small a wafer that its shapes may be listed."""
    side = max(instance.settings.width, instance.settings.height)
    return len(instance.kernels) <= _KERNELS and side <= _SIDE


def proof_search(instance: Instance, step: Fraction) -> ProofSearch | None:
    """Return the search of a proof for an instance; None if it is not small enough or has too many shapes.

    Parameters
    ----------
    step
        Of which every cost is a multiple, more than 0.

    Raises
    ------
    EndedError
        If the search is over (see `wse_cp.bounds.programme.ending`).
    """
    if not small_enough(instance):
        return None
    shapes = listings(instance)
    few = min(map(len, shapes)) > 0 and sum(map(len, shapes)) <= _SHAPES
    if not few or _most(instance, shapes) > _LARGEST:
        return None
    return ProofSearch(instance, shapes, step)


def _most(instance: Instance, shapes: list[IntArray]) -> int:
    """Return what no placement of these shapes costs more than (cost units)."""
    settings, scale = instance.settings, instance.time_scale
    edges = sum(count for *_, count in instance.kernel_edges)
    slowest = max(int(rows[:, TIME].max()) for rows in shapes)
    wires = 2 * settings.wlength * scale * (settings.width + settings.height) + 6 * settings.wadapter * scale
    return 2 * settings.wdeltat * slowest + edges * wires + 1
