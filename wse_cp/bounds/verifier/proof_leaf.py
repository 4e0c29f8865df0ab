"""What a leaf of a proof tree proves: the multipliers checked, priced shapes and pairs summed up.

All in integers: a cost unit is 1 / (2 time_scale), multipliers are 1 / unit of it (docs/bounds.md, "Proof by
search").
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

from wse_cp.bounds.verifier.proof_choice import Choices, Difference, forest_of
from wse_cp.bounds.verifier.proof_text import Leaf
from wse_cp.bounds.verifier.reading import CertificateError, Ended, Integers, dtype_for
from wse_cp.instance import Instance

#: Columns of the source and of the target that differ if a wire needs an adapter.
SPLITS = (3, 3), (4, 4), (6, 5)

Pair = tuple[int, int]


@dataclass(frozen=True)
class Weights:
    """Weights of an instance in 1 / unit cost units: of 1 / time_scale cycles, half a tile, an adapter."""

    time: int
    wire: int
    adapter: int
    sides: tuple[int, int]  #: tiles
    wires: tuple[tuple[int, int, int], ...]  #: source, target, multiplicity, sorted; kernels by number


def weights_of(instance: Instance, unit: int) -> Weights:
    """Return the weights of an instance."""
    settings, scale = instance.settings, instance.time_scale
    number = {name: i for i, name in enumerate(sorted(instance.kernels))}
    return Weights(
        2 * settings.wdeltat * unit,
        settings.wlength * scale * unit,
        2 * settings.wadapter * scale * unit,
        (settings.width, settings.height),
        tuple(sorted((number[u], number[v], count) for u, v, count in instance.kernel_edges)),
    )


@dataclass(frozen=True, eq=False)
class Place:
    """Where a path of decisions has led: what is left of each kernel's shapes, and what is known besides."""

    shapes: tuple[Integers, ...]
    start: int  #: the largest time is at least this (1 / time_scale cycles)
    axes: dict[Pair, int]  #: pairs disjoint along this axis
    orders: dict[Pair, int]  #: which kernel of a pair comes first along its axis
    directed: bool  #: whether a decision tells the axes apart


def check_leaf(weights: Weights, place: Place, leaf: Leaf, target: int, ended: Ended) -> None:
    """Raise `CertificateError` unless placements of a place cost `target` or more (1 / unit cost units)."""
    if not all(len(rows) for rows in place.shapes):
        return
    least, costs = _priced(weights, place, leaf)
    if least + sum(int(cost.min()) for cost in costs) >= target and not leaf.potentials:
        return
    if not _choices(weights, place, leaf, costs).reach(target - least, ended):
        raise CertificateError("a leaf proves less than the certificate claims")


def sieved(weights: Weights, place: Place, leaf: Leaf, target: int) -> Place:
    """Return a place without the shapes with which placements cost `target` or more, as multipliers show."""
    if not all(len(rows) for rows in place.shapes):
        return place
    least, costs = _priced(weights, place, leaf)
    each = _choices(weights, place, leaf, costs).with_each()
    kept = tuple(rows[sums < target - least] for rows, sums in zip(place.shapes, each, strict=True))
    return replace(place, shapes=kept)


def _choices(weights: Weights, place: Place, leaf: Leaf, costs: list[Integers]) -> Choices:
    forest = forest_of(len(place.shapes), weights.wires)
    if any(wire in forest for wire, _ in leaf.potentials):
        raise CertificateError("potentials of a wire of the forest")
    return Choices(place.shapes, costs, _differences(weights, leaf), forest)


def _priced(weights: Weights, place: Place, leaf: Leaf) -> tuple[int, list[Integers]]:
    """Return a constant and what each kernel's shapes cost; the multipliers checked."""
    if not leaf.times:
        raise CertificateError("there are no multipliers, yet every kernel has a shape left")
    _check(weights, place, leaf)
    count = len(place.shapes)
    net, extent, short = [[0] * count, [0] * count], [[0] * count, [0] * count], [0] * count
    least = weights.time * place.start - leaf.area * weights.sides[0] * weights.sides[1]
    for (u, v, _), (*along, shorter, width, height) in zip(weights.wires, leaf.flows, strict=True):
        for end, sign in ((u, -1), (v, 1)):
            short[end] += shorter
            for axis, apart in enumerate((width, height)):
                extent[axis][end] += apart
                net[axis][end] += sign * along[axis]
    for first, second, axis, price in leaf.orders:
        net[axis][first] += price
        net[axis][second] -= price
        extent[axis][first] += price
        extent[axis][second] += price
    for axis, members, price in leaf.cliques:
        least -= price * weights.sides[axis]
        for i in members:
            extent[axis][i] += price
    for axis, row in enumerate(net):
        # amount * centre, which lies half an extent from either wall or more
        for i, amount in enumerate(row):
            extent[axis][i] += abs(amount)
            least -= 2 * weights.sides[axis] * max(-amount, 0)
    prices = [(extent[0][i], extent[1][i], short[i], leaf.area, leaf.times[i]) for i in range(count)]
    return least, _costs(weights, place, prices)


