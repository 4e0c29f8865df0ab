"""What the kernels of a cell pay for a tile of their extents, and what payments cost.

Patterns are docs/bounds.md, section 4, as a table: amounts are in half wires (beta / 2), a cell is given by
its edges in a fixed order, and every pattern is listed for both axes. `Money` has the prices of one
interval and case, all in the same unit: 1 / (SCALE * unit of the certificate) of cost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from typing import Literal

from wse_cp.bounds.verifier.certificate import Multipliers
from wse_cp.instance import Settings

Axis = Literal["x", "y"]
Pair = tuple[int, int]
AXES: tuple[Axis, Axis] = ("x", "y")


#: Prices are multiples of a quarter of the wire weight and of the certificate's unit.
SCALE = 4


@dataclass(frozen=True)
class Pattern:
    """One way in which the edges of a cell may run."""

    labels: Mapping[Pair, Axis]  #: the axis of each edge
    #: What each kernel pays for a tile of its width and of its height, without surcharge off-axis.
    pays: Mapping[int, Pair]
    #: What it pays besides as a surcharge off-axis; empty if the pattern has none.
    off_axis: Mapping[int, Pair]
    #: Who lies between others where all kernels stand in a row along the axis of all labels.
    between: frozenset[int] = frozenset()
    #: Whether it is a row whose edges pay their half sums only, and nothing for what they pass over.
    half_sums: bool = False


def bridge_patterns(wires: Mapping[Pair, int]) -> Iterator[Pattern]:
    """Yield the patterns of a single edge."""
    for axis in AXES:
        yield _pattern(wires, dict.fromkeys(wires, axis))


def cycle_patterns(wires: Mapping[Pair, int]) -> Iterator[Pattern]:
    """Yield the patterns of at least three kernels joined in a cycle; `wires` has its edges in any order."""
    kernels = sorted({v for pair in wires for v in pair})
    for axes in product(AXES, repeat=len(wires)):
        labels = dict(zip(wires, axes, strict=True))
        for axis in AXES:
            across = [pair for pair in wires if labels[pair] != axis]
            if not across:
                yield from _rows(wires, kernels, labels, axis)
                yield from _folds(wires, kernels, labels, axis)
            elif len(across) == 1:
                odd = across[0]
                rest = min(count for pair, count in wires.items() if pair != odd)
                yield _pattern(wires, labels, off={v: (other(axis), rest) for v in odd})
        if len(set(axes)) > 1 and min(map(axes.count, AXES)) > 1:
            yield _pattern(wires, labels)


def _rows(
    wires: Mapping[Pair, int], kernels: Sequence[int], labels: Mapping[Pair, Axis], axis: Axis
) -> Iterator[Pattern]:
    """Yield the rows along an axis, by who are first and last."""
    for first, last in combinations(kernels, 2):
        between = frozenset(kernels) - {first, last}
        passing = {q: min(count for pair, count in wires.items() if q not in pair) for q in between}
        row = _pattern(wires, labels, on={q: (axis, 2 * count) for q, count in passing.items()})
        yield replace(row, between=between)


def _folds(
    wires: Mapping[Pair, int], kernels: Sequence[int], labels: Mapping[Pair, Axis], axis: Axis
) -> Iterator[Pattern]:
    """Yield the patterns in which two kernels of a cycle, no neighbours, are not disjoint along the axis."""
    for i, j in combinations(kernels, 2):
        if (i, j) in wires:
            continue
        total = sum(
            _least_between(wires, i, j, start) for pair in wires if i in pair for start in pair if start != i
        )
        yield _pattern(wires, labels, off={v: (other(axis), total) for v in (i, j)})


def _least_between(wires: Mapping[Pair, int], i: int, j: int, first: int) -> int:
    """Return the least multiplicity on the way round a cycle from i to j that goes to `first` at first."""
    at, before, least = first, i, wires[min(i, first), max(i, first)]
    while at != j:
        follow = next(v for pair in wires if at in pair for v in pair if v not in (at, before))
        least = min(least, wires[min(at, follow), max(at, follow)])
        before, at = at, follow
    return least


def half_sum_patterns(wires: Mapping[Pair, int]) -> Iterator[Pattern]:
    """Yield the rows of a cycle that leave out what its wires pass over."""
    for axis in AXES:
        yield replace(_pattern(wires, dict.fromkeys(wires, axis)), half_sums=True)


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


@dataclass(frozen=True)
class Money:
    """What things cost."""

    area: int  #: per tile of area (lambda)
    quarter_wire: int  #: a quarter of the weight of a tile of wire (beta / 4)
    adapter: int  #: one adapter (gamma)
    run_x: int  #: per tile of a run along x (mu)
    run_y: int  #: per tile of a run along y
    width: int  #: the wafer's, in tiles
    height: int  #: the same

    def wires(self, halves: Pair) -> Pair:
        """Return the price for a tile of width and of height that are so many half wires."""
        return self.quarters((2 * halves[0], 2 * halves[1]))

    def quarters(self, quarters: Pair) -> Pair:
        """Return the price for a tile of width and of height that are so many quarters of a wire."""
        return quarters[0] * self.quarter_wire, quarters[1] * self.quarter_wire

    def run(self, axis: Axis) -> Pair:
        """Return what a member of a run pays for a tile of its width and of its height."""
        return amount(axis, self.run_x if axis == "x" else self.run_y)

    def member(self, halves: Pair, axis: Axis | None) -> Pair:
        """Return the price of so many half wires for a member of a run along an axis, or of none."""
        price = self.wires(halves)
        return price if axis is None else plus(price, self.run(axis))

    def run_refund(self, axis: Axis) -> int:
        """Return what every run is given back: the price of the whole wafer's extent."""
        return self.run_x * self.width if axis == "x" else self.run_y * self.height


def money(settings: Settings, unit: int, multipliers: Multipliers, wire: int | None = None) -> Money:
    """Return the prices under the multipliers of one case, for a share of each wire (1 / unit; None: all)."""
    return Money(
        area=SCALE * multipliers.area,
        quarter_wire=settings.wlength * (unit if wire is None else wire),
        adapter=SCALE * settings.wadapter * unit,
        run_x=SCALE * multipliers.run_x,
        run_y=SCALE * multipliers.run_y,
        width=settings.width,
        height=settings.height,
    )
