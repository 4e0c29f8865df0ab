"""Covers for certificates, and their value by a literal reading of docs/bounds.md, section 10."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor
from random import Random
from typing import Any

from tests.bounds.verifier.boxes import box_value, random_boxes
from tests.bounds.verifier.cases import contents, signed
from tests.bounds.verifier.flows import WHOLE, loads, random_demands, random_flow
from tests.cpsat.brute_force import all_options
from wse_cp.instance import Instance

Star = list[Any]
Shape = tuple[int, int]


def with_covers(
    instance: Instance,
    covers: Sequence[dict[str, Any]],
    intervals: Sequence[tuple[int, Sequence[Sequence[int]], int, int]],
    **changes: Any,
) -> dict[str, Any]:
    """A certificate of version 6 (or `version`); intervals are (start, multipliers, wire, cover's number)."""
    rows = [(start, multipliers) for start, multipliers, _, _ in intervals]
    adapters = changes.pop("adapters", False)
    found = contents(instance, rows, **{"version": 6, **changes})
    for entry, (_, _, wire, cover) in zip(found["intervals"], intervals, strict=True):
        entry.update(wire=wire, cover=cover)
    return signed({**found, "adapters": adapters, "covers": list(covers)})


def multiplicities(instance: Instance) -> dict[frozenset[int], int]:
    """How often each pair of kernels is joined, by their places among the sorted names."""
    place = {name: i for i, name in enumerate(sorted(instance.kernels))}
    return {frozenset((place[u], place[v])): count for u, v, count in instance.kernel_edges}


def random_cover(
    random: Random, instance: Instance, unit: int, wire: int = 0, flows: bool = False, boxes: bool = False
) -> dict[str, Any]:
    """A cover of random stars, weights, prices, ranks and etas; some of it makes no sense as a bound.

    With `flows` it is one of version 8: some stars have flows, none a refund; there are no forests. With
    `boxes` it is one of version 9: some of these flows are for demands, and some stars have boxes.
    """
    left = {pair: WHOLE * (unit - wire) * count for pair, count in multiplicities(instance).items()}
    count = len(instance.kernels)
    area = random.choice([0, unit // 2, unit, 5 * unit])
    rest = [area] * count
    stars: list[Star] = []
    for _ in range(random.randint(0, 2 * count)):
        hub = random.randrange(count)
        near = [v for v in range(count) if frozenset((hub, v)) in left]
        leaves, flow = random.sample(near, random.randint(min(1, len(near)), len(near))), list[int]()
        demands: list[int] = []
        if (flows or boxes) and random.random() < 0.7:
            leaves, flow, demands = _reached(random, list(left), hub, boxes)
        taken = loads(hub, leaves, flow)
        most = min((left[pair] // load for pair, load in taken.items() if load), default=unit)
        weight = most if random.random() < 0.6 else random.randint(0, most)
        for pair, load in taken.items():
            left[pair] -= weight * load
        prices = []
        for v in [hub, *leaves]:
            prices.append(random.choice([0, rest[v] // 2, rest[v] // 4, random.randint(0, rest[v])]))
            rest[v] -= prices[-1]
        pairs = [number for pair in zip(leaves, prices[1:], strict=True) for number in pair]
        ranks = [random_ranks(random, unit, len(leaves)) for _ in range(4)]
        eta = random.choice([0, 0, random.randint(0, 4 * unit), random.randint(-4 * unit, 40 * unit)])
        if demands:
            ranks = [[] for _ in ranks]
        more = [0, [0] * len(leaves), flow] if flows or boxes else []
        more += [demands, random_boxes(random, weight * instance.settings.wlength)] if boxes else []
        room = random_room(random, weight)
        stars.append([hub, weight, prices[0], pairs, *ranks[:2], eta, *ranks[2:], *room, *more])
    return {"area": area, "stars": stars, **({"forests": []} if flows or boxes else {})}


def _reached(
    random: Random, pairs: Sequence[frozenset[int]], hub: int, demanding: bool
) -> tuple[list[int], list[int], list[int]]:
    """Leaves, a flow to them, and at times demands, if wanted."""
    leaves, flow = random_flow(random, pairs, hub)
    if not demanding or not flow or random.random() < 0.4:
        return leaves, flow, []
    demands = random_demands(random, len(leaves))
    leaves, flow = random_flow(random, pairs, hub, leaves, demands)
    return leaves, flow, demands if flow else []


def random_ranks(random: Random, unit: int, leaves: int) -> list[int]:
    """Prices of the ranks of a stack, at times falling ones, for all ranks or for the first ones only."""
    most, top = (leaves + 1) // 2, random.choice([0, unit, 6 * unit, 40 * unit])
    prices = [random.randint(0, top) for _ in range(random.choice([most, most, random.randint(0, most)]))]
    return sorted(prices, reverse=True) if random.random() < 0.5 else prices


def random_room(random: Random, weight: int) -> tuple[int, int]:
    """How far a room reaches and its price; in most cases one that is near to the price of the wire."""
    if random.random() < 0.3:
        return random.choice([(0, 0), (random.randint(0, 40), 0), (0, 3)])
    return random.choice([random.randint(1, 40), random.randint(20, 80)]), random.choice(
        [1, max(1, weight // 4), weight, random.randint(0, 9)]
    )


def shapes_within(instance: Instance, limit: int | None) -> list[list[Shape]]:
    """All extents of each kernel, rotations applied, by their places among the sorted names."""
    kernels = instance.kernels
    options = {kernel: all_options(instance, kernel) for kernel in kernels.values()}
    found = {
        kernel: {(o.width, o.height) for o in own if limit is None or o.time <= limit}
        for kernel, own in options.items()
    }
    return [list(found[kernels[name]]) for name in sorted(kernels)]


def smallest(shapes: list[Shape]) -> list[Shape]:
    """The shapes in which no other one fits: a kernel of a layout can shrink about its centre."""
    return [a for a in shapes if not any(b != a and b[0] <= a[0] and b[1] <= a[1] for b in shapes)]


def cover_value(
    instance: Instance,
    cover: dict[str, Any],
    unit: int,
    limit: int | None = None,
    plain: bool = True,
) -> Fraction | None:
    """The value of a cover in the words of the text, by loops over all shapes; None if a kernel has none.

    Without `plain`, rooms that cost nothing do not count where there is another one.

    The value of each star is rounded down to a multiple of 1 / (4 * unit).
    """
    shapes = [smallest(own) for own in shapes_within(instance, limit)]
    if not all(shapes):
        return None
    rest = [Fraction(cover["area"], unit)] * len(shapes)
    total = -rest[0] * instance.settings.width * instance.settings.height
    for star in cover["stars"]:
        hub, weight, price, pairs, *_ = star
        prices = {hub: Fraction(price, unit)}
        prices |= {v: Fraction(p, unit) for v, p in zip(pairs[::2], pairs[1::2], strict=True)}
        for v, p in prices.items():
            rest[v] -= p
        leaves = [(shapes[v], prices[v], Fraction(0)) for v in pairs[::2]]
        value = StarValue(instance, Fraction(instance.settings.wlength * weight, unit), leaves, star, unit)
        value.plain = plain
        least = min(prices[hub] * w * h + value(w, h) for w, h in shapes[hub])
        total += Fraction(floor(least * 4 * unit), 4 * unit)
    return total + sum(q * min(w * h for w, h in own) for q, own in zip(rest, shapes, strict=True))


class StarValue:
    """The bound for one shape of the hub, without its own tiles.

    Leaves have their shapes, the price of a tile, and what is given back for one of the lesser extent.
    """

    def __init__(
        self,
        instance: Instance,
        wire: Fraction,
        leaves: list[tuple[list[Shape], Fraction, Fraction]],
        star: Star,
        unit: int,
    ) -> None:
        self.wire, self.leaves = wire, leaves
        self.wafer = instance.settings.width, instance.settings.height
        most = (len(leaves) + 1) // 2
        self.pi_x, self.pi_y, self.sigma_x, self.sigma_y = (
            [Fraction(p, unit) for p in [*star[i], *[0] * (most - len(star[i]))]] for i in (4, 5, 7, 8)
        )
        self.eta, self.theta, self.rho = (
            Fraction(star[6], unit),
            Fraction(star[9], 4),
            Fraction(star[10], unit),
        )
        self.demands, boxes = star[14:16] if len(star) > 14 else ([], [])
        self.wires = [wire * Fraction(one, WHOLE) for one in self.demands or [WHOLE] * len(leaves)]
        self.boxes = list(zip(boxes[::3], boxes[1::3], boxes[2::3], strict=True))
        self.unit = unit
        self.plain = True  #: whether a room that costs nothing counts besides

    def __call__(self, w_s: int, h_s: int) -> Fraction:
        ways = [self._e(w_s, h_s, self.rho)]
        if self.plain or not self.theta:
            ways.append(self._e(w_s, h_s, Fraction(0)))
        if self.boxes:
            ways.append(self._b(w_s, h_s))
        if not self.demands:
            ways.append(self._g(w_s, h_s, self.sigma_x, self.sigma_y))
            ways.append(self._g(w_s, h_s, self.sigma_y, self.sigma_x))
            low = min(w_s, h_s)
            ways.append(min(self._f(1, h_s, self.pi_y, low), self._f(0, w_s, self.pi_x, low)))
        return max(ways)

    def _b(self, w_s: int, h_s: int) -> Fraction:
        """The bound by boxes; what a leaf pays for them is rounded down, as in the verifier."""
        leaves = [
            ([(w, h, p * w * h - back * min(w, h)) for w, h in shapes], wire)
            for (shapes, p, back), wire in zip(self.leaves, self.wires, strict=True)
        ]
        step = Fraction(1, 4 * self.unit * (WHOLE if self.demands else 1))
        return box_value((w_s, h_s), leaves, self.boxes, self.wafer, Fraction(1, self.unit), step)

    def _stack(self, leaf: int, axis: int, prices: list[Fraction]) -> Fraction:
        """X (axis 0) or Y (axis 1) of a leaf."""
        shapes, p, back = self.leaves[leaf]
        return min(
            self.wire * Fraction(2 * r + 1, 2) * shape[axis]
            + price
            + p * shape[0] * shape[1]
            - back * min(shape)
            for r, price in enumerate(prices)
            for shape in shapes
        )

    def _beside(self, leaf: int) -> Fraction:
        shapes, p, back = self.leaves[leaf]
        return min(self.wire * (w + h) / 2 + p * w * h - back * min(w, h) for w, h in shapes)

    def _f(self, axis: int, of_hub: int, prices: list[Fraction], l_s: int) -> Fraction:
        total = -2 * sum(prices, Fraction(0))
        for leaf in range(len(self.leaves)):
            z, nothing = self._beside(leaf), [Fraction(0)] * len(prices)
            s = min(self._stack(leaf, 0, nothing), self._stack(leaf, 1, nothing))
            total += min(
                self._stack(leaf, axis, prices) + self.wire * of_hub / 2,
                z + self.wire * l_s / 2,
                min(s + self.eta, z - self.eta) + self.wire * l_s / 4,
            )
        return total

    def _g(self, w_s: int, h_s: int, along_x: list[Fraction], along_y: list[Fraction]) -> Fraction:
        total = -2 * sum(along_x + along_y, Fraction(0))
        for leaf in range(len(self.leaves)):
            total += min(
                self._stack(leaf, 0, along_x) + self.wire * w_s / 2,
                self._stack(leaf, 1, along_y) + self.wire * h_s / 2,
                self._beside(leaf) + self.wire * min(w_s, h_s) / 2,
            )
        return total

    def _e(self, w_s: int, h_s: int, rho: Fraction) -> Fraction:
        theta = self.theta
        of_hub = w_s * h_s * max(Fraction(0), theta - Fraction(w_s + h_s, 4))
        x, y = (max(Fraction(0), theta - Fraction(side, 2)) for side in self.wafer)
        both = max(Fraction(0), theta - Fraction(sum(self.wafer), 2))
        total = -rho * (Fraction(2, 3) * (theta**3 - x**3 - y**3 + both**3) - of_hub)
        for (shapes, p, back), wire in zip(self.leaves, self.wires, strict=True):
            ways = []
            for w, h in shapes:
                y, x, z = Fraction(h_s + h, 2), Fraction(w_s + w, 2), Fraction(w + h + min(w_s, h_s), 2)
                for least, kappa in ((y, Fraction(w, 4)), (x, Fraction(h, 4)), (z, Fraction(0))):
                    for d in (least, max(least, theta - kappa)):
                        inside = rho * w * h * max(Fraction(0), theta - d - kappa)
                        ways.append(wire * d + inside + p * w * h - back * min(w, h))
            total += min(ways)
        return total
