"""What the leaves of a star pay in boxes around its hub (docs/bounds.md, section 10: B).

Lengths are in quarters of a tile where nothing else is said, costs in 1 / (SCALE * unit of the certificate),
or in a part of that which is the same for all that is given. x is along the hub's greater extent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    rows = _Rows(*(column[:, None] for column in shapes))
    least = np.minimum(_above(rows, hubs, boxes), _beside(rows, hubs, boxes))
    found: Integers = np.minimum.reduceat(least + rows.tiles, first, axis=0)
    return found


class _Rows(NamedTuple):
    """The columns of `BoxedShapes`, as shapes x 1; with the hub's shapes they make shapes x hubs."""

    long: Integers
    thick: Integers
    tiles: Integers
    wire: Integers


class _Along(NamedTuple):
    """Where shapes may be along x or y."""

    at: Integers
    end: int  #: nothing is there of boxes up to this width, or this reach; 0: no box has to end
    shares: dict[int, Integers]  #: of the other boxes, by number: what of a shape is in them along this axis
    able: bool | Integers = True  #: whether shapes can be there


def _above(rows: _Rows, hubs: Hubs, boxes: Sequence[Box]) -> Integers:
    """Return what shapes pay at least over or under the hub."""
    lowest = 2 * (hubs.thick + rows.thick)
    widths = [_along_x(rows, 0 * rows.long, 0, boxes), *_where_boxes_end(rows, 0 * rows.long, boxes)]
    heights = [_along_y(rows, lowest, 0, boxes), *_where_reaches_end(rows, lowest, boxes)]
    lines = [(height.able, [_Place(width, height, width.able) for width in widths]) for height in heights]
    return _least_on(rows.wire, lines, boxes)


def _beside(rows: _Rows, hubs: Hubs, boxes: Sequence[Box]) -> Integers:
    """Return what shapes pay at least beside the hub; there they may stand in the middle too."""
    nearest, lowest = 2 * (hubs.long + rows.long), 2 * rows.thick
    sides = [_along_y(rows, lowest, 0, boxes), *_where_reaches_end(rows, lowest, boxes)]
    heights = [_middle(rows, boxes), *sides]
    widths = [_along_x(rows, nearest, 0, boxes), *_where_boxes_end(rows, nearest, boxes)]
    lines = [(width.able, [_Place(width, height, height.able) for height in heights]) for width in widths]
    return _least_on(rows.wire, lines, boxes)


def _middle(rows: _Rows, boxes: Sequence[Box]) -> _Along:
    """Return the place at y = 0."""
    shares = {}
    for i, box in enumerate(boxes):
        half = np.minimum(2 * rows.thick, box.reach)
        shares[i] = (2 * box.reach - half) * half
    return _Along(0 * rows.thick, 0, shares)


def _where_reaches_end(rows: _Rows, lowest: Integers, boxes: Sequence[Box]) -> Iterator[_Along]:
    """Yield places along y; shapes can be no lower than `lowest`."""
    for reach in sorted({box.reach for box in boxes}):
        yield _along_y(rows, 0 * rows.thick + reach, reach, boxes)._replace(able=reach >= lowest)


def _where_boxes_end(rows: _Rows, nearest: Integers, boxes: Sequence[Box]) -> Iterator[_Along]:
    """Yield places along x; shapes can be no nearer than `nearest`."""
    for end in sorted({box.width for box in boxes}):
        x = 2 * (rows.long + end)
        yield _along_x(rows, x, end, boxes)._replace(able=x >= nearest)


def _along_y(rows: _Rows, y: Integers, end: int, boxes: Sequence[Box]) -> _Along:
    """Return places on one side of the hub's middle, with the integrals of what is left of reaches."""
    shares = {
        i: 4 * rows.thick * np.maximum(0, box.reach - y) for i, box in enumerate(boxes) if box.reach > end
    }
    return _Along(y, end, shares)


def _along_x(rows: _Rows, x: Integers, end: int, boxes: Sequence[Box]) -> _Along:
    """Return places along x, with how much of shapes is in boxes (half tiles)."""
    shares = {}
    for i, box in enumerate(boxes):
        if box.width > end:
            both = 2 * np.minimum(rows.long, box.width)
            shares[i] = np.maximum(0, np.minimum(both, rows.long + box.width - x // 2))
    return _Along(x, end, shares)


class _Place(NamedTuple):
    """Where shapes may be, and whether they can be."""

    width: _Along
    height: _Along
    able: bool | Integers


def _least_on(
    wire: Integers, lines: Sequence[tuple[bool | Integers, Sequence[_Place]]], boxes: Sequence[Box]
) -> Integers:
    """Return what shapes pay at least on lines of places where they can be; on the first one they all can."""
    least = _least_of(wire, lines[0][1], boxes)
    for able, places in lines[1:]:
        np.minimum(least, _least_of(wire, places, boxes), out=least, where=able)
    return least


def _least_of(wire: Integers, places: Sequence[_Place], boxes: Sequence[Box]) -> Integers:
    """Return what shapes pay at least where they can be; at the first place they all can."""
    least = _paid(wire, places[0], boxes)
    for place in places[1:]:
        end = place.height.end
        if end and end not in {boxes[box].reach for box in place.width.shares}:
            continue  # of the boxes that are left along x none ends there
        if (wire * (place.width.at + place.height.at) < least).any():
            least = np.minimum(least, np.where(place.able, _paid(wire, place, boxes), least))
    return least


def _paid(wire: Integers, place: _Place, boxes: Sequence[Box]) -> Integers:
    """Return what shapes pay for wire and boxes at a place."""
    width, height, _ = place
    costs = wire * (width.at + height.at)
    paid = 0 * costs
    for box in width.shares.keys() & height.shares.keys():
        paid = paid + boxes[box].price * width.shares[box] * height.shares[box]
    # half tiles by quarters by quarters, and SCALE = 4: an eighth, rounded down
    found: Integers = costs + paid // 8
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
