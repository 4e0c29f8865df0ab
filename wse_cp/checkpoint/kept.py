"""What is kept of a run beside its placement and its bound, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from wse_cp.placement import Placement
from wse_cp.result import OperatorStatistics

#: Cuts in a kept tree: the two parts before it side by side, or one above the other.
BESIDE, ABOVE = -1, -2

#: Most orders that are kept.
MAX_ORDERS = 16

#: Kernels by their numbers, which count those of the instance in file order.
NumberedOrder = tuple[int, ...]


@dataclass(frozen=True)
class KeptTree:
    """A slicing tree.

    Parameters
    ----------
    nodes
        In postfix order: the number of a kernel, or a cut, which joins the last two parts before it.
    limit
        Its cycle limit (cycles).
    splits
        The forced splits (h, w, c in, k out) of each kernel, 0 where free; empty if none are forced.
    """

    nodes: tuple[int, ...]
    limit: Fraction
    splits: tuple[tuple[int, int, int, int], ...] = ()


@dataclass(frozen=True)
class KeptOperator:
    """The record of an operator: present size (kernels), decayed gain (cost) and seconds, calls."""

    name: str
    size: float
    gain: float
    seconds: float
    calls: int


@dataclass(frozen=True)
class Kept:
    """The state of a search.

    Parameters
    ----------
    seed
        Of the last run.
    seconds
        Time used by all runs so far.
    runs
        How many these are.
    started
        Whether the starts of the search are made: what follows is improvement.
    orders, trees
        Those worth beginning with.
    operators
        Records by worker.
    statistics
        How every way of improving fared in all runs.
    """

    seed: int = 0
    seconds: float = 0.0
    runs: int = 0
    started: bool = False
    orders: tuple[NumberedOrder, ...] = ()
    trees: tuple[KeptTree, ...] = ()
    operators: tuple[tuple[KeptOperator, ...], ...] = ()
    statistics: tuple[OperatorStatistics, ...] = ()


@dataclass(frozen=True)
class Checkpoint:
    """All that a folder keeps: a legal placement and a certificate that is still to be verified, if any."""

    kept: Kept
    placement: Placement | None = None
    certificate: str | None = None
