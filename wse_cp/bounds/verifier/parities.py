"""What parities add to the wires of the tree (docs/bounds.md, section 6).

The centres of two kernels are half a tile apart at least along an axis along which one's extent is even and
the other's is odd.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from wse_cp.bounds.verifier.patterns import Axis
from wse_cp.bounds.verifier.reading import Integers
from wse_cp.bounds.verifier.splits import PARITY


@dataclass(frozen=True, eq=False)
class Offset:
    """The half tile by which the centres at the ends of an edge of the tree may miss each other."""

    child: Integers  #: parities of the lower end's views: 2 * (width % 2) + height % 2
    parent: Integers  #: the same of the upper end's views
    price: int  #: of half a tile, times how often the edge counts

    def __call__(self, values: Integers, axis: Axis, cross: Callable[[Integers], Integers]) -> Integers:
        """Return what values (lanes x the child's views) come to at the parent's views.

        Parameters
        ----------
        axis
            Along which half a tile is paid for where parities differ.
        cross
            Does the same without parities.
        """
        below, above = self._odd(self.child, axis), self._odd(self.parent, axis)
        even, odd = (cross(values + self.price * (below != parity).astype(values.dtype)) for parity in (0, 1))
        return np.where(above == 1, odd, even)

    @staticmethod
    def _odd(parities: Integers, axis: Axis) -> Integers:
        return parities // 2 if axis == "x" else parities % 2


def offset(child: Integers, parent: Integers, price: int) -> Offset:
    """Return the offset of an edge; `child` and `parent` are the views of its ends (views x 4)."""
    return Offset(child[:, PARITY], parent[:, PARITY], price)


def joined(parents: int) -> Callable[[Integers], Integers]:
    """Return the crossing of an edge that compares no splits, to so many views of the parent."""
    return lambda values: np.repeat(values.min(axis=1, keepdims=True), parents, axis=1)