def _costs(weights: Weights, place: Place, prices: list[tuple[int, int, int, int, int]]) -> list[Integers]:
    """Return what each kernel's shapes cost."""
    side = max(weights.sides)
    latest = max(place.start, *(int(rows[:, 2].max()) for rows in place.shapes))
    most = sum(
        (x + y + s) * side
        + area * side * side
        + (time + 1) * latest
        + sum(c * weights.wire + 6 * c * weights.adapter for *_, c in weights.wires)
        for x, y, s, area, time in prices
    )
    dtype = dtype_for(8 * most)
    costs = []
    for rows, (x, y, s, area, time) in zip(place.shapes, prices, strict=True):
        width, height, late = (rows[:, i].astype(dtype) for i in range(3))
        late = (late - place.start) * (late > place.start)
        costs.append(
            x * width + y * height + s * _lesser(width, height) + area * width * height + time * late
        )
    return costs


def _lesser(a: Integers, b: Integers) -> Integers:
    found: Integers = a * (a <= b) + b * (a > b)
    return found


def _differences(weights: Weights, leaf: Leaf) -> list[Difference]:
    """Return what it costs that the shapes at the ends of a wire differ in a column."""
    found = []
    for k, ((u, v, count), flow) in enumerate(zip(weights.wires, leaf.flows, strict=True)):
        x, y, short, width, height = flow
        rest, adapter = count * weights.wire - short, count * weights.adapter
        amounts = {
            **dict.fromkeys(SPLITS, adapter),
            (7, 7): rest - abs(x) - width,
            (8, 8): rest - abs(y) - height,
        }
        potentials = tuple((*SPLITS[i], table) for (wire, i), table in leaf.potentials.items() if wire == k)
        kept = tuple((*key, amount) for key, amount in amounts.items() if amount)
        found.append(Difference(u, v, kept, potentials))
    return found


def _check(weights: Weights, place: Place, leaf: Leaf) -> None:
    """Raise `CertificateError` unless the multipliers are allowed where they are used."""
    count = len(place.shapes)
    _require(len(leaf.times) == count and min(leaf.times) >= 0, "times")
    _require(sum(leaf.times) <= weights.time, "times")
    _require(leaf.area >= 0, "area")
    _require(len(leaf.flows) == len(weights.wires), "wires")
    for (u, v, many), (x, y, short, width, height) in zip(weights.wires, leaf.flows, strict=True):
        axis = place.axes.get((min(u, v), max(u, v)))
        _require(min(short, width, height) >= 0, "wires")
        _require((width == 0 or axis == 0) and (height == 0 or axis == 1), "wires")
        _require(max(abs(x) + width, abs(y) + height) + short <= many * weights.wire, "wires")
    for first, second, axis, price in leaf.orders:
        pair = min(first, second), max(first, second)
        known = place.axes.get(pair) == axis and place.orders.get(pair) == first
        _require(known and price >= 0, "orders")
    for axis, members, price in leaf.cliques:
        pairs = combinations(sorted(members), 2)
        apart = all(a < b and place.axes.get((a, b)) == axis for a, b in pairs)
        _require(len(members) > 1 and apart and price >= 0, "cliques")
    for (wire, split), table in leaf.potentials.items():
        _require(0 <= wire < len(weights.wires) and 0 <= split < len(SPLITS), "adapters")
        most = weights.wires[wire][2] * weights.adapter
        _require(all(0 <= amount <= most for amount in table.values()), "adapters")


def _require(condition: bool, what: str) -> None:
    if not condition:
        raise CertificateError(f"multipliers of {what} that are not allowed there")
