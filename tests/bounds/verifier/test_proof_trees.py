"""Proof trees: what breaks a rule is refused, and a damaged one never proves too much."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from fractions import Fraction
from functools import cache
from random import Random
from typing import Any

import pytest

from tests.bounds.proof.proofs import grown
from tests.bounds.small_instances import small_instance
from tests.bounds.verifier.cases import signed
from tests.marks import with_slow
from wse_cp.bounds.search.certificate import cost_step, instance_digest
from wse_cp.bounds.verifier import CertificateError, verify
from wse_cp.bounds.verifier.proof_shapes import shapes_of
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv

CONV = Conv(1, 1, 1, 1, 2, 2, 1)
#: Three kernels in a row on a square wafer, and on one that is not square.
SQUARE, OBLONG = (
    Instance(
        Settings(width=12, height=height, wlength=2, wdeltat=1),
        tuple(Node(i, name, CONV) for i, name in enumerate("abc")),
        (Edge("a", "b"), Edge("b", "c")),
    )
    for height in (12, 10)
)
FLOWS = [[0, 0, 0, 0, 0], [0, 0, 0, 0, 0]]
LEAF: list[Any] = ["leaf", [0, 0, 0], 0, FLOWS, [], [], []]


def tree(*nodes: list[Any], of: Instance = SQUARE, claim: int = 0, **more: Any) -> str:
    """A certificate with these nodes, multipliers in whole cost units."""
    content = {"format": "wse-cp proof tree", "version": 1, "instance": instance_digest(of), "unit": 1}
    return json.dumps(signed({**content, "nodes": list(nodes), "bound": [claim, 1], **more}))


def leaf(**changes: Any) -> list[Any]:
    """A leaf of multipliers 0 but for the changes."""
    keys = ("times", "area", "flows", "orders", "cliques", "potentials")
    return ["leaf", *(changes.get(key, value) for key, value in zip(keys, LEAF[1:], strict=True))]


SWAP, MIRROR, SIEVE = ["axis", 0, 1, 1], ["order", 0, 1, 0, 1], ["sieve", *LEAF[1:]]
ALLOWED: dict[str, list[list[Any]]] = {
    "a leaf": [LEAF],
    "a time": [["time", 3], LEAF, LEAF],
    "a shape": [["shape", 0, 0, 3], LEAF, LEAF],
    "an axis": [["axis", 0, 1, 0], LEAF, LEAF],
    "a swap and a mirror": [SWAP, MIRROR, LEAF],
    "a swap after a time": [["time", 3], SWAP, LEAF, LEAF],
    "no shape left": [["shape", 0, 0, 0], ["leaf"], LEAF],
    "all of a wire": [leaf(flows=[[2, 0, 0, 0, 0], [0, -2, 0, 0, 0]])],
    "shorter sides": [leaf(flows=[[0, 0, 2, 0, 0], [0, 0, 2, 0, 0]])],
    "all of the time": [leaf(times=[1, 1, 0])],
    "an order used": [SWAP, MIRROR, leaf(orders=[[0, 1, 0, 5]])],
    "a clique used": [SWAP, leaf(cliques=[[0, [0, 1], 5]])],
    "extents apart": [SWAP, leaf(flows=[[0, 0, 0, 2, 0], [0, 0, 0, 0, 0]])],
    "a sieve": [SIEVE, LEAF],
    "a sieve after a sieve": [SIEVE, ["sieve", *leaf(area=1)[1:]], LEAF],
    "a swap and a mirror after sieves": [SIEVE, SWAP, SIEVE, MIRROR, LEAF],
    "a sieve where no shape is left": [["shape", 0, 0, 0], ["sieve"], ["leaf"], LEAF],
}
REFUSED: dict[str, list[list[Any]]] = {
    "no nodes": [],
    "a child missing": [["time", 3], LEAF],
    "a node left over": [LEAF, LEAF],
    "a leaf without multipliers": [["leaf"]],
    "an unknown node": [["guess", 1]],
    "a kernel that is not there": [["shape", 3, 0, 3], LEAF, LEAF],
    "an attribute that is not there": [["shape", 0, 9, 3], LEAF, LEAF],
    "a pair the wrong way round": [["axis", 1, 0, 0], LEAF, LEAF],
    "a pair of one": [["axis", 1, 1, 0], LEAF, LEAF],
    "an axis twice": [SWAP, ["axis", 0, 1, 0], LEAF, LEAF],
    "a swap after a swap": [SWAP, ["axis", 0, 2, 1], LEAF],
    "a swap after a width": [["shape", 0, 0, 3], SWAP, LEAF, LEAF],
    "a swap after a parity": [["shape", 0, 7, 0], SWAP, LEAF, LEAF],
    "an order without an axis": [MIRROR, LEAF],
    "an order along the other axis": [SWAP, ["order", 0, 1, 1, 0], LEAF, LEAF],
    "an order twice": [SWAP, MIRROR, ["order", 0, 1, 0, 0], LEAF, LEAF],
    "a mirror after a mirror": [SWAP, MIRROR, ["axis", 0, 2, 0], ["order", 0, 2, 0, 1], LEAF, LEAF],
    "more than a wire along x": [leaf(flows=[[3, 0, 0, 0, 0], FLOWS[1]])],
    "more than a wire along y": [leaf(flows=[[0, -3, 0, 0, 0], FLOWS[1]])],
    "a wire and its shorter sides": [leaf(flows=[[1, 0, 2, 0, 0], FLOWS[1]])],
    "negative shorter sides": [leaf(flows=[[0, 0, -1, 0, 0], FLOWS[1]])],
    "extents not known to be apart": [leaf(flows=[[0, 0, 0, 1, 0], FLOWS[1]])],
    "extents apart along the other axis": [SWAP, leaf(flows=[[0, 0, 0, 0, 1], FLOWS[1]])],
    "extents and flow": [SWAP, leaf(flows=[[1, 0, 0, 2, 0], FLOWS[1]])],
    "a wire too few": [leaf(flows=FLOWS[:1])],
    "more than the time": [leaf(times=[2, 1, 0])],
    "a negative time": [leaf(times=[-1, 1, 0])],
    "a time too few": [leaf(times=[1, 1])],
    "a negative area": [leaf(area=-1)],
    "an order not decided": [SWAP, leaf(orders=[[0, 1, 0, 5]])],
    "an order the other way": [SWAP, MIRROR, leaf(orders=[[1, 0, 0, 5]])],
    "a negative order": [SWAP, MIRROR, leaf(orders=[[0, 1, 0, -5]])],
    "a clique not apart": [SWAP, leaf(cliques=[[0, [0, 1, 2], 5]])],
    "a clique along the other axis": [SWAP, leaf(cliques=[[1, [0, 1], 5]])],
    "a clique with a kernel twice": [SWAP, leaf(cliques=[[0, [0, 0, 1], 5]])],
    "a clique of one": [SWAP, leaf(cliques=[[0, [0], 5]])],
    "a negative clique": [SWAP, leaf(cliques=[[0, [0, 1], -5]])],
    "a sieve without a child": [SIEVE],
    "a sieve with two children": [SIEVE, LEAF, LEAF],
    "a sieve without multipliers": [["sieve"], LEAF],
    "a sieve that takes more than a wire": [["sieve", *leaf(flows=[[3, 0, 0, 0, 0], FLOWS[1]])[1:]], LEAF],
    "a leaf without potentials": [LEAF[:-1], LEAF],
    "potentials of a wire of the forest": [leaf(potentials=[[0, 0, [[1, 0]]]])],
    "a float": [leaf(area=1.0)],
    "a truth value": [leaf(area=True)],
}


@pytest.mark.parametrize("case", ALLOWED)
def test_rules_that_are_kept(case: str) -> None:
    assert verify(SQUARE, tree(*ALLOWED[case], claim=-1000)) == -1000


@pytest.mark.parametrize("case", REFUSED)
def test_broken_rules(case: str) -> None:
    with pytest.raises(CertificateError) as refusal:
        verify(SQUARE, tree(*REFUSED[case], claim=-1000))
    assert "\n" not in str(refusal.value)


def test_no_swap_on_a_wafer_that_is_not_square() -> None:
    with pytest.raises(CertificateError, match="symmetry"):
        verify(OBLONG, tree(SWAP, LEAF, of=OBLONG))


@pytest.mark.parametrize(
    "more",
    [{"version": 2}, {"unit": 0}, {"instance": "0" * 64}, {"extra": 1}, {"bound": [1, 0]}, {"nodes": 3}],
)
def test_a_wrong_frame(more: dict[str, Any]) -> None:
    with pytest.raises(CertificateError):
        verify(SQUARE, tree(LEAF, **more))


@pytest.mark.parametrize("unit", [1, 1 << 58, 1 << 62, 10**30, 10**90])
@pytest.mark.parametrize("time", [1, 1 << 62, 1 << 63, 10**50])
def test_huge_numbers_are_counted_exactly(unit: int, time: int) -> None:
    text = tree(["time", time], leaf(), leaf(), unit=unit, claim=-1)
    assert verify(SQUARE, text) == -1


@pytest.mark.parametrize("unit", [1, 1 << 62, 10**90])
def test_huge_units_where_wires_form_a_cycle(unit: int) -> None:
    settings = Settings(width=12, height=12, wlength=2, wdeltat=1, wadapter=3)
    triangle = Instance(settings, SQUARE.nodes, (*SQUARE.edges, Edge("a", "c")))
    assert verify(triangle, tree(leaf(flows=[[0] * 5] * 3), of=triangle, unit=unit, claim=0)) == 0


LEAF_OF_TRIANGLE = leaf(flows=[[0] * 5] * 3)
TRIANGLE = Instance(
    Settings(width=12, height=12, wlength=2, wdeltat=1, wadapter=3),
    SQUARE.nodes,
    (*SQUARE.edges, Edge("a", "c")),
)  # wires a-b, a-c, b-c: the last one is not in the forest; an adapter costs 6


@pytest.mark.parametrize(
    "potentials", [[], [[2, 0, []]], [[2, 0, [[1, 6], [2, 0]]], [2, 1, [[2, 5]]], [2, 2, [[99, 1]]]]]
)
def test_potentials_that_are_allowed(potentials: list[Any]) -> None:
    nodes = ["sieve", *leaf(flows=[[0] * 5] * 3, potentials=potentials)[1:]], LEAF_OF_TRIANGLE
    assert verify(TRIANGLE, tree(*nodes, of=TRIANGLE, claim=-1000)) == -1000


@pytest.mark.parametrize(
    "potentials",
    [
        [[2, 0, [[1, 7]]]],
        [[2, 0, [[1, -1]]]],
        [[1, 0, [[1, 1]]]],
        [[3, 0, [[1, 1]]]],
        [[-1, 0, [[1, 1]]]],
        [[2, 3, [[1, 1]]]],
        [[2, -1, [[1, 1]]]],
        [[2, 0, [[1]]]],
        [[2, 0, 1]],
        [[2, 0]],
        3,
    ],
)
@pytest.mark.parametrize("kind", ["leaf", "sieve"])
def test_potentials_that_are_refused(kind: str, potentials: Any) -> None:
    node = [kind, *leaf(flows=[[0] * 5] * 3, potentials=potentials)[1:]]
    nodes = [node] if kind == "leaf" else [node, LEAF_OF_TRIANGLE]
    with pytest.raises(CertificateError):
        verify(TRIANGLE, tree(*nodes, of=TRIANGLE, claim=-1000))


def test_a_tree_does_not_keep_more_shapes_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of these decisions leaves a second side waiting, with copies of all shapes."""
    deep = [["time", 1 << 40]] * 20
    text = tree(*deep, *[LEAF] * 21, claim=-1000)
    assert verify(SQUARE, text) == -1000
    assert verify(SQUARE, tree(*[SIEVE] * 200, LEAF, claim=-1000)) == -1000  # nothing waits
    shapes = sum(len(shapes_of(SQUARE, name)) for name in "abc")
    monkeypatch.setattr("wse_cp.bounds.verifier.proof_tree.MOST_WAITING", 20 * shapes)
    with pytest.raises(CertificateError, match="waiting"):
        verify(SQUARE, text)
    assert verify(SQUARE, tree(*deep[1:], *[LEAF] * 20, claim=-1000)) == -1000


