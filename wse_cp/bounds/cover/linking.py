"""How stars and forests come to agree on the kernels' thicknesses.

Forests ask prices for them that stars give back. Prices are Lagrange multipliers. Where forests choose a
kernel thicker than stars do on average, its price rises; where it is thicker in one forest than in the others
its part there rises; where it is thicker in one star than in the others it gets less back there.
"""

from __future__ import annotations

import numpy as np

from wse_cp.bounds.cover.cover import Stars
from wse_cp.bounds.cover.forests import Forests
from wse_cp.bounds.cover.values import CoverValue, Links, Shares
from wse_cp.shapes.arrays import FloatArray

#: What a tile of thickness costs at first, as a share of what it costs with all neighbours beside the kernel.
_FIRST = 0.3
#: The first part of all forests in the price of area.
_AREA = 0.1


def with_forests(shares: Shares, stars: Stars, forests: Forests) -> Shares:
    """Return shares to begin with where adapters are to count, from others where they do not."""
    members = forests.members
    parts = members / np.maximum(members.sum(axis=0), 1)
    hubs, leaves, areas = stars.normed(shares.hubs, shares.leaves, _AREA * parts)
    degrees = stars.degrees * members.any(axis=0)
    prices = _FIRST * stars.instance.settings.wlength / 2 * degrees
    own = stars.shared(shares.weights)
    return Shares(shares.area, shares.weights, hubs, leaves, areas, Links(prices, *own, parts), shares.boxes)


def moved(links: Links, stars: Stars, found: CoverValue, step: float) -> Links:
    """Return prices and parts after a step of a certain length towards agreement."""
    if not len(links.forests):
        return links
    hubs, leaves, forests = found.hub_sizes[1], found.leaf_sizes[1], found.forest_sizes[:, 1]
    given = np.maximum(stars.sums(links.hubs * hubs, links.leaves * leaves), 1e-9)
    asked = np.maximum((links.forests * forests).sum(axis=0), 1e-9)
    prices = links.prices * factor(asked, given, (asked + given) / 2, step)
    parts = stars.normed(
        links.hubs * factor(given[stars.hubs], hubs, given[stars.hubs], step),
        links.leaves * factor(given[stars.leaves], leaves, given[stars.leaves], step),
        np.zeros_like(links.forests),
    )
    own = links.forests * factor(forests, asked, np.maximum(asked, 1.0), step)
    total = own.sum(axis=0)
    return Links(prices, *parts[:2], own / np.where(total > 0, total, 1.0))


def factor(more: FloatArray, less: FloatArray, usual: FloatArray, step: float) -> FloatArray:
    """Return by what to multiply where one amount is larger than another (exponentiated gradient)."""
    return np.asarray(np.exp(step * np.clip((more - less) / usual, -1, 1)), float)
