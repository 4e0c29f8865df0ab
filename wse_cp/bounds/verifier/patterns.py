"""What the kernels of a cell pay for a tile of their extents: docs/bounds.md, section 4, as a table.

Amounts are in half wires (beta / 2). A cell is given by its edges in a fixed order; every pattern is
listed for both axes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

Axis = Literal["x", "y"]
Pair = tuple[int, int]
AXES: tuple[Axis, Axis] = ("x", "y")


@dataclass(frozen=True)
class Pattern:
    """One way in which the edges of a cell may run.

    Attributes
    ----------
    labels
        The axis of each edge.
    pays
        What each kernel pays for a tile of its width and of its height, without surcharge off-axis.
    off_axis
        What it pays besides as a surcharge off-axis; empty if the pattern has none.
    between
        Who lies between others where all kernels stand in a row along the axis of all labels.
    """

    labels: Mapping[Pair, Axis]
    pays: Mapping[int, Pair]
    off_axis: Mapping[int, Pair]
    between: frozenset[int] = frozenset()


def bridge_patterns(wires: Mapping[Pair, int]) -> Iterator[Pattern]:
    """Yield the patterns of a single edge."""
    for axis in AXES:
        yield _pattern(wires, dict.fromkeys(wires, axis))


def triangle_patterns(wires: Mapping[Pair, int]) -> Iterator[Pattern]:
    """Yield the patterns of three kernels that are joined with each other."""
    kernels = {v for pair in wires for v in pair}
    for axis in AXES:
        for middle in kernels:
            (far,) = (pair for pair in wires if middle not in pair)
            in_a_row = _pattern(wires, dict.fromkeys(wires, axis), on={middle: (axis, 2 * wires[far])})
            yield replace(in_a_row, between=frozenset([middle]))
        for odd in wires:
            labels = {pair: other(axis) if pair == odd else axis for pair in wires}
            least = min(count for pair, count in wires.items() if pair != odd)
            yield _pattern(wires, labels, off={v: (other(axis), least) for v in odd})


def ring_patterns(wires: Mapping[Pair, int]) -> Iterator[Pattern]:
    """Yield the patterns of four kernels joined in a ring."""
    kernels = sorted({v for pair in wires for v in pair})
    least = min(wires.values())
    for axis in AXES:
        straight = dict.fromkeys(wires, axis)
        for between in combinations(kernels, 2):
            in_a_row = _pattern(wires, straight, on=dict.fromkeys(between, (axis, 2 * least)))
            yield replace(in_a_row, between=frozenset(between))
            if between not in wires:
                yield _pattern(wires, straight, off={v: (other(axis), 2 * least) for v in between})
        for odd in wires:
            labels = {pair: other(axis) if pair == odd else axis for pair in wires}
            yield _pattern(wires, labels, off={v: (other(axis), least) for v in odd})
    for along in combinations(wires, 2):
        yield _pattern(wires, {pair: "x" if pair in along else "y" for pair in wires})


def lone_patterns(kernel: int, count: int) -> Iterator[Pattern]:
    """Yield the patterns of one end of the edges that are split, `count` of them in all.

    Ends that choose apart from each other all choose a kernel's smaller extent: together they are as
    one end of a thicker edge.
    """
    for axis in AXES:
        yield Pattern({}, {kernel: amount(axis, count)}, {})


def other(axis: Axis) -> Axis:
    """Return the other axis."""
    return "y" if axis == "x" else "x"


def amount(axis: Axis, count: int) -> Pair:
    """Return `count` for a tile of the extent along an axis, as (for width, for height)."""
    return (count, 0) if axis == "x" else (0, count)


def plus(a: Pair, b: Pair) -> Pair:
    """Return the sum of two payments."""
    return a[0] + b[0], a[1] + b[1]


def _pattern(
    wires: Mapping[Pair, int],
    labels: Mapping[Pair, Axis],
    on: Mapping[int, tuple[Axis, int]] | None = None,
    off: Mapping[int, tuple[Axis, int]] | None = None,
) -> Pattern:
    """Return a pattern in which each edge costs half its ends' extents along its label, and surcharges."""
    pays: dict[int, Pair] = {v: (0, 0) for pair in wires for v in pair}
    for pair, count in wires.items():
        for v in pair:
            pays[v] = plus(pays[v], amount(labels[pair], count))
    for v, surcharge in (on or {}).items():
        pays[v] = plus(pays[v], amount(*surcharge))
    return Pattern(labels, pays, {v: amount(*surcharge) for v, surcharge in (off or {}).items()})
