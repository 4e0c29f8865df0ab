"""Legal layouts of a hub and its leaves, and what the verifier says of stars with just such shapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from random import Random
from typing import Any

import numpy as np

from tests.bounds.verifier.boxes import Shape, random_boxes
from tests.bounds.verifier.flows import WHOLE, random_demands
from wse_cp.bounds.verifier import stars as stars_module
from wse_cp.bounds.verifier.boxes import Box
from wse_cp.bounds.verifier.cover import Cover, CoverStar
from wse_cp.bounds.verifier.patterns import SCALE
from wse_cp.bounds.verifier.rectangles import Demands, Extents, Rectangles
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv, Kernel

#: Left, low, width, height (tiles).
Spot = tuple[int, int, int, int]


@dataclass(frozen=True)
class Layout:
    """The hub stands first; each kernel may have other shapes than the one it has here."""

    wafer: Shape
    spots: Sequence[Spot]
    others: Sequence[Sequence[Shape]] = ()

    def turned(self) -> Layout:
        """The layout with its axes exchanged."""
        return Layout(
            self.wafer[::-1],
            [(b, a, h, w) for a, b, w, h in self.spots],
            [[shape[::-1] for shape in own] for own in self.others],
        )

    def shapes(self, kernel: int) -> set[Shape]:
        return {self.spots[kernel][2:], *(self.others[kernel] if self.others else ())}

    def instance(self, wlength: int) -> Instance:
        """An instance whose leaves are neighbours of the hub; leaves of the same shapes are alike."""
        count = len(self.spots)
        like = [
            0,
            *(min(v for v in range(1, i + 1) if self.shapes(v) == self.shapes(i)) for i in range(1, count)),
        ]
        nodes = tuple(Node(i, f"k{i:02}", Conv(1 + like[i], 1, 1, 1, 1, 1, 1)) for i in range(count))
        edges = tuple(Edge("k00", f"k{i:02}") for i in range(1, count))
        return Instance(Settings(*self.wafer, wlength=wlength), nodes, edges)

    def distance(self, leaf: int) -> Fraction:
        (a, b, w, h), (c, d, v, g) = self.spots[0], self.spots[leaf]
        return Fraction(abs(2 * a + w - 2 * c - v) + abs(2 * b + h - 2 * d - g), 2)

    def is_legal(self) -> bool:
        apart = all(
            a + w <= c or c + v <= a or b + h <= d or d + g <= b
            for (a, b, w, h), (c, d, v, g) in combinations(self.spots, 2)
        )
        return apart and all(
            min(a, b) >= 0 and a + w <= self.wafer[0] and b + h <= self.wafer[1] for a, b, w, h in self.spots
        )

    def cost(self, cover: Cover, wlength: int) -> Fraction:
        """What the cover's star costs here, less the price of the area that is left over (1 / unit)."""
        (star,) = cover.stars
        demands = star.demands or (WHOLE,) * len(star.leaves)
        wires = sum(
            (
                self.distance(leaf) * Fraction(demand, WHOLE)
                for leaf, demand in zip(star.leaves, demands, strict=True)
            ),
            Fraction(0),
        )
        tiles = sum(w * h for _, _, w, h in self.spots)
        return wlength * star.weight * wires + cover.area * (tiles - self.wafer[0] * self.wafer[1])


class Given(Rectangles):
    """Shapes of a layout's kernels, instead of those that they need."""

    def __init__(self, layout: Layout, instance: Instance) -> None:
        super().__init__(Demands(instance), None)
        kernels = [node.kernel for node in instance.nodes]
        self._shapes = {kernel: np.array(sorted(layout.shapes(i))).T for i, kernel in enumerate(kernels)}

    def __call__(self, kernel: Kernel) -> Extents:
        width, height = self._shapes[kernel]
        return width, height


def value_of(layout: Layout, cover: Cover, wlength: int, module: Any = stars_module) -> Fraction:
    """What the verifier says the cover costs (1 / unit); `module` stands for `stars.py`."""
    instance = layout.instance(wlength)
    return Fraction(module.CoverCost(instance, cover)(Given(layout, instance)), SCALE)


