"""Covers for certificates, and their value by a literal reading of docs/bounds.md, section 10."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import Any

from tests.bounds.verifier.cases import contents, signed
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
    """A certificate of version 6; intervals are (start, multipliers by case, wire, number of the cover)."""
    rows = [(start, multipliers) for start, multipliers, _, _ in intervals]
    adapters = changes.pop("adapters", False)
    found = contents(instance, rows, version=6, **changes)
    for entry, (_, _, wire, cover) in zip(found["intervals"], intervals, strict=True):
        entry.update(wire=wire, cover=cover)
    return signed({**found, "adapters": adapters, "covers": list(covers)})


def multiplicities(instance: Instance) -> dict[frozenset[int], int]:
    """How often each pair of kernels is joined, by their places among the sorted names."""
    place = {name: i for i, name in enumerate(sorted(instance.kernels))}
    return {frozenset((place[u], place[v])): count for u, v, count in instance.kernel_edges}


def random_cover(random: Random, instance: Instance, unit: int, wire: int = 0) -> dict[str, Any]:
    """A cover of random stars, weights, prices, ranks and etas; some of it makes no sense as a bound."""
    left = {pair: (unit - wire) * count for pair, count in multiplicities(instance).items()}
    count = len(instance.kernels)
    area = random.choice([0, unit // 2, unit, 5 * unit])
    rest = [area] * count
    stars: list[Star] = []
    for _ in range(random.randint(0, 2 * count)):
        hub = random.randrange(count)
        near = [v for v in range(count) if frozenset((hub, v)) in left]
        leaves = random.sample(near, random.randint(min(1, len(near)), len(near)))
        most = min((left[frozenset((hub, v))] for v in leaves), default=unit)
        weight = most if random.random() < 0.6 else random.randint(0, most)
        for v in leaves:
            left[frozenset((hub, v))] -= weight
        prices = []
        for v in [hub, *leaves]:
            prices.append(random.choice([0, rest[v] // 2, rest[v] // 4, random.randint(0, rest[v])]))
            rest[v] -= prices[-1]
        pairs = [number for pair in zip(leaves, prices[1:], strict=True) for number in pair]
        top = random.choice([0, unit, 6 * unit, 40 * unit])
        ranks = [[random.randint(0, top) for _ in range((len(leaves) + 1) // 2)] for _ in "xy"]
        eta = random.choice([0, 0, random.randint(0, 4 * unit), random.randint(-4 * unit, 40 * unit)])
        stars.append([hub, weight, prices[0], pairs, *ranks, eta])
    return {"area": area, "stars": stars}


def shapes_within(instance: Instance, limit: int | None) -> list[list[Shape]]:
    """All extents of each kernel, rotations applied, by their places among the sorted names."""
    kernels = instance.kernels
    options = {kernel: all_options(instance, kernel) for kernel in kernels.values()}
    found = {
        kernel: {(o.width, o.height) for o in own if limit is None or o.time <= limit}
        for kernel, own in options.items()
    }
    return [list(found[kernels[name]]) for name in sorted(kernels)]


def cover_value(
    instance: Instance, cover: dict[str, Any], unit: int, limit: int | None = None
) -> Fraction | None:
    """The value of a cover in the words of the text, by loops over all shapes; None if a kernel has none."""
    shapes = shapes_within(instance, limit)
    if not all(shapes):
        return None
    rest = [Fraction(cover["area"], unit)] * len(shapes)
    total = -rest[0] * instance.settings.width * instance.settings.height
    for hub, weight, price, pairs, along_x, along_y, eta in cover["stars"]:
        prices = {hub: Fraction(price, unit)}
        prices |= {v: Fraction(p, unit) for v, p in zip(pairs[::2], pairs[1::2], strict=True)}
        for v, p in prices.items():
            rest[v] -= p
        wire = Fraction(instance.settings.wlength * weight, unit)
        ranks = [[Fraction(p, unit) for p in prices] for prices in (along_x, along_y)]
        total += min(
            prices[hub] * w * h
            + _star_value(
                (w, h), wire, [(shapes[v], prices[v]) for v in pairs[::2]], ranks, Fraction(eta, unit)
            )
            for w, h in shapes[hub]
        )
    return total + sum(q * min(w * h for w, h in own) for q, own in zip(rest, shapes, strict=True))


def _star_value(
    hub: Shape,
    wire: Fraction,
    leaves: list[tuple[list[Shape], Fraction]],
    ranks: list[list[Fraction]],
    eta: Fraction,
) -> Fraction:
    """The bound for one shape of the hub, without its own tiles."""
    w_s, h_s = hub
    half, l_s = wire / 2, min(hub)
    a_x = a_y = f_x = f_y = Fraction(0)
    for shapes, p in leaves:
        y = min(
            half * (2 * r + 1) * h + price + p * w * h for r, price in enumerate(ranks[1]) for w, h in shapes
        )
        x = min(
            half * (2 * r + 1) * w + price + p * w * h for r, price in enumerate(ranks[0]) for w, h in shapes
        )
        y_0, x_0 = (min(half * shape[i] + p * shape[0] * shape[1] for shape in shapes) for i in (1, 0))
        z = min(half * (w + h) + p * w * h for w, h in shapes)
        pair = min(min(x_0, y_0) + eta, z - eta) + half * l_s / 2
        a_y += min(y + half * h_s, x_0 + half * w_s, z + half * l_s)
        a_x += min(x + half * w_s, y_0 + half * h_s, z + half * l_s)
        f_y += min(y + half * h_s, z + half * l_s, pair)
        f_x += min(x + half * w_s, z + half * l_s, pair)
    off_x, off_y = (2 * sum(prices) for prices in ranks)
    return max(a_x - off_x, a_y - off_y, min(f_x - off_x, f_y - off_y))
