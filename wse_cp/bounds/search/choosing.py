"""How a network is best taken apart: along a spine, or around cycles."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from operator import itemgetter

from wse_cp.bounds.network.structure import LONGEST_CYCLE, structure_of
from wse_cp.bounds.search.intervals import Intervals
from wse_cp.bounds.search.least_time import many_kernels
from wse_cp.bounds.search.limit import Relaxation, relaxation_of
from wse_cp.bounds.search.limits import Limits
from wse_cp.instance import Instance

#: The most kernels of a named cycle; each number is tried. Of many kernels, long ones take too long.
_LONGEST, _LONGEST_OF_MANY = (LONGEST_CYCLE, 4), (6, 4)
#: Evaluations that show what cycles are worth.
_PROBES = 3


def most_neighbours(instance: Instance) -> int:
    """Return how many neighbours a kernel has at most."""
    degrees = instance.kernel_graph.to_undirected(as_view=True).degree()
    return max((degree for _, degree in degrees), default=0)


class Choice:
    """Chooses relaxations of an instance, by what wire costs at least in the fastest placements.

    Parameters
    ----------
    first
        The largest time of those (1 / time_scale cycles).
    """

    def __init__(self, instance: Instance, first: int) -> None:
        self._instance, self._first = instance, first

    def promising(self) -> Relaxation:
        """Return the relaxation that promises more: with a spine, or without one and with cycles instead.

        Along a spine the off-axis surcharges of most cycles are lost. What wire costs at least in the
        fastest placements decides.
        """
        along = relaxation_of(self._instance, structure_of(self._instance))
        if not along.structure.has_cycles:
            return along
        wire, around = max(
            ((self._wire(relaxation), relaxation) for relaxation in self._around()), key=itemgetter(0)
        )
        return along if self._wire(along, enough=wire) >= wire else around

    def _around(self) -> Iterator[Relaxation]:
        """Yield the relaxations without a spine and with cycles, longer ones and shorter ones."""
        named: list[frozenset[frozenset[str]]] = []
        for longest in _LONGEST_OF_MANY if many_kernels(self._instance) else _LONGEST:
            structure = structure_of(self._instance, runs=False, cycles=True, longest=longest)
            cycles = frozenset(map(frozenset, structure.cycles))
            if cycles not in named:
                named.append(cycles)
                yield relaxation_of(self._instance, structure)

    def with_cycles(self, known: Intervals) -> Relaxation | None:
        """Return the relaxation with cycles that promises most where a bound without them is weakest.

        None if it promises nothing more.
        """
        limit = min(known.all()).limit
        best, least = None, min(limit.values())
        for relaxation in self._around():
            if not relaxation.structure.cycles and not relaxation.structure.has_cycles:
                return None
            seen = limit.seen_by(relaxation.free)
            for _ in range(_PROBES):
                for case in seen.cases:
                    case.step()
            if min(seen.values()) > least:
                best, least = relaxation, min(seen.values())
        return best

    def _wire(self, relaxation: Relaxation, enough: float = inf) -> float:
        """Return what wire costs at least in the fastest placements, or something not below `enough`."""
        return Limits(relaxation.free, self._first).wire_at(self._first, enough)
