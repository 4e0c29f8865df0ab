"""Errors planted in the verifier, at least two for each rule of docs/bounds.md, are caught by small cases."""

from __future__ import annotations

import json
from fractions import Fraction
from functools import cache
from random import Random
from typing import Any

import pytest

from tests.bounds.verifier import test_beside, test_refusals
from tests.bounds.verifier.cases import Drawn, contents, signed, some_tree
from tests.bounds.verifier.covers import random_cover, with_covers
from tests.bounds.verifier.kept_cases import CAUGHT
from tests.bounds.verifier.planted import Broken, Kept, exceeds, expected
from tests.bounds.verifier.planted_errors import BESIDE, TOO_MUCH
from tests.bounds.verifier.planted_gaps import BOTH_SHARES, LET_IN, PROVES_MORE
from tests.bounds.verifier.random_trees import random_tree, tree_instance
from tests.bounds.verifier.test_covers_hold import UNIT, hub_instance, plain_cover
from tests.bounds.verifier.test_proof_trees import FLOWS, REFUSED, SQUARE, SWAP, leaf, tree
from tests.marks import with_slow
from wse_cp.instance import Instance

#: Seeds of random proof trees: each error is noticed by one of them.
TREES = (20, 17, 10, 2, 35)

#: So little is claimed that only a broken rule is refused.
LITTLE = {"bound": [-(10**9), 1]}

Wrong = tuple[Instance, dict[str, Any]]


@cache
def right() -> Broken:
    """The verifier without an error, imported in the same way."""
    return Broken()


@cache
def kept(case: Kept) -> tuple[Drawn, list[Fraction | None]]:
    """A certificate and what the text says of it."""
    found = case.case()
    return found, expected(found)


#: What the text says of this one takes by far the longest.
LONGEST = Kept("kites", 11, rigid=8)


@pytest.mark.parametrize("case", with_slow(sorted(set(CAUGHT.values())), LONGEST), ids=str)
def test_without_an_error_the_values_are_those_of_the_text(case: Kept) -> None:
    certificate, values = kept(case)
    assert right().values(certificate) == values


@pytest.mark.parametrize("what", with_slow(TOO_MUCH, *(what for what in TOO_MUCH if CAUGHT[what] == LONGEST)))
def test_an_error_in_a_rule_proves_too_much(what: str) -> None:
    certificate, values = kept(CAUGHT[what])
    assert exceeds(Broken(TOO_MUCH[what]).values(certificate), values)


@cache
def beside() -> list[tuple[Drawn, list[Fraction | None]]]:
    """Certificates for the instances of `test_beside.py`, and what the text says of them."""
    found = []
    long = 10**6  # what a tile of run costs that the wafer has no room for
    ring = test_beside.instance_of(test_beside.RECTANGLES, test_beside.EDGES, (60, 60))
    path = test_beside.instance_of(test_beside.SPINE, test_beside.SPINE_EDGES, (24, 48))
    for instance, spine, run in ((ring, [*"uamz"], 0), (path, [*"abc"], long)):
        rows, none = ([[0, price, price]] * 2 for price in (run, 0))
        parts = [(0, len(spine))] * 2
        tree = some_tree(instance, spine)
        case = Drawn(instance, 1, spine, tree, [], [0, 2], [rows, none], parts, shown=1)
        found.append((case, expected(case)))
    return found


def test_without_an_error_the_values_beside_a_spine_are_those_of_the_text() -> None:
    assert all(right().values(case) == values for case, values in beside())


@pytest.mark.parametrize("what", BESIDE)
def test_an_error_in_a_rule_proves_too_much_beside_a_spine(what: str) -> None:
    broken = Broken(BESIDE[what])
    assert any(exceeds(broken.values(case), values) for case, values in beside())


