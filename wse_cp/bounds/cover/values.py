"""What a cover gives to stars and forests, before and after rounding, and what it is worth."""

from __future__ import annotations

from typing import NamedTuple

from wse_cp.shapes.arrays import FloatArray


class Boxes(NamedTuple):
    """Boxes around the hubs of stars, that are to be improved."""

    state: FloatArray  #: reach, price, smoothed subgradient (stars x `BOXES` x 3)
    steps: FloatArray  #: how far prices move (one a star)


class Cover(NamedTuple):
    """What the stars and forests of a network are given; arrays as long as stars, or as all their leaves."""

    area: float  #: cost per tile of area
    weights: FloatArray  #: share of each star in its edges, as a multiplicity
    hub_prices: FloatArray  #: cost per tile of area of each star's hub
    leaf_prices: FloatArray  #: cost per tile of area of each leaf
    hub_refunds: FloatArray  #: what is given back for a tile of thickness of each star's hub
    leaf_refunds: FloatArray  #: the same for each leaf
    forest_prices: FloatArray  #: cost per tile of area and of thickness (forests x 2 x kernels)
    boxes: Boxes


class Links(NamedTuple):
    """Prices of thickness that forests ask and stars give back, before they are rounded."""

    prices: FloatArray  #: cost per tile of each kernel's thickness
    hubs: FloatArray  #: part of each star's hub; those of a kernel sum to 1
    leaves: FloatArray  #: part of each leaf
    forests: FloatArray  #: part of each forest (forests x kernels); those of a kernel sum to 1


class Shares(NamedTuple):
    """A cover before it is rounded: the parts that stars and forests have in the price of kernels' area."""

    area: float  #: cost per tile of area
    weights: FloatArray  #: share of each star in its edges, as a multiplicity
    hubs: FloatArray  #: part of each star's hub; those of a kernel and its parts in forests sum to 1
    leaves: FloatArray  #: part of each leaf
    forests: FloatArray  #: part of each forest (forests x kernels)
    links: Links
    boxes: Boxes


class CoverValue(NamedTuple):
    """The bound of wire and adapters under a cover, and what is cheapest then."""

    value: float
    wires: FloatArray  #: cost of each star's wire for a weight of 1; 0 of stars without weight
    hub_sizes: FloatArray  #: area and thickness (2 x stars, tiles)
    leaf_sizes: FloatArray  #: the same (2 x leaves)
    forest_sizes: FloatArray  #: the same (forests x 2 x kernels)
    rest: float  #: tiles at the price of area that no star's and no forest's kernels take
    ranks: FloatArray  #: prices of ranks (4 x leaves), see `stars`
    others: FloatArray  #: other prices of each star (stars x 3)
    boxes: FloatArray  #: around each star's hub: width, reach, price (stars x `BOXES` x 3)
    better: Boxes  #: to go on with


class Reaching(NamedTuple):
    """A star whose leaves are reached by a flow along the edges of the network (kernels by their places)."""

    hub: int
    leaves: tuple[int, ...]
    demands: tuple[int, ...]  #: how often the star's weight counts at each leaf, in 1 / WHOLE; none: once
    flow: tuple[tuple[int, int, int], ...]  #: from, to, share of the star's weight in 1 / WHOLE


#: Demands and shares of flows are in 1 / WHOLE.
WHOLE = 1000
