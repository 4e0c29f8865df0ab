"""What the leaves of a star pay in boxes around its hub (docs/bounds.md, section 10: B).

Lengths are in quarters of a tile where nothing else is said, costs in 1 / (SCALE * unit of the certificate),
or in a part of that which is the same for all that is given. x is along the hub's greater extent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from wse_cp.bounds.verifier.reading import Integers, ceil_div


class Box(NamedTuple):
    """A box: its width in tiles, how far it reaches, and the price of its room, for a tile of area."""

    width: int
    reach: int
    price: int


class Hubs(NamedTuple):
    """Shapes of a hub, and the wafer they are on (tiles)."""

    long: Integers  #: extents along x, one each
    thick: Integers  #: extents along y
    wafer_long: int
    wafer_thick: int

    def turned(self) -> Hubs:
        """Return the same with the axes exchanged."""
        return Hubs(self.thick, self.long, self.wafer_thick, self.wafer_long)


class BoxedShapes(NamedTuple):
    """The shapes of leaves, those of a leaf one after the other; each an array by shape."""

    long: Integers  #: extent along x (tiles)
    thick: Integers  #: extent along y (tiles)
    tiles: Integers  #: what area and thickness of the shape cost
    wire: Integers  #: what a quarter of a tile of wire costs


def least_in_boxes(shapes: BoxedShapes, hubs: Hubs, boxes: Sequence[Box], first: Integers) -> Integers:
    """Return what leaves pay at least for their places, by leaf and shape of the hub.

    `first` is the first shape of each leaf.
    """
    long, thick, tiles, wire = (column[:, None] for column in shapes)
    # where nothing of any box is left
    least = wire * (2 * thick + 2 * hubs.thick + max(box.reach for box in boxes))
    for nearest, heights in _above(thick, hubs, boxes), _beside(long, thick, hubs, boxes):
        for end in (None, *sorted({box.width for box in boxes})):
            # from here on nothing of the shape is in boxes of that width or less
            x = nearest if end is None else np.maximum(nearest, 2 * (long + end))
            inside = [i for i, box in enumerate(boxes) if end is None or box.width > end]
            prices = {i: boxes[i].price * _across(long, x, boxes[i]) for i in inside}
            reaches = {0, *(boxes[i].reach for i in inside)}
            for height in heights:
                if height.reach in reaches:
                    least = np.minimum(least, _cost(wire * (x + height.y), height, prices, least))
    found: Integers = np.minimum.reduceat(least + tiles, first, axis=0)
    return found


class _Height(NamedTuple):
    """Places of shapes along y: where nothing is left of boxes up to some reach, or the nearest ones (0)."""

    reach: int
    y: Integers
    left: dict[int, Integers]  #: the integral of what is left of boxes, by number, along y over the shape


def _above(thick: Integers, hubs: Hubs, boxes: Sequence[Box]) -> tuple[Integers, list[_Height]]:
    """Return the least x of shapes over or under the hub, and where they are looked at along y."""
    return np.zeros_like(thick), _heights(thick, 2 * (hubs.thick + thick), boxes)


def _beside(
    long: Integers, thick: Integers, hubs: Hubs, boxes: Sequence[Box]
) -> tuple[Integers, list[_Height]]:
    """Return the same of shapes beside the hub, which may stand in the middle too."""
    left = {}
    for i, box in enumerate(boxes):
        half = np.minimum(2 * thick, box.reach)
        left[i] = (2 * box.reach - half) * half
    middle = _Height(0, np.zeros_like(thick), left)
    return 2 * (hubs.long + long), [middle, *_heights(thick, 2 * thick, boxes)]


def _heights(thick: Integers, lowest: Integers, boxes: Sequence[Box]) -> list[_Height]:
    """Return the lowest places along y, and those where boxes end, of shapes on one side of the hub."""
    found = []
    for reach in (0, *sorted({box.reach for box in boxes})):
        y = np.maximum(lowest, reach)
        left = {
            i: 4 * thick * np.maximum(0, box.reach - y) for i, box in enumerate(boxes) if box.reach > reach
        }
        found.append(_Height(reach, y, left))
    return found


def _across(long: Integers, x: Integers, box: Box) -> Integers:
    """Return how much of shapes whose centre is at x is in a box, along x (half tiles)."""
    both = 2 * np.minimum(long, box.width)
    found: Integers = np.maximum(0, np.minimum(both, long + box.width - x // 2))
    return found


def _cost(wire: Integers, height: _Height, prices: Mapping[int, Integers], least: Integers) -> Integers:
    """Return what wire and boxes cost together, or the wire alone if that is too much anywhere."""
    if not (wire < least).any():
        return wire
    paid = np.zeros_like(wire)
    for box, price in prices.items():
        if box in height.left:
            paid = paid + price * height.left[box]
    # half tiles by quarters by quarters, and SCALE = 4: an eighth, rounded down
    found: Integers = wire + paid // 8
    return found


def room_in_boxes(hubs: Hubs, boxes: Sequence[Box]) -> Integers:
    """Return the price of what each shape of the hub leaves of boxes, rounded up."""
    total = 0 * hubs.long
    for width, reach, price in boxes:
        beyond, half = max(0, reach - 2 * hubs.wafer_thick), np.minimum(2 * hubs.thick, reach)
        whole = min(width, hubs.wafer_long) * (reach**2 - beyond**2)
        total = total + price * (whole - np.minimum(width, hubs.long) * (2 * reach - half) * half)
    # SCALE / 16, as reach is 4 theta
    found: Integers = ceil_div(total, 4)
    return found
