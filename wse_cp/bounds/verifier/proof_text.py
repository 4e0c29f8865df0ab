"""A proof tree as a value: its JSON object, form and digest checked (docs/bounds.md, "Proof by search")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NamedTuple

from wse_cp.bounds.verifier.certificate import content_digest
from wse_cp.bounds.verifier.reading import CertificateError, quote

FORMAT = "wse-cp proof tree"
VERSION = 1
KEYS = ("format", "version", "instance", "unit", "nodes", "bound", "sha256")
#: The most nodes of a tree that is read.
MOST_NODES = 200_000


class TimeNode(NamedTuple):
    """Decision: the largest time is below `value` (1 / time_scale cycles), or not."""

    value: int


class ShapeNode(NamedTuple):
    """Decision: an attribute of a kernel's shape is at most `value`, or larger."""

    kernel: int
    column: int
    value: int


class AxisNode(NamedTuple):
    """Decision: two kernels are disjoint along x, or along y (not looked at if `swapped`)."""

    pair: tuple[int, int]
    swapped: bool


class OrderNode(NamedTuple):
    """Decision: of two kernels disjoint along an axis the first comes first, or not (`mirrored`: yes)."""

    pair: tuple[int, int]
    axis: int
    mirrored: bool


class Leaf(NamedTuple):
    """Multipliers; in a leaf with a kernel that has no shape left there are none."""

    times: tuple[int, ...] = ()
    area: int = 0
    flows: tuple[tuple[int, ...], ...] = ()
    orders: tuple[tuple[int, ...], ...] = ()
    cliques: tuple[tuple[int, tuple[int, ...], int], ...] = ()
    #: by the number of a wire and of a split: an amount for each value
    potentials: Mapping[tuple[int, int], dict[int, int]] = MappingProxyType({})


class SieveNode(NamedTuple):
    """Shapes with which a placement costs too much are left out."""

    multipliers: Leaf


TreeNode = TimeNode | ShapeNode | AxisNode | OrderNode | SieveNode | Leaf


@dataclass(frozen=True)
class ProofText:
    """All that a proof tree says; its nodes in preorder."""

    instance: str
    unit: int
    nodes: tuple[TreeNode, ...]
    bound: Fraction


def read_proof(found: dict[str, Any]) -> ProofText:
    """Return the proof tree in a JSON object whose format is that of one.

    Raises
    ------
    CertificateError
        If it is malformed or its own digest is wrong.
    """
    for key in KEYS:
        if key not in found:
            raise CertificateError(f"the key {quote(key)} is missing")
    for key in found:
        if key not in KEYS:
            raise CertificateError(f"unknown key {quote(key)}")
    if _whole(found["version"]) != VERSION:
        raise CertificateError(f"version is {quote(found['version'])}, not {VERSION}")
    nodes = _entries(found["nodes"])
    if len(nodes) > MOST_NODES:
        raise CertificateError(f"the tree has more than {MOST_NODES} nodes")
    numerator, denominator = _wholes(found["bound"], 2)
    unit = _whole(found["unit"])
    if unit < 1 or denominator < 1:
        raise CertificateError("the unit, or the denominator of the bound, is less than 1")
    text = found["instance"]
    if not isinstance(text, str):
        raise CertificateError(f"instance is not a string but {quote(text)}")
    proof = ProofText(text, unit, tuple(map(_node, nodes)), Fraction(numerator, denominator))
    if found["sha256"] != content_digest(found):
        raise CertificateError("the digest sha256 does not fit the contents")
    return proof


def _node(found: object) -> TreeNode:
    entries = _entries(found)
    kind = entries[0] if entries else None
    if kind == "time":
        return TimeNode(*_wholes(entries[1:], 1))
    if kind == "shape":
        return ShapeNode(*_wholes(entries[1:], 3))
    if kind == "axis":
        i, j, swapped = _wholes(entries[1:], 3)
        return AxisNode((i, j), bool(_flag(swapped)))
    if kind == "order":
        i, j, axis, mirrored = _wholes(entries[1:], 4)
        return OrderNode((i, j), _flag(axis), bool(_flag(mirrored)))
    if kind == "leaf":
        return _leaf(entries[1:])
    if kind == "sieve":
        return SieveNode(_leaf(entries[1:]))
    raise CertificateError(f"no kind of node: {quote(kind)}")


def _leaf(entries: list[Any]) -> Leaf:
    if not entries:
        return Leaf()
    if len(entries) != 6:
        raise CertificateError(f"a leaf has {len(entries)} entries, not 6")
    times, area, flows, orders, cliques, potentials = entries
    return Leaf(
        _wholes(times),
        _whole(area),
        tuple(_wholes(flow, 5) for flow in _entries(flows)),
        tuple(_wholes(order, 4) for order in _entries(orders)),
        tuple(_clique(clique) for clique in _entries(cliques)),
        dict(_potentials(entry) for entry in _entries(potentials)),
    )


def _potentials(found: object) -> tuple[tuple[int, int], dict[int, int]]:
    entries = _entries(found)
    if len(entries) != 3:
        raise CertificateError(f"potentials have {len(entries)} entries, not 3")
    amounts = [_pair(pair) for pair in _entries(entries[2])]
    return (_whole(entries[0]), _whole(entries[1])), dict(amounts)


def _pair(found: object) -> tuple[int, int]:
    one, other = _wholes(found, 2)
    return one, other


def _clique(found: object) -> tuple[int, tuple[int, ...], int]:
    entries = _entries(found)
    if len(entries) != 3:
        raise CertificateError(f"a clique has {len(entries)} entries, not 3")
    return _flag(_whole(entries[0])), _wholes(entries[1]), _whole(entries[2])


def _flag(value: int) -> int:
    if value not in (0, 1):
        raise CertificateError(f"{quote(value)} is neither 0 nor 1")
    return value


def _entries(found: object) -> list[Any]:
    if not isinstance(found, list):
        raise CertificateError(f"not a list but {quote(found)}")
    return found


def _wholes(found: object, count: int | None = None) -> tuple[int, ...]:
    entries = _entries(found)
    if count is not None and len(entries) != count:
        raise CertificateError(f"{len(entries)} numbers, not {count}")
    return tuple(map(_whole, entries))


def _whole(found: object) -> int:
    if type(found) is not int:
        raise CertificateError(f"not an integer but {quote(found)}")
    return found
