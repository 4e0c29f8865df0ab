"""Walk through a proof tree: every decision has both its sides, every leaf proves the claim."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import gcd

from wse_cp.bounds.verifier.certificate import instance_digest
from wse_cp.bounds.verifier.proof_leaf import Place, check_leaf, sieved, weights_of
from wse_cp.bounds.verifier.proof_shapes import COLUMNS, DIRECTED, shapes_of
from wse_cp.bounds.verifier.proof_text import (
    AxisNode,
    Leaf,
    OrderNode,
    ProofText,
    ShapeNode,
    SieveNode,
    TimeNode,
    TreeNode,
)
from wse_cp.bounds.verifier.reading import CertificateError, Ended, EndedError
from wse_cp.instance import Instance

#: More kernels, or a longer side of the wafer, are not looked at.
MOST_KERNELS, LONGEST_SIDE = 6, 64
#: The most shapes that places which wait for their turn may have, all together.
MOST_WAITING = 1 << 25


def check_proof(instance: Instance, proof: ProofText, ended: Ended) -> Fraction:
    """Return the bound that a proof tree claims.

    Raises
    ------
    CertificateError
        If it does not prove it, or is for another instance.
    EndedError
        If it was to end early.
    """
    if proof.instance != instance_digest(instance):
        raise CertificateError("the certificate is for another instance")
    if (
        len(instance.kernels) > MOST_KERNELS
        or max(instance.settings.width, instance.settings.height) > LONGEST_SIDE
    ):
        raise CertificateError("a proof tree is for few kernels on a small wafer")
    target = _target(instance, proof)
    weights = weights_of(instance, proof.unit)
    shapes = tuple(shapes_of(instance, name) for name in sorted(instance.kernels))
    waiting, nodes = _Waiting(), iter(proof.nodes)
    waiting.put(Place(shapes, 0, {}, {}, False))
    while waiting.places:
        if ended():
            raise EndedError
        place, node = waiting.take(), next(nodes, None)
        if node is None:
            raise CertificateError("the tree ends too early")
        if isinstance(node, Leaf):
            check_leaf(weights, place, node, target, ended)
        elif isinstance(node, SieveNode):
            waiting.put(sieved(weights, place, node.multipliers, target))
        else:
            waiting.put(*reversed(list(_sides(instance, place, node))))
    if next(nodes, None) is not None:
        raise CertificateError("the tree has nodes left over")
    return proof.bound


class _Waiting:
    """The places to which no node has been read yet, the next one last."""

    def __init__(self) -> None:
        self.places: list[Place] = []
        self._shapes = 0  # of all these places

    def put(self, *places: Place) -> None:
        """Add places; raises `CertificateError` if there are too many shapes to be kept."""
        self.places += places
        self._shapes += sum(map(_shapes_left, places))
        if self._shapes > MOST_WAITING:
            raise CertificateError("the tree leaves too many shapes waiting")

    def take(self) -> Place:
        """Remove and return the place that was added last."""
        place = self.places.pop()
        self._shapes -= _shapes_left(place)
        return place


def _shapes_left(place: Place) -> int:
    return sum(map(len, place.shapes))


def _target(instance: Instance, proof: ProofText) -> int:
    """Return what each leaf has to reach, in 1 / unit cost units.

    All costs are multiples of a step, so a little more than the multiple before the claim is enough.
    """
    settings, scale = instance.settings, instance.time_scale
    step = gcd(2 * settings.wdeltat, settings.wlength * scale, 2 * settings.wadapter * scale)
    claim = proof.bound * 2 * scale
    if not step:
        return int(claim > 0)
    steps = -(-claim.numerator // (claim.denominator * step))
    return (steps - 1) * step * proof.unit + 1


def _sides(instance: Instance, place: Place, node: TreeNode) -> Iterator[Place]:
    """Yield the sides of a decision that have to be looked at."""
    if isinstance(node, TimeNode):
        yield replace(place, shapes=tuple(rows[rows[:, 2] < node.value] for rows in place.shapes))
        yield replace(place, start=max(place.start, node.value))
    elif isinstance(node, ShapeNode):
        yield from _by_shape(place, node)
    elif isinstance(node, AxisNode):
        _check_pair(place, node.pair)
        if node.pair in place.axes:
            raise CertificateError("the axis of a pair is decided twice")
        if node.swapped and (place.directed or instance.settings.width != instance.settings.height):
            raise CertificateError("a decision claims a symmetry of the axes that is not there")
        for axis in (0,) if node.swapped else (0, 1):
            yield replace(place, axes={**place.axes, node.pair: axis}, directed=True)
    elif isinstance(node, OrderNode):
        yield from _by_order(place, node)


def _by_shape(place: Place, node: ShapeNode) -> Iterator[Place]:
    kernel, column = node.kernel, node.column
    if not (0 <= kernel < len(place.shapes) and 0 <= column < COLUMNS):
        raise CertificateError("a decision is about a kernel or an attribute that is not there")
    rows, directed = place.shapes[kernel], place.directed or column in DIRECTED
    low = rows[:, column] <= node.value
    for part in (rows[low], rows[~low]):
        shapes = (*place.shapes[:kernel], part, *place.shapes[kernel + 1 :])
        yield replace(place, shapes=shapes, directed=directed)


def _by_order(place: Place, node: OrderNode) -> Iterator[Place]:
    _check_pair(place, node.pair)
    if place.axes.get(node.pair) != node.axis or node.pair in place.orders:
        raise CertificateError(
            "the order of a pair is decided that is not disjoint along that axis, or twice"
        )
    if node.mirrored and any(place.axes[pair] == node.axis for pair in place.orders):
        raise CertificateError("a decision claims a symmetry of directions that is not there")
    for first in node.pair[:1] if node.mirrored else node.pair:
        yield replace(place, orders={**place.orders, node.pair: first})


def _check_pair(place: Place, pair: tuple[int, int]) -> None:
    if not 0 <= pair[0] < pair[1] < len(place.shapes):
        raise CertificateError("a decision is about a pair of kernels that is not there")