def packed(random: Random) -> Layout:
    """A hub anywhere on a small wafer, at its edge at times, and some leaves as near as there is room.

    In half of all cases they are strips along the hub.
    """
    wafer, strips = (random.randint(4, 13), random.randint(4, 13)), random.random() < 0.5
    hub = random.randint(1, wafer[0] // 2), random.randint(1, wafer[1] // 2)
    if strips:
        hub = random.randint(wafer[0] // 2, wafer[0]), random.randint(1, 2)
    left, low = (random.choice([0, n - m, (n - m) // 2]) for n, m in zip(wafer, hub, strict=True))
    found = Layout(wafer, [(left, low, *hub)])
    alike = random.choice([(3, 1), (1, 1), (1, 2), (2, 2), None, None])
    for _ in range(random.randint(2, 8)):
        shape = alike or (random.randint(1, 5), random.randint(1, 3))
        shapes = random.sample([shape, shape[::-1]], 2)
        if strips:
            shapes = [(random.randint(wafer[0] // 2, wafer[0]), random.randint(1, 2))]
        trials = [
            replace(found, spots=[*found.spots, (x, y, *one)])
            for one in shapes
            for x in range(wafer[0] - one[0] + 1)
            for y in range(wafer[1] - one[1] + 1)
        ]
        trials = [trial for trial in trials if trial.is_legal()]
        if trials:
            found = min(trials, key=lambda trial: trial.distance(len(trial.spots) - 1))
    if len(found.spots) == 1 or not found.is_legal():
        return packed(random)
    rotated = [random.random() < 0.5, *(random.random() < 0.3,) * (len(found.spots) - 1)]
    others = [
        [(h, w)] if turns and h <= wafer[0] and w <= wafer[1] else []
        for turns, (_, _, w, h) in zip(rotated, found.spots, strict=True)
    ]
    found = replace(found, others=others)
    return found.turned() if random.random() < 0.5 else found


def crossed(random: Random) -> tuple[Layout, Cover]:
    """Wide leaves above and below a small hub, tall ones beside it: pairs say most."""
    spots = [(3, 3, 1, 1), (2, 4, 3, 1), (2, 2, 3, 1), (5, 2, 1, 3), (1, 2, 1, 3)]
    layout = Layout((7, 7), spots)
    cover = random_star(random, layout, 2)
    (star,) = cover.stars
    demands = (WHOLE,) * 4
    flow = tuple((0, leaf, WHOLE) for leaf in star.leaves)
    changed = replace(
        star, demands=demands, flow=flow, eta=3 * star.weight // 2, room=0, boxes=star.boxes[:1]
    )
    return layout, replace(cover, stars=(changed,))


def likely_boxes(random: Random, layout: Layout, wire: int) -> list[int]:
    """Boxes that the leaves fill about, at a price for which they would stand nearer as well as farther."""
    _, _, long, thick = layout.spots[0]
    tiles = sum(w * h for _, _, w, h in layout.spots)
    found: list[int] = []
    for _ in range(random.choice([1, 1, 2])):
        width = random.choice([max(long, thick), max(layout.wafer), random.randint(1, max(layout.wafer))])
        reach = 2 * tiles // width + random.randint(0, 4)
        shape = random.choice(layout.spots[1:])[2:]
        across, along = shape if long >= thick else shape[::-1]
        thick_ones = random.choice([1, along])
        price = (
            wire * random.choice([1, 1, 2]) // (random.choice([1, 1, 2]) * min(across, width) * thick_ones)
        )
        found += [width, max(1, reach), max(1, price)]
    return found


def random_star(random: Random, layout: Layout, wlength: int) -> Cover:
    """A cover of one star, of all kernels of a layout, with random boxes and demands (or none of these)."""
    count, weight = len(layout.spots), random.choice([1, 24, 240, 240])
    area = random.choice([0, 0, weight, 3 * weight])
    prices = [random.choice([0, area, random.randint(0, area)]) for _ in range(count)]
    back = random.choice([0, 0, weight])
    demands = random.choice(
        [
            [],
            random_demands(random, count - 1),
            *([min(w, h) * WHOLE for _, _, w, h in layout.spots[1:]],) * 2,
        ]
    )
    wire = weight * wlength
    boxes = random_boxes(random, wire) if random.random() < 0.3 else likely_boxes(random, layout, wire)
    none = (0,) * (count // 2)
    star = CoverStar(
        hub=0,
        weight=weight,
        price=prices[0],
        leaves=tuple(range(1, count)),
        prices=tuple(prices[1:]),
        ranks_x=none,
        ranks_y=none,
        eta=random.choice([0, wire, 2 * wire]),
        both_x=none,
        both_y=none,
        reach=random.choice([0, 20]),
        room=random.choice([0, 1, max(1, weight // 4)]),
        refund=random.randint(0, back),
        refunds=tuple(random.randint(0, back) for _ in range(count - 1)),
        flow=tuple((0, leaf, demand) for leaf, demand in enumerate(demands, 1)),
        demands=tuple(demands),
        boxes=tuple(Box(*boxes[i : i + 3]) for i in range(0, len(boxes), 3)),
    )
    return Cover(area, (star,))


def stack(random: Random, upright: bool) -> tuple[Layout, Cover]:
    """A hub in the middle of a stack as wide as the box, and a box that just holds it: its value is the cost.

    Demands are as the leaves are thick: then it does not matter which of them are nearer.
    """
    thick = [random.randint(1, 3) for _ in range(random.randint(1, 4))]
    width, hub = random.randint(8, 12) + sum(thick), random.randint(1, 3)
    top, spots = 2 * sum(thick) + hub, [(0, sum(thick), width, hub)]
    for side in (thick, random.sample(thick, len(thick))):
        at = 0
        for each in side:
            low = at if side is thick else top - at - each
            spots.append((0, low, width, each))
            at += each
    layout = Layout((width, top), spots)
    if upright:
        layout = layout.turned()
    price = random.randint(1, 3)
    leaves = len(spots) - 1
    demands = [min(spot[2:]) * WHOLE for spot in spots[1:]]
    star = CoverStar(
        0,
        price * width,
        0,
        tuple(range(1, leaves + 1)),
        (0,) * leaves,
        (),
        (),
        0,
        (),
        (),
        0,
        0,
        0,
        (0,) * leaves,
    )
    flow = tuple((0, leaf, demand) for leaf, demand in enumerate(demands, 1))
    # half of the whole stack, in quarters of a tile
    boxes = (Box(width, 2 * top, price),)
    return layout, Cover(0, (replace(star, demands=tuple(demands), flow=flow, boxes=boxes),))
