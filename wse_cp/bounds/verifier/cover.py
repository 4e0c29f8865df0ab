"""Covers: stars that share the edges of a network (docs/bounds.md, section 10), read and checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wse_cp.bounds.verifier.fields import integer, listed
from wse_cp.bounds.verifier.reading import CertificateError, ceil_div, quote
from wse_cp.instance import Instance


@dataclass(frozen=True)
class CoverStar:
    """A hub with some of its neighbours. Kernels by their places among all names, sorted.

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


@dataclass(frozen=True)
class Cover:
    """Stars, and the price of a tile of area (1 / unit) that is shared out among them."""

    area: int
    stars: tuple[CoverStar, ...]


def read_covers(found: object) -> tuple[Cover, ...]:
    """Return the covers of a certificate; whether they fit the instance is not yet known."""
    covers = []
    for entry in listed(found, "covers"):
        if not isinstance(entry, dict) or set(entry) != {"area", "stars"}:
            raise CertificateError("a cover is not an object with the keys area, stars")
        area = integer(entry["area"], "the area of a cover", 0)
        covers.append(Cover(area, tuple(map(_star, listed(entry["stars"], "the stars of a cover")))))
    return tuple(covers)


def _star(found: object) -> CoverStar:
    hub, weight, price, pairs, *ranks, eta, both_x, both_y, reach, room = listed(
        found, "a star of a cover", 11
    )
    leaves = listed(pairs, "the leaves of a star")
    if len(leaves) % 2:
        raise CertificateError(f"the leaves of a star are {len(leaves)} numbers, not a price for each leaf")
    numbers = _integers(leaves[::2], "a leaf of a star")
    most = ceil_div(len(numbers), 2)
    along_x, along_y = (_ranks(own, axis, most) for own, axis in zip(ranks, "xy", strict=True))
    return CoverStar(
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
        self._wires: dict[tuple[int, int], int] = {}
        for source, target, count in instance.kernel_edges:
            pair = _ordered(number[source], number[target])
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
            if weight > share * self._wires[pair]:
                ends = f"{self._name(pair[0])} and {self._name(pair[1])}"
                most = quote(share * self._wires[pair])
                raise CertificateError(
                    f"a cover's weights at the edge of {ends} sum to {quote(weight)}, more than {most}"
                )
        for kernel, price in star_prices(cover.stars).items():
            if price > cover.area:
                raise CertificateError(
                    f"a cover's prices of {self._name(kernel)} sum to {quote(price)}, "
                    f"more than its area {quote(cover.area)}"
                )

    def _check_star(self, star: CoverStar) -> None:
        for kernel in (star.hub, *star.leaves):
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
            if _ordered(star.hub, leaf) not in self._wires:
                raise CertificateError(f"the star's hub {hub} and leaf {self._name(leaf)} are not joined")

    def _name(self, kernel: int) -> str:
        return quote(self._names[kernel])


def star_prices(stars: Sequence[CoverStar]) -> dict[int, int]:
    """Return what all stars together ask for a tile of each of their kernels (1 / unit)."""
    prices: dict[int, int] = {}
    for star in stars:
        for kernel, price in ((star.hub, star.price), *zip(star.leaves, star.prices, strict=True)):
            prices[kernel] = prices.get(kernel, 0) + price
    return prices


def _weights(stars: Sequence[CoverStar]) -> dict[tuple[int, int], int]:
    """Return the sum of weights at each edge (1 / unit)."""
    weights: dict[tuple[int, int], int] = {}
    for star in stars:
        for leaf in star.leaves:
            pair = _ordered(star.hub, leaf)
            weights[pair] = weights.get(pair, 0) + star.weight
    return weights


def _ordered(u: int, v: int) -> tuple[int, int]:
    return (u, v) if u < v else (v, u)
