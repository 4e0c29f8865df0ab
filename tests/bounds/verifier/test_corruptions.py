"""Certificates with a field changed at random, signed again: refused, or what is left is a bound still."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from fractions import Fraction
from functools import cache
from random import Random
from typing import Any

import pytest

from tests.bounds.proof.proofs import grown
from tests.bounds.small_instances import small_instance
from tests.bounds.verifier.cases import contents, random_cycles, random_spine, signed, some_tree, text_of
from tests.bounds.verifier.covers import random_cover, with_covers
from tests.marks import with_slow
from wse_cp.bounds.verifier import CertificateError, derive, read_certificate, verify
from wse_cp.instance import Instance

UNIT = 4
INSTANCES = [("chain", 0), ("triangle", 2), ("tree", 7), ("diamond", 4), ("triangle", 14)]
#: How many corruptions of the certificates of each instance: 1,000 in all in a thorough run.
FEW, MANY = 20, 200


@cache
def solved(kind: str, seed: int) -> tuple[Instance, Fraction]:
    """An instance and its least cost."""
    instance = small_instance(kind, seed)
    found = grown(instance)
    assert found is not None
    assert found.placement is not None
    return instance, found.value


def certificate(random: Random, instance: Instance) -> dict[str, Any]:
    """A certificate of random multipliers, at times with covers or flows too, that claims all it proves."""
    spine = random_spine(random, instance)
    cycles = random_cycles(random, instance, spine)
    cases = random.randint(1, 3) if spine else 1
    starts = sorted({0, *(random.randint(1, 30) * instance.time_scale for _ in range(2))})
    rows = [
        (
            start,
            [[random.randint(0, UNIT), *(random.randint(0, 4 * UNIT) for _ in "xy")] for _ in range(cases)],
        )
        for start in starts
    ]
    more: dict[str, Any] = {
        "unit": UNIT,
        "spine": spine,
        "tree": some_tree(instance, spine, cycles),
        "cycles": cycles,
    }
    if random.random() < 0.5:
        found = contents(instance, rows, **more)
    else:
        flows = random.random() < 0.5
        covers = [random_cover(random, instance, UNIT, wire, flows) for wire in (0, 2)]
        intervals = [(*row, *random.choice([(0, 0), (2, 1), (UNIT, -1)])) for row in rows]
        more |= {"adapters": random.random() < 0.5, "version": 8 if flows else 6}
        found = with_covers(instance, covers, intervals, **more)
    proven = derive(instance, read_certificate(text_of(found)))
    claim = Fraction(0) if proven is None else proven
    return signed({**found, "bound": [claim.numerator, claim.denominator]})


def fields(found: Any) -> list[tuple[Any, Any]]:
    """All places in lists and objects, as (list or object, index or key)."""
    if isinstance(found, dict):
        places: list[tuple[Any, Any]] = [(found, key) for key in found if key not in ("sha256", "instance")]
    elif isinstance(found, list):
        places = [(found, index) for index in range(len(found))]
    else:
        return []
    return places + [place for inside, key in places for place in fields(inside[key])]


def corrupted(random: Random, found: dict[str, Any], instance: Instance) -> dict[str, Any]:
    """A certificate with one field changed, left out, doubled or exchanged with its neighbour."""
    found = deepcopy(found)
    inside, key = random.choice(fields(found))
    value = inside[key]
    if type(value) is int and random.random() < 0.8:
        inside[key] = random.choice(
            [value + 1, value - 1, 2 * value, -value, value + (1 << random.randint(1, 70)), 0]
        )
    elif type(value) is bool:
        inside[key] = not value
    elif isinstance(value, str) and random.random() < 0.8:
        inside[key] = random.choice(list(instance.kernels))
    elif isinstance(inside, list):
        change: Callable[[], None] = random.choice(
            [lambda: inside.pop(key), lambda: inside.insert(key, deepcopy(value)), inside.reverse]
        )
        change()
    elif isinstance(value, list):
        inside[key] = value[::-1] if random.random() < 0.5 else []
    else:
        inside[key] = random.choice([None, [], 0, 1.5])
    return signed(found)


def survivors(kind: str, seed: int, count: int) -> int:
    """How many of some corruptions are accepted; none of them proves more than the least cost."""
    instance, least = solved(kind, seed)
    accepted = 0
    for number in range(count):
        random = Random(f"{kind} {seed} {number}")
        text = text_of(corrupted(random, certificate(random, instance), instance))
        try:
            assert verify(instance, text) <= least, number
            proven = derive(instance, read_certificate(text))
        except CertificateError:
            continue
        assert proven is None or proven <= least, number
        accepted += 1
    return accepted


@pytest.mark.parametrize(("kind", "seed"), with_slow(INSTANCES, *INSTANCES[1:]))
def test_a_corrupted_certificate_proves_nothing_wrong(kind: str, seed: int) -> None:
    assert 0 < survivors(kind, seed, FEW) < FEW


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "seed"), INSTANCES)
def test_a_thousand_corrupted_certificates_prove_nothing_wrong(kind: str, seed: int) -> None:
    assert 0 < survivors(kind, seed, MANY) < MANY
