"""What all annealers of an instance share: the model with its grid of time limits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from wse_cp.construct.slicing.model import build_model, time_grid, useful_splits
from wse_cp.construct.slicing.state import Array, Model
from wse_cp.instance import Instance
from wse_cp.shapes.arrays import scaled

#: Grid of time limits: this many steps over the first 8 % above the least, this many over the whole range.
_NEAR_STEPS, _FAR_STEPS = 32, 48
#: Adapters that cost less than this much wire (tiles) are not worth forcing splits for.
_TILES_PER_ADAPTER = 3


@dataclass(frozen=True)
class SlicingSpace:
    """An instance with the compiled annealer's read-only arrays; shared between threads."""

    instance: Instance
    model: Model

    def with_instance(self, instance: Instance) -> SlicingSpace:
        """Return a space with the same time limits for an instance that differs in weights only."""
        return _space(instance, self.model.times, 1, lambda: None)

    @property
    def heavy(self) -> bool:
        """Whether splits are forced leaf by leaf, because adapters cost much."""
        return weighs_adapters(self.instance)


def weighs_adapters(instance: Instance) -> bool:
    """Tell whether trees should weigh adapters.

    If one costs no more than a few tiles of wire, free splits, which pack better and faster, gain more than
    matching ones; adapters are then left to the large neighbourhoods.
    """
    weights = instance.settings
    return weights.wadapter > _TILES_PER_ADAPTER * weights.wlength and bool(instance.kernel_edges)


def slicing_space(
    instance: Instance,
    least: Fraction,
    times: Iterable[Fraction],
    workers: int = 1,
    pause: Callable[[], object] = lambda: None,
) -> SlicingSpace:
    """Return the space for trees with time limits from `least` (cycles) to beyond all of `times`.

    `workers` and `pause` are as in `build_model`.
    """
    return _space(instance, _grid(instance, least, list(times)), workers, pause)


def _space(instance: Instance, grid: Array, workers: int, pause: Callable[[], object]) -> SlicingSpace:
    splits = useful_splits(instance, grid) if weighs_adapters(instance) else None
    return SlicingSpace(instance, build_model(instance, grid, splits, workers, pause))


def _grid(instance: Instance, least: Fraction, times: list[Fraction]) -> Array:
    """Return scaled time limits: fine above the least, coarse beyond, the given ones among them."""
    high = max([least * Fraction(11, 10), *(time * Fraction(13, 10) for time in times)])
    near = time_grid(least, min(high, least * Fraction(27, 25)), _NEAR_STEPS, instance.time_scale)
    far = time_grid(least, high, _FAR_STEPS, instance.time_scale)
    return np.unique(np.concatenate([near, far, np.array([scaled(instance, t) for t in times], np.int64)]))
