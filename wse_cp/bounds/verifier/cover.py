"""Covers: stars that share the edges of a network (docs/bounds.md, section 10), read and checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from wse_cp.bounds.verifier.boxes import Box
from wse_cp.bounds.verifier.fields import integer, listed
from wse_cp.bounds.verifier.forests import Forest, check_forests, forest_prices, read_forests
from wse_cp.bounds.verifier.reading import CertificateError, ceil_div, quote
from wse_cp.instance import Instance

#: Demands and shares of a flow are given in 1 / WHOLE.
WHOLE = 1000
#: Entries of a star: the first ones, with refunds, with a flow, with demands and boxes.
_PLAIN, _REFUNDED, _FLOWING, _BOXED = 11, 13, 14, 16
#: Most boxes of a star: places to be looked at grow with the square of their number.
_MOST_BOXES = 16


@dataclass(frozen=True)
class CoverStar:
    """A hub with its leaves. Kernels by their places among all names, sorted.

    Weight, prices and eta are in 1 / unit of the certificate.
    """

    hub: int
    weight: int  #: of each of its edges, in wires
    price: int  #: for a tile of the hub
    leaves: tuple[int, ...]
    prices: tuple[int, ...]  #: for a tile of each leaf
    ranks_x: tuple[int, ...]  #: prices of ranks beside pairs, along x: one for each two leaves, rounded up
    ranks_y: tuple[int, ...]  #: the same along y
    eta: int  #: what the free leaf of a pair pays to the other one; may be negative
    both_x: tuple[int, ...]  #: prices of ranks along x where both stacks are priced
    both_y: tuple[int, ...]  #: the same along y
    reach: int  #: how far the room around the hub reaches, in quarters of a tile
    room: int  #: price of the room, for a tile of area and a tile of distance
    refund: int = 0  #: what is given back for a tile of the hub's thickness
    refunds: tuple[int, ...] = ()  #: the same for each leaf; none are 0
    flow: tuple[tuple[int, int, int], ...] = ()  #: from, to, share (1 / WHOLE); none: leaves are neighbours
    demands: tuple[int, ...] = ()  #: how often the weight counts at each leaf (1 / WHOLE); none: once
    boxes: tuple[Box, ...] = ()  #: around the hub

    def sizes(self) -> Iterator[tuple[int, int, int]]:
        """Yield each kernel with its price and its refund."""
        yield self.hub, self.price, self.refund
        yield from zip(self.leaves, self.prices, self.refunds or (0,) * len(self.leaves), strict=True)

    def ways(self) -> tuple[tuple[int, int, int], ...]:
        """Return the flow from the hub to its leaves."""
        return self.flow or tuple((self.hub, leaf, WHOLE) for leaf in self.leaves)


@dataclass(frozen=True)
class Cover:
    """Stars, and the price of a tile of area (1 / unit) that is shared out among them and forests."""

    area: int
    stars: tuple[CoverStar, ...]
    forests: tuple[Forest, ...] = ()


def read_covers(
    found: object, forests: bool = False, flows: bool = False, boxes: bool = False
) -> tuple[Cover, ...]:
    """Return the covers of a certificate; whether they fit the instance is not yet known.

    `forests` tells whether they have forests, and their stars refunds; `flows` whether these have flows too,
    `boxes` whether they have demands and boxes besides.
    """
    keys = ("area", "stars", "forests") if forests else ("area", "stars")
    covers = []
    for entry in listed(found, "covers"):
        if not isinstance(entry, dict) or set(entry) != set(keys):
            raise CertificateError(f"a cover is not an object with the keys {', '.join(keys)}")
        area = integer(entry["area"], "the area of a cover", 0)
        entries = _BOXED if boxes else _FLOWING if flows else _REFUNDED if forests else _PLAIN
        stars = tuple(_star(star, entries) for star in listed(entry["stars"], "the stars of a cover"))
        covers.append(Cover(area, stars, read_forests(entry["forests"]) if forests else ()))
    return tuple(covers)


def _star(found: object, many: int) -> CoverStar:
    entries = listed(found, "a star of a cover", many)
    hub, weight, price, pairs, *ranks, eta, both_x, both_y, reach, room = entries[:11]
    leaves = listed(pairs, "the leaves of a star")
    if len(leaves) % 2:
        raise CertificateError(f"the leaves of a star are {len(leaves)} numbers, not a price for each leaf")
    numbers = _integers(leaves[::2], "a leaf of a star")
    most = ceil_div(len(numbers), 2)
    along_x, along_y = (_ranks(own, axis, most) for own, axis in zip(ranks, "xy", strict=True))
    star = CoverStar(
        integer(hub, "the hub of a star", 0),
        integer(weight, "the weight of a star", 0),
        integer(price, "the price of a hub", 0),
        numbers,
        _integers(leaves[1::2], "the price of a leaf"),
        along_x,
        along_y,
        integer(eta, "the eta of a star"),
        _ranks(both_x, "x, for both stacks,", most),
        _ranks(both_y, "y, for both stacks,", most),
        integer(reach, "the reach of a star's room", 0),
        integer(room, "the price of a star's room", 0),
    )
    if many == _PLAIN:
        return star
    refunds = listed(entries[12], "the refunds of a star's leaves", len(numbers))
    star = replace(
        star,
        refund=integer(entries[11], "the refund of a hub", 0),
        refunds=_integers(refunds, "the refund of a leaf"),
        flow=_threes(entries[13], "the flow of a star", "way") if many >= _FLOWING else (),
    )
    if many < _BOXED:
        return star
    boxes = tuple(Box(*box) for box in _threes(entries[15], "the boxes of a star", "box"))
    if len(boxes) > _MOST_BOXES:
        raise CertificateError(f"a star has {len(boxes)} boxes, more than {_MOST_BOXES}")
    return replace(star, demands=_demands(entries[14], star), boxes=boxes)


def _threes(found: object, what: str, one: str) -> tuple[tuple[int, int, int], ...]:
    numbers = _integers(listed(found, what), f"a number of {what}")
    if len(numbers) % 3:
        raise CertificateError(f"{what}: {len(numbers)} numbers, not three for each {one}")
    return tuple(zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True))


def _demands(found: object, star: CoverStar) -> tuple[int, ...]:
    """Return the demands of a star's leaves; if there are any, its ranks have no prices."""
    demands = _integers(listed(found, "the demands of a star"), "a demand of a star")
    if not demands:
        return ()
    if len(demands) != len(star.leaves):
        raise CertificateError(f"a star has {len(demands)} demands and {len(star.leaves)} leaves")
    if not star.flow:
        raise CertificateError("a star has demands, but no flow")
    if any(map(any, (star.ranks_x, star.ranks_y, star.both_x, star.both_y))):
        raise CertificateError("a star has demands, and prices of ranks")
    return demands


