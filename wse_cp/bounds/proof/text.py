"""The certificate of a proof tree (docs/bounds.md, "Proof by search")."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from wse_cp.bounds.proof.prices import Prices
from wse_cp.bounds.proof.region import AxisCut, Cut, OrderCut, ShapeCut, Sieve, TimeCut
from wse_cp.bounds.proof.tree import Node
from wse_cp.bounds.sealing import sealed

FORMAT, VERSION = "wse-cp proof tree", 1


def proof_text(digest: str, unit: int, root: Node, bound: Fraction) -> str:
    """Return a certificate that claims `bound` of the instance with that digest."""
    content: dict[str, object] = {
        "format": FORMAT,
        "version": VERSION,
        "instance": digest,
        "unit": unit,
        "nodes": list(_preorder(root)),
        "bound": [bound.numerator, bound.denominator],
    }
    return sealed(content, ("nodes",))


def _preorder(root: Node) -> Iterator[list[object]]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield _content(node)
        waiting += reversed(node.children)


def _content(node: Node) -> list[object]:
    if node.cut is None:
        return ["leaf", *_multipliers(node.prices)]
    if isinstance(node.cut, Sieve):
        return ["sieve", *_multipliers(node.prices)]
    return _decision(node.cut)


def _decision(cut: Cut) -> list[object]:
    if isinstance(cut, TimeCut):
        return ["time", cut.value]
    if isinstance(cut, ShapeCut):
        return ["shape", *cut]
    if isinstance(cut, AxisCut):
        return ["axis", *cut.pair, int(cut.swapped)]
    assert isinstance(cut, OrderCut)
    return ["order", *cut.pair, cut.axis, int(cut.mirrored)]


def _multipliers(prices: Prices | None) -> list[object]:
    if prices is None:
        return []
    cliques = [[axis, list(members), price] for axis, members, price in prices.cliques]
    flows, orders = [list(flow) for flow in prices.flows], [list(order) for order in prices.orders]
    potentials = [
        [wire, split, [[i, amount] for i, amount in enumerate(table.tolist()) if amount]]
        for (wire, split), table in prices.potentials.items()
    ]
    return [list(prices.times), prices.area, flows, orders, cliques, potentials]
