"""Relations between kernels (left of, below): those that a placement fulfils, their closure and reduction.

What is reached from a kernel is kept as the bits of one integer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from graphlib import TopologicalSorter
from typing import NamedTuple

from wse_cp.cpsat.problem import AXES, Axis, Relation
from wse_cp.placement import Rectangle


class _Reach(NamedTuple):
    """Names in a topological order, and for each the bits of its successors and of all that it reaches."""

    names: list[str]
    successors: list[int]
    reached: list[int]


def closure(relations: Iterable[Relation]) -> dict[tuple[str, str], Axis]:
    """Return every pair (first, second) that the relations imply along one axis, with that axis."""
    implied: dict[tuple[str, str], Axis] = {}
    known = list(relations)
    for axis in AXES:
        reach = _reach(known, axis)
        for first, bits in zip(reach.names, reach.reached, strict=True):
            implied.update({(first, reach.names[j]): axis for j in _ones(bits)})
    return implied


def reduced(relations: Iterable[Relation]) -> tuple[Relation, ...]:
    """Return the relations without those that others imply by transitivity."""
    kept: list[Relation] = []
    known = list(relations)
    for axis in AXES:
        reach = _reach(known, axis)
        for first, bits in zip(reach.names, reach.successors, strict=True):
            covered = 0
            for j in _ones(bits):  # what leads to j comes before it
                if not covered >> j & 1:
                    kept.append(Relation(first, reach.names[j], axis))
                covered |= reach.reached[j]
    return tuple(kept)


def relations_of(
    rectangles: Mapping[str, Rectangle], loose: Collection[str] = (), fixed: Collection[str] = ()
) -> tuple[Relation, ...]:
    """Return one relation that holds for every pair, along the axis of the larger gap, reduced.

    Parameters
    ----------
    rectangles
        Kernels at their places; must not overlap.
    loose
        Kernels whose pairs get no relation.
    fixed
        Kernels that need no relation among each other.
    """
    left_out, still = frozenset(loose), frozenset(fixed)
    names = sorted(name for name in rectangles if name not in left_out)
    found = []
    for i, a in enumerate(names):
        first, rests = rectangles[a], a in still
        for b in names[i + 1 :]:
            if not (rests and b in still):
                relation = _relation(a, first, b, rectangles[b])
                if relation is not None:
                    found.append(relation)
    return reduced(found)


def longest_before(relations: Iterable[Relation], needs: Mapping[str, int]) -> dict[str, int]:
    """Return the extent (tiles) of the longest chain that must come before each kernel in `needs`.

    The relations are along one axis.
    """
    before = dict.fromkeys(needs, 0)
    predecessors: dict[str, list[str]] = {name: [] for name in needs}
    for first, second, _ in relations:
        predecessors[second].append(first)
    for name in TopologicalSorter(predecessors).static_order():
        before[name] = max((before[n] + needs[n] for n in predecessors[name]), default=0)
    return before


def _relation(a: str, first: Rectangle, b: str, second: Rectangle) -> Relation | None:
    right, left = second.x - first.x - first.width, first.x - second.x - second.width
    above, below = second.y - first.y - first.height, first.y - second.y - second.height
    gap = max(right, left, above, below)
    if gap < 0:
        return None
    if gap in (right, left):
        return Relation(a, b, "x") if gap == right else Relation(b, a, "x")
    return Relation(a, b, "y") if gap == above else Relation(b, a, "y")


def _reach(relations: Iterable[Relation], axis: Axis) -> _Reach:
    predecessors: dict[str, list[str]] = {}
    for first, second, along in relations:
        if along == axis:
            predecessors.setdefault(second, []).append(first)
    names = list(TopologicalSorter(predecessors).static_order())
    place = {name: i for i, name in enumerate(names)}
    successors, reached = [0] * len(names), [0] * len(names)
    for second, firsts in predecessors.items():
        for first in firsts:
            successors[place[first]] |= 1 << place[second]
    for i in reversed(range(len(names))):
        reached[i] = successors[i]
        for j in _ones(successors[i]):
            reached[i] |= reached[j]
    return _Reach(names, successors, reached)


def _ones(bits: int) -> Iterator[int]:
    """Yield the places of the ones of a number, ascending."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