def _ranks(found: object, axis: str, most: int) -> tuple[int, ...]:
    """Return the prices of ranks, 0 for those that are missing."""
    what = f"the list of a star's ranks along {axis}"
    prices = _integers(listed(found, what), "the price of a rank")
    if len(prices) > most:
        raise CertificateError(f"{what} has {len(prices)} entries, more than {most}")
    return prices + (0,) * (most - len(prices))


def _integers(found: list[object], what: str) -> tuple[int, ...]:
    return tuple([integer(value, what, 0) for value in found])


class CoverRules:
    """What a cover must keep to, for one instance."""

    def __init__(self, instance: Instance) -> None:
        self._names = sorted(instance.kernels)
        number = {name: i for i, name in enumerate(self._names)}
        self._edges = {(number[u], number[v]): count for u, v, count in instance.kernel_edges}
        self._wires: dict[tuple[int, int], int] = {}
        for edge, count in self._edges.items():
            pair = _ordered(*edge)
            self._wires[pair] = self._wires.get(pair, 0) + count

    def check(self, cover: Cover, share: int) -> None:
        """Raise a `CertificateError` unless a cover is one of the instance.

        Parameters
        ----------
        share
            What the weights at an edge may sum to, for each of its wires (1 / unit).
        """
        for star in cover.stars:
            self._check_star(star)
        for pair, weight in _weights(cover.stars).items():
            if weight > WHOLE * share * self._wires[pair]:
                ends = f"{self._name(pair[0])} and {self._name(pair[1])}"
                most = quote(share * self._wires[pair])
                raise CertificateError(
                    f"a cover's weights at the edge of {ends} sum to {quote(-(-weight // WHOLE))}, "
                    f"more than {most}"
                )
        check_forests(cover.forests, self._edges, self._names)
        self._check_prices(cover)

    def _check_prices(self, cover: Cover) -> None:
        """Raise a `CertificateError` unless each kernel's prices are shares of what there is."""
        area, thickness = cover_prices(cover)
        for kernel, price in area.items():
            if price > cover.area:
                raise CertificateError(
                    f"a cover's prices of {self._name(kernel)} sum to {quote(price)}, "
                    f"more than its area {quote(cover.area)}"
                )
        for kernel, rest in thickness.items():
            if rest < 0:
                raise CertificateError(
                    f"a cover's forests ask {quote(-rest)} more for the thickness of {self._name(kernel)} "
                    "than its stars give back"
                )

    def _check_star(self, star: CoverStar) -> None:
        for kernel in (star.hub, *star.leaves, *(end for u, v, _ in star.flow for end in (u, v))):
            if kernel >= len(self._names):
                raise CertificateError(
                    f"a star has kernel {quote(kernel)}; there are {len(self._names)}, numbered from 0"
                )
        hub = self._name(star.hub)
        if len(set(star.leaves)) < len(star.leaves):
            raise CertificateError(f"the star of {hub} has a leaf twice")
        for leaf in star.leaves:
            if leaf == star.hub:
                raise CertificateError(f"the star of {hub} has its hub as a leaf")
            if not star.flow and _ordered(star.hub, leaf) not in self._wires:
                raise CertificateError(f"the star's hub {hub} and leaf {self._name(leaf)} are not joined")
        if star.flow:
            self._check_flow(star)

    def _check_flow(self, star: CoverStar) -> None:
        """Raise a `CertificateError` unless a flow goes along edges, and all of it to the leaves."""
        hub = self._name(star.hub)
        brought = dict.fromkeys(star.leaves, 0)
        demands = dict(zip(star.leaves, star.demands or (WHOLE,) * len(star.leaves), strict=True))
        for u, v, share in star.flow:
            if _ordered(u, v) not in self._wires:
                raise CertificateError(
                    f"the flow of {hub} goes from {self._name(u)} to {self._name(v)}, which are not joined"
                )
            brought[u] = brought.get(u, 0) - share
            brought[v] = brought.get(v, 0) + share
        for kernel, found in brought.items():
            due = demands.get(kernel, 0)
            if found != due and kernel != star.hub:
                raise CertificateError(
                    f"the flow of {hub} brings {quote(found)} thousandths to {self._name(kernel)}, not {due}"
                )

    def _name(self, kernel: int) -> str:
        return quote(self._names[kernel])


