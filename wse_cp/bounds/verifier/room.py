"""What the leaves of stars pay for the room around their hubs (docs/bounds.md, section 10: E).

For a shape of a leaf of area a, in one class, d is at least D and the cost is the greater part of a minimum
over two values of d: at D, or where the leaf leaves the room (theta - kappa), if that is farther. Both start
with the wire up to D. From there to the end of the room a tile of wire costs beta * c and saves rho * a: so
each tile that lies between costs the lesser of the two. Leaves of Z need not be looked at: where the hub's
height is its least extent, those of Y have no greater D and no lesser kappa; else those of X. Distances are
in quarters of a tile, costs in 1 / (SCALE * unit of the certificate).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wse_cp.bounds.verifier.reading import Integers, ceil_div
from wse_cp.bounds.verifier.rectangles import Extents


class LeafShapes(NamedTuple):
    """The shapes of leaves, those of a leaf one after the other; each an array by shape."""

    width: Integers
    height: Integers
    tiles: Integers  #: what area and thickness of the shape cost
    wire: Integers  #: what a quarter of a tile of wire costs
    room: Integers  #: price of the room
    reach: Integers  #: how far it reaches, quarters of a tile


def least_in_room(shapes: LeafShapes, hub: Extents, first: Integers) -> Integers:
    """Return what leaves pay at least, by leaf and by shape of the hub.

    Parameters
    ----------
    hub
        Widths and heights of the hub's shapes (tiles).
    first
        The first shape of each leaf.
    """
    width, height = shapes.width, shapes.height
    saved = np.minimum(shapes.wire, shapes.room * width * height)[:, None]
    kept = shapes.wire[:, None] - saved

    def across(near: Integers, of_hub: Integers, end: Integers) -> Integers:
        """Return what shapes cost whose distance is at least the sum of two parts (half tiles)."""
        distance = (2 * near)[:, None] + 2 * of_hub
        far: Integers = np.maximum(distance, end[:, None])
        far *= saved
        distance *= kept
        far += distance
        return far

    least = across(height, hub[1], shapes.reach - width)
    np.minimum(least, across(width, hub[0], shapes.reach - height), out=least)
    least += shapes.tiles[:, None]
    found: Integers = np.minimum.reduceat(least, first, axis=0)
    return found


def whole_room(reach: int, room: int, width: int, height: int) -> int:
    """Return the price of the whole room on a wafer of some tiles, its hub in the middle, rounded up."""
    # in quarters of a tile; what is beyond half the width, beyond half the height, beyond both
    beyond = 2 * width, 2 * height, 2 * (width + height)
    out_x, out_y, out_both = (max(0, reach - edge) ** 3 for edge in beyond)
    # SCALE / 64 * 2 / 3, as reach is 4 theta
    price: int = ceil_div(room * (reach**3 - out_x - out_y + out_both), 24)
    return price


def room_of_hub(hub: Extents, reach: Integers, room: Integers) -> Integers:
    """Return the price of what hubs take of the room, by star and shape (at least)."""
    width, height = hub
    price: Integers = room[:, None] * (width * height * np.maximum(0, reach[:, None] - (width + height)))
    return price