def test_contents_that_do_not_fit_the_digest() -> None:
    found = json.loads(tree(LEAF))
    with pytest.raises(CertificateError, match="sha256"):
        verify(SQUARE, json.dumps({**found, "unit": 2}))


SEEDS = [("chain", 0), ("triangle", 2), ("tree", 7), ("square", 9), ("diamond", 4), ("triangle", 14)]


@cache
def _proof(kind: str, seed: int) -> tuple[Instance, Fraction, dict[str, Any]]:
    instance = small_instance(kind, seed)
    found = grown(instance, cost=True)  # sieves need a cost that is known
    assert found is not None
    assert found.proven
    return instance, found.value, json.loads(found.certificate(instance_digest(instance), found.value))


@pytest.mark.parametrize(("kind", "seed"), with_slow(SEEDS, ("square", 9), ("tree", 7), ("diamond", 4)))
def test_a_proof_of_the_least_cost_proves_no_more(kind: str, seed: int) -> None:
    instance, value, content = _proof(kind, seed)
    more = value + cost_step(instance)
    assert verify(instance, json.dumps(content)) == value
    with pytest.raises(CertificateError):
        verify(instance, json.dumps(signed({**content, "bound": [more.numerator, more.denominator]})))


def _more(random: Random, nodes: list[Any]) -> None:
    """Change a number somewhere."""
    places = [
        (entry, i) for node in nodes for entry in _lists(node) for i, x in enumerate(entry) if type(x) is int
    ]
    entry, i = random.choice(places)
    entry[i] += random.choice([-1, 1, 2, -entry[i], entry[i], 1 << random.randint(1, 40)])