def cover_prices(cover: Cover) -> tuple[dict[int, int], dict[int, int]]:
    """Return two sums by kernel (1 / unit), of prices of area and of what is left of refunds.

    That is how much more stars give back for a tile of its thickness than forests ask. Stars without leaves
    give nothing back.
    """
    areas: dict[int, int] = {}
    rests: dict[int, int] = {}
    for star in cover.stars:
        for kernel, price, refund in star.sizes():
            areas[kernel] = areas.get(kernel, 0) + price
            rests[kernel] = rests.get(kernel, 0) + (refund if star.leaves else 0)
    for kernel, (price, thickness) in forest_prices(cover.forests).items():
        areas[kernel] = areas.get(kernel, 0) + price
        rests[kernel] = rests.get(kernel, 0) - thickness
    return areas, rests


def _weights(stars: Sequence[CoverStar]) -> dict[tuple[int, int], int]:
    """Return the sum of weights at each edge, times what stars' flows take there (1 / unit / WHOLE)."""
    weights: dict[tuple[int, int], int] = {}
    for star in stars:
        for u, v, share in star.ways():
            pair = _ordered(u, v)
            weights[pair] = weights.get(pair, 0) + share * star.weight
    return weights


def _ordered(u: int, v: int) -> tuple[int, int]:
    return (u, v) if u < v else (v, u)
