"""Whatever is wrong with a certificate is refused in one line; a damaged one never proves too much."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.bounds.verifier.cases import contents, signed, text_of
from wse_cp.bounds.halftiles.lower_bound import lower_bound
from wse_cp.bounds.verifier import CertificateError, derive, read_certificate, verify
from wse_cp.files.by_suffix import read_instance_file
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv

CONV = Conv(1, 1, 1, 1, 2, 2, 1)
NAMES = ("a", "b", "c")
INSTANCE = Instance(
    Settings(width=12, height=12, wlength=3),
    tuple(Node(i, name, CONV) for i, name in enumerate(NAMES)),
    (Edge("a", "b"), Edge("b", "c")),
)
ROWS = [(0, [[0, 0, 0], [0, 0, 0]]), (5, [[0, 0, 0], [0, 0, 0]])]


def good(**changes: Any) -> dict[str, Any]:
    return signed({**contents(INSTANCE, ROWS, spine=NAMES, bound=(0, 1)), **changes})


def test_the_unchanged_certificate_is_accepted() -> None:
    assert verify(INSTANCE, text_of(good())) == 0


WRONG: dict[str, dict[str, Any]] = {
    "another format": {"format": "something"},
    "another version": {"version": 7},
    "version 5 without its key": {"version": 5},
    "adapters in version 4": {"adapters": False},
    "adapters that are no truth value": {"version": 5, "adapters": 0},
    "parts of the spine in version 2": {"version": 2},
    "cycles in version 1": {"version": 1},
    "another instance": {"instance": "0" * 64},
    "no unit": {"unit": 0},
    "a unit that is a truth value": {"unit": True},
    "a float": {"unit": 1.0},
    "an unknown key": {"more": 1},
    "a spine that jumps": {"spine": ["a", "c", "b"]},
    "a spine of strangers": {"spine": ["a", "x"]},
    "a spine that turns back": {"spine": ["a", "b", "a"]},
    "a spine outside the tree": {"tree": [["b", "c"]]},
    "a tree with an edge twice": {"tree": [["a", "b"], ["b", "c"], ["b", "a"]]},
    "a tree of strangers": {"tree": [["a", "b"], ["b", "c"], ["c", "x"]]},
    "too few multipliers": {"intervals": [{"from": 0, "spine": [0, 3], "multipliers": [[1, 2, 2]]}]},
    "a negative multiplier": {
        "intervals": [{"from": 0, "spine": [0, 3], "multipliers": [[1, -2, 2], [0, 0, 0]]}]
    },
    "a late start": {"intervals": [{"from": 1, "spine": [0, 3], "multipliers": [[1, 2, 2], [0, 0, 0]]}]},
    "no interval": {"intervals": []},
    "an interval without a spine": {"intervals": [{"from": 0, "multipliers": [[0, 0, 0], [0, 0, 0]]}]},
    **{
        f"{part} as a part of the spine": {
            "intervals": [{"from": 0, "spine": part, "multipliers": [[0, 0, 0], [0, 0, 0]]}]
        }
        for part in ([0, 4], [-1, 2], [1, 2], [2, 1], [0], [0, 1.5], "ab", None)
    },
    "too high a claim": {"bound": [10**6, 1]},
    "a claim over nothing": {"bound": [1, 0]},
    "no cases": {"cases": 0},
    "cases without a spine": {"spine": []},
}


RING_NAMES = ("a", "b", "c", "d", "e")
RING = Instance(
    Settings(width=12, height=12, wlength=3),
    tuple(Node(i, name, CONV) for i, name in enumerate(RING_NAMES)),
    tuple(Edge(u, v) for u, v in (*pairwise(RING_NAMES), ("a", "e"), ("a", "c"))),
)


def ring(cycles: Sequence[Sequence[str]], **changes: Any) -> dict[str, Any]:
    """A certificate for a cycle of five with a chord, its tree the four edges of the path."""
    tree = list(pairwise(RING_NAMES))
    return signed({**contents(RING, [(0, [[0, 0, 0]])], tree=tree, cycles=cycles, bound=(0, 1)), **changes})


def derived(contents: dict[str, Any]) -> Fraction:
    value = derive(RING, read_certificate(text_of(contents)))
    assert value is not None
    return value


@pytest.mark.parametrize("cycle", ["abcde", "abc", "bca"])
def test_a_cycle_proves_more_than_its_edges(cycle: str) -> None:
    assert derived(ring([cycle])) > derived(ring([]))


@pytest.mark.parametrize("version", [1, 2])
def test_older_certificates_are_read(version: int) -> None:
    """Version 1 had no cycles, both had the whole spine in every interval."""
    old = {key: value for key, value in ring([], version=version).items() if version > 1 or key != "cycles"}
    old["intervals"] = [
        {key: value for key, value in interval.items() if key != "spine"} for interval in old["intervals"]
    ]
    assert derived(signed(old)) == derived(ring([]))


def test_an_interval_may_have_a_part_of_the_spine() -> None:
    """With a part of the spine a turn outside of it counts no more: less is proven."""
    prices = [[0, 9, 9], [0, 9, 9]]
    whole, part = (
        derive(
            INSTANCE, read_certificate(text_of(contents(INSTANCE, [(0, prices)], spine=NAMES, parts=[where])))
        )
        for where in ((0, 3), (0, 2))
    )
    assert whole is not None
    assert part is not None
    assert whole != part


WRONG_CYCLES: dict[str, Any] = {
    "no list": 5,
    "a cycle that is none": [7],
    "a cycle of numbers": [[1, 2, 3]],
    "a cycle of two": [["a", "b"]],
    "a cycle of nine": [list("abcdeabcd")],
    "a cycle of strangers": [["a", "b", "x"]],
    "a kernel twice": [list("abcab")],
    "a gap": [list("abd")],
    "a common edge": [list("abcde"), list("abc")],
    "two edges outside the tree": [list("acde")],
}


@pytest.mark.parametrize("what", WRONG_CYCLES)
def test_wrong_cycles_are_refused_in_one_line(what: str) -> None:
    with pytest.raises(CertificateError) as caught:
        verify(RING, text_of(signed({**ring([]), "cycles": WRONG_CYCLES[what]})))
    assert "cycle" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_refused_in_one_line(what: str) -> None:
    with pytest.raises(CertificateError) as caught:
        verify(INSTANCE, text_of(good(**WRONG[what])))
    assert str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "[" * 100_000, '{"a": NaN}', '{"format": 1, "format": 1}', "9" * 10_000, "\0"],
)
def test_what_is_no_certificate_is_refused(text: str) -> None:
    with pytest.raises(CertificateError):
        verify(INSTANCE, text)


def test_a_wrong_digest_is_refused() -> None:
    with pytest.raises(CertificateError):
        verify(INSTANCE, text_of({**good(), "unit": 2}))


def damaged(text: str, random: Random) -> str:
    """The text with one digit changed."""
    places = [i for i, letter in enumerate(text) if letter.isdigit()]
    at = random.choice(places)
    return text[:at] + random.choice([d for d in "0123456789" if d != text[at]]) + text[at + 1 :]


def survives(instance: Instance, text: str, optimum: Fraction, sign: bool) -> bool:
    """Whether a damaged certificate is accepted, its digest made to agree again if `sign`."""
    try:
        if sign:
            text = json.dumps(signed(json.loads(text)))
        proven = verify(instance, text)
        derived = derive(instance, read_certificate(text))
    except (CertificateError, json.JSONDecodeError):
        return False
    assert proven <= optimum
    assert derived is not None
    assert derived <= optimum
    return True


def test_damaged_certificates_are_refused() -> None:
    text = lower_bound(INSTANCE, time_limit=60).certificate
    optimum = verify(INSTANCE, text)
    assert not any(survives(INSTANCE, damaged(text, Random(i)), optimum, sign=False) for i in range(300))


def test_damage_with_a_new_digest_never_proves_too_much() -> None:
    text = lower_bound(INSTANCE, time_limit=60).certificate
    best = verify(INSTANCE, text)
    for seed in range(60):
        survives(INSTANCE, damaged(text, Random(seed)), best, sign=True)


@pytest.mark.slow
@pytest.mark.parametrize(("case", "best"), [("K", Fraction(1350)), ("A", Fraction("35384.5"))])
def test_a_thousand_damaged_certificates(case: str, best: Fraction, instances: Path) -> None:
    instance = read_instance_file(instances / f"{case}.kgraph")
    text = lower_bound(instance, time_limit=20).certificate
    damage: Callable[[int], str] = lambda seed: damaged(text, Random(seed))  # noqa: E731
    assert not any(survives(instance, damage(seed), best, sign=False) for seed in range(1000))
    for seed in range(100):
        survives(instance, damage(seed), best, sign=True)