def _lists(node: list[Any]) -> list[list[Any]]:
    return [node, *(inner for x in node if isinstance(x, list) for inner in _lists(x))]


def _drop(random: Random, nodes: list[Any]) -> None:
    """Leave a node out."""
    del nodes[random.randrange(len(nodes))]


def _exchange(random: Random, nodes: list[Any]) -> None:
    """Exchange two nodes."""
    i, j = random.randrange(len(nodes)), random.randrange(len(nodes))
    nodes[i], nodes[j] = nodes[j], nodes[i]


def _prune(random: Random, nodes: list[Any]) -> None:
    """Let one child of a decision stand for both: as if it were symmetric."""
    for node in random.sample(nodes, len(nodes)):
        if node[0] in ("axis", "order") and not node[-1]:
            node[-1] = 1
            return


@pytest.mark.parametrize("damage", [_more, _drop, _exchange, _prune])
@pytest.mark.parametrize(("kind", "seed"), with_slow(SEEDS, *SEEDS[2:]))
def test_a_damaged_proof_never_proves_more_than_the_least_cost(
    kind: str, seed: int, damage: Callable[[Random, list[Any]], None]
) -> None:
    instance, value, content = _proof(kind, seed)
    random, step = Random(f"{kind} {seed} {damage.__name__}"), cost_step(instance)
    for _ in range(12):
        nodes = deepcopy(content["nodes"])
        damage(random, nodes)
        for claim in (value, value + step):
            text = json.dumps(
                signed({**content, "nodes": nodes, "bound": [claim.numerator, claim.denominator]})
            )
            try:
                assert verify(instance, text) <= value
            except CertificateError:
                continue
