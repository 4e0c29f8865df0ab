"""Forests: edges whose adapters a cover counts (docs/bounds.md, section 10), read and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wse_cp.bounds.verifier.fields import integer, listed
from wse_cp.bounds.verifier.reading import CertificateError, quote

Edge = tuple[int, int]


@dataclass(frozen=True)
class Forest:
    """Edges without a cycle. Kernels by their places among all names, sorted; prices in 1 / unit."""

    edges: tuple[Edge, ...]  #: producer, consumer
    prices: dict[int, tuple[int, int]]  #: for a tile of a kernel's area, and for one of its thickness


def read_forests(found: object) -> tuple[Forest, ...]:
    """Return the forests of a cover; whether they fit the instance is not yet known."""
    return tuple(_forest(entry) for entry in listed(found, "the forests of a cover"))


def _forest(found: object) -> Forest:
    edges, prices = listed(found, "a forest of a cover", 2)
    ends = _numbers(edges, "the edges of a forest", 2)
    rows = _numbers(prices, "the prices of a forest", 3)
    kernels = rows[::3]
    if len(set(kernels)) < len(kernels):
        raise CertificateError("a forest has two prices of one kernel")
    pairs = zip(ends[::2], ends[1::2], strict=True)
    return Forest(tuple(pairs), dict(zip(kernels, zip(rows[1::3], rows[2::3], strict=True), strict=True)))


def _numbers(found: object, what: str, each: int) -> list[int]:
    numbers = [integer(value, f"a number in {what}", 0) for value in listed(found, what)]
    if len(numbers) % each:
        raise CertificateError(f"{what} are {len(numbers)} numbers, not {each} for each")
    return numbers


def check_forests(forests: Sequence[Forest], counts: Mapping[Edge, int], names: Sequence[str]) -> None:
    """Raise a `CertificateError` unless forests are some of a network.

    An edge may be in one of them only; kernels with prices are to be in the forest.

    Parameters
    ----------
    counts
        The multiplicity of each counted edge.
    """
    used: set[Edge] = set()
    for forest in forests:
        joined: dict[int, int] = {}
        for edge in forest.edges:
            ends = " and ".join(quote(names[v]) if v < len(names) else quote(v) for v in edge)
            if edge not in counts:
                raise CertificateError(f"a forest has an edge of {ends}, which is none of the network")
            if edge in used:
                raise CertificateError(f"forests have the edge of {ends} twice")
            used.add(edge)
            roots = [_root(joined, v) for v in edge]
            if roots[0] == roots[1]:
                raise CertificateError(f"a forest has a cycle through the edge of {ends}")
            joined[roots[0]] = roots[1]
        for kernel in forest.prices:
            if kernel not in joined:
                raise CertificateError(f"a forest has prices of kernel {quote(kernel)}, but no edge of it")


def _root(joined: dict[int, int], kernel: int) -> int:
    """Return what stands for all that a kernel is joined with."""
    joined.setdefault(kernel, kernel)
    while joined[kernel] != kernel:
        joined[kernel] = joined[joined[kernel]]
        kernel = joined[kernel]
    return kernel


def forest_prices(forests: Sequence[Forest]) -> dict[int, tuple[int, int]]:
    """Return what all forests together ask for a tile of each kernel's area and thickness (1 / unit)."""
    sums: dict[int, tuple[int, int]] = {}
    for forest in forests:
        for kernel, (area, thickness) in forest.prices.items():
            known = sums.get(kernel, (0, 0))
            sums[kernel] = known[0] + area, known[1] + thickness
    return sums