@cache
def wrong_certificates() -> list[Wrong]:
    """Certificates that break a rule and have no other fault."""
    good, ring = test_refusals.good, test_refusals.ring
    small, around = test_refusals.INSTANCE, test_refusals.RING
    found: list[Wrong] = [(small, good(**{**LITTLE, **changes})) for changes in test_refusals.WRONG.values()]
    found += [
        (around, signed({**ring([]), "cycles": cycles})) for cycles in test_refusals.WRONG_CYCLES.values()
    ]
    found.append((small, {**good(), "unit": 2}))
    found.append((small, contents(small, [(0, [[0, 0, 0]] * 2)], bound=(0, 1))))
    none = [[0, 0, 0]]
    path = [("a", "b"), ("b", "c"), ("c", "d"), ("d", "e")]
    for edges in ([*path, ("a", "e")], path[:3]):
        found.append((around, contents(around, [(0, none)], tree=edges, bound=(0, 1))))
    for starts in ((0, 5, 5), (0, 5, 3)):
        rows = [(start, none) for start in starts]
        found.append((small, contents(small, rows, bound=(0, 1))))
    found.append((small, contents(small, [(0, none)], spine=["a", "b", "a"], bound=(0, 1))))
    found.append(
        (
            small,
            contents(
                small,
                [(0, none)],
                spine=["a", "b"],
                tree=[("b", "c"), ("a", "b")],
                parts=[(0, 3)],
                bound=(0, 1),
            ),
        )
    )
    found.append((small, signed({**contents(small, [(0, none)], bound=(0, 1)), "adapters": True})))
    hub = hub_instance(2)
    for wires in ((UNIT + 3, -1), (5, 0)):
        intervals = [(0, none, *wires), (40, none, 0, 0)]
        found.append((hub, with_covers(hub, [plain_cover(hub)], intervals, unit=UNIT, bound=(-(10**9), 1))))
    found += [(SQUARE, json.loads(tree(*nodes, claim=-1000))) for nodes in REFUSED.values()]
    found.append((SQUARE, json.loads(tree(SWAP, leaf(orders=[[0, 1, 0, 5]]), claim=-1000))))
    apart, first = leaf(flows=[[0, 0, 0, 1, 0], FLOWS[1]]), leaf(orders=[[0, 1, 0, 5]])
    found.append((SQUARE, json.loads(tree(["axis", 0, 1, 0], apart, apart, claim=-1000))))
    found.append((SQUARE, json.loads(tree(SWAP, ["order", 0, 1, 0, 0], first, first, claim=-1000))))
    found.append((SQUARE, json.loads(tree(leaf(), instance="0" * 64, claim=-1000))))
    found.append((SQUARE, json.loads(tree(leaf(flows=[[0, -3, 0, 0, 0], FLOWS[1]]), claim=-1000))))
    return found


def test_without_an_error_wrong_certificates_are_refused() -> None:
    assert not any(right().accepts(*wrong) for wrong in wrong_certificates())


@pytest.mark.parametrize("what", LET_IN)
def test_an_error_in_a_rule_lets_something_in(what: str) -> None:
    broken = Broken(LET_IN[what])
    assert any(_accepts(broken, *wrong) for wrong in wrong_certificates())


def _accepts(broken: Broken, instance: Instance, contents: dict[str, Any]) -> bool:
    """Tell whether a broken verifier accepts something; it may also fail."""
    try:
        return broken.accepts(instance, contents)
    except (LookupError, ValueError, TypeError, AssertionError):
        return False


@cache
def excessive_tree(seed: int) -> Wrong:
    """A proof tree that claims half a unit more than it proves."""
    random = Random(f"tree {seed}")
    instance = tree_instance(random)
    nodes = random_tree(random, instance)

    def claiming(halves: int) -> dict[str, Any]:
        contents: dict[str, Any] = json.loads(tree(*nodes, of=instance, bound=[halves, 2]))
        return contents

    low, high = -(1 << 14), 1 << 14
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if right().accepts(instance, claiming(middle)) else (low, middle)
    assert low > -(1 << 14)
    assert high < 1 << 14
    return instance, claiming(high)


@pytest.mark.parametrize("what", PROVES_MORE)
def test_an_error_in_proof_trees_proves_more(what: str) -> None:
    broken = Broken(PROVES_MORE[what])
    assert any(_accepts(broken, *excessive_tree(seed)) for seed in TREES)


@cache
def shared() -> list[tuple[Wrong, list[Fraction | None]]]:
    """Certificates with covers beside multipliers, and what each of their intervals proves."""
    found = []
    for seed in range(2, 6):
        hub, random = hub_instance(seed), Random(seed)
        covers = [plain_cover(hub), random_cover(random, hub, UNIT, 4), random_cover(random, hub, UNIT, 6)]
        intervals = [(0, [[2, 0, 0]], 0, 0), (9, [[4, 0, 0]], 4, 1), (20, [[3, 0, 0]], 6, 2)]
        certificate = with_covers(hub, covers, intervals, unit=UNIT)
        found.append(((hub, certificate), _proven(right(), hub, certificate)))
    return found


def _proven(verifier: Broken, instance: Instance, contents: dict[str, Any]) -> list[Fraction | None]:
    certificate = verifier.certificate.read_certificate(json.dumps(contents))
    found: list[Fraction | None] = verifier.interval.interval_values(instance, certificate, range(3))
    return found


@pytest.mark.parametrize("what", BOTH_SHARES)
def test_an_error_in_what_covers_and_multipliers_share_proves_more(what: str) -> None:
    broken = Broken(BOTH_SHARES[what])
    assert any(exceeds(_proven(broken, *wrong), values) for wrong, values in shared())
