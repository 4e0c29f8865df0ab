"""Operators: which sets of kernels are freed in which way."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

import numpy as np

from wse_cp.instance import Instance
from wse_cp.lns.in_network import adapter_cluster, chain, critical, worst_wires
from wse_cp.lns.neighbourhood import Neighbourhood, in_window, loosened, shifted
from wse_cp.lns.on_wafer import everything, hole, line, near
from wse_cp.placement import Placement

Select = Callable[[Instance, Placement, int, np.random.Generator], list[str]]
Free = Callable[[Instance, Placement, Collection[str]], Neighbourhood]


@dataclass(frozen=True)
class Operator:
    """A way to select kernels and a way to free them; `size` is the number to begin with."""

    name: str
    select: Select
    free: Free
    size: int

    def __call__(
        self, instance: Instance, placement: Placement, size: int, generator: np.random.Generator
    ) -> Neighbourhood:
        """Return a random neighbourhood of about `size` kernels."""
        return self.free(instance, placement, self.select(instance, placement, size, generator))


def moved(instance: Instance, placement: Placement, names: Collection[str]) -> Neighbourhood:
    """Free only the positions: all shapes and relations are kept."""
    return replace(shifted(instance, placement, names), reshaped=frozenset())


#: Positions only: cheap and exact, tried on each new incumbent.
POLISH = Operator("polish", everything, moved, 1)


def operators(instance: Instance) -> tuple[Operator, ...]:
    """Return the operators that suit an instance, in the order of their first calls.

    Left out for lack of gains: windows of chains, and loose chains, adapter clusters and holes.
    """
    found = [
        Operator("resize", everything, shifted, len(instance.kernels)),
        Operator("chain-shift", chain, shifted, 6),
        Operator("line-shift", line, shifted, 6),
        Operator("hole-window", hole, in_window, 5),
        Operator("near-loose", near, loosened, 3),
        Operator("wires-loose", worst_wires, loosened, 3),
        Operator("line-window", line, in_window, 5),
        Operator("near-window", near, in_window, 4),
        Operator("critical-loose", critical, loosened, 3),
    ]
    if instance.settings.wadapter and instance.kernel_edges:
        found.insert(1, Operator("adapter-shift", adapter_cluster, shifted, 6))
    return tuple(found)
