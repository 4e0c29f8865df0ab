"""The certificate of a proof tree (docs/bounds.md, "Proof by search")."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from fractions import Fraction

from wse_cp.bounds.proof.prices import Prices
from wse_cp.bounds.proof.region import AxisCut, Cut, OrderCut, ShapeCut, TimeCut
from wse_cp.bounds.proof.tree import Node

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
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    content["sha256"] = hashlib.sha256(text.encode()).hexdigest()
    return _laid_out(content)


def _laid_out(content: dict[str, object]) -> str:
    """Return the object as JSON with a line for each node."""
    lines = []
    for key, value in content.items():
        if isinstance(value, list) and key == "nodes":
            body = ",\n  ".join(json.dumps(item, separators=(",", ":")) for item in value)
            lines.append(f'"{key}": [\n  {body}\n ]')
        else:
            lines.append(f"{json.dumps(key)}: {json.dumps(value)}")
    return "{\n " + ",\n ".join(lines) + "\n}\n"


def _preorder(root: Node) -> Iterator[list[object]]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield _leaf(node.prices) if node.cut is None else _decision(node.cut)
        waiting += reversed(node.children)


def _decision(cut: Cut) -> list[object]:
    if isinstance(cut, TimeCut):
        return ["time", cut.value]
    if isinstance(cut, ShapeCut):
        return ["shape", *cut]
    if isinstance(cut, AxisCut):
        return ["axis", *cut.pair, int(cut.swapped)]
    assert isinstance(cut, OrderCut)
    return ["order", *cut.pair, cut.axis, int(cut.mirrored)]


def _leaf(prices: Prices | None) -> list[object]:
    if prices is None:
        return ["leaf"]
    cliques = [[axis, list(members), price] for axis, members, price in prices.cliques]
    flows, orders = [list(flow) for flow in prices.flows], [list(order) for order in prices.orders]
    return ["leaf", list(prices.times), prices.area, flows, orders, cliques]
