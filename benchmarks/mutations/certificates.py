"""Certificates of every kind, corrupted and signed again: refused, or what is left is a bound still."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.mutations.damage import damaged_text, damaged_value, encoded, json_text
from benchmarks.mutations.judging import check_refusal, require
from benchmarks.mutations.samples import ROOT
from tests.bounds.proof.proofs import grown
from tests.bounds.small_instances import small_instance
from tests.bounds.verifier.cases import contents, random_cycles, random_spine, some_tree, text_of
from tests.bounds.verifier.covers import random_cover, with_covers
from tests.bounds.verifier.forests import linked_cover, random_joint_cover, with_forests
from wse_cp.api import load, verify
from wse_cp.bounds.sealing import sealed
from wse_cp.bounds.search.best_first import BoundSearch
from wse_cp.bounds.verifier import derive, read_certificate
from wse_cp.bounds.verifier.certificate import instance_digest
from wse_cp.errors import BoundError, InputError
from wse_cp.instance import Instance

UNIT = 4
#: Small instances whose least cost is proven within a second.
INSTANCES = (("chain", 0), ("triangle", 2), ("tree", 7), ("diamond", 4), ("triangle", 14))
#: Contest cases whose certificates are checked within a tenth of a second, or nearly so.
CASES = "AKM"
#: How many certificates of each kind are made.
SAMPLES = 40
#: Steps of the search for a bound.
_STEPS = 30
WORDS = (
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    '"leaf"',
    '"sieve"',
    '"bound"',
    "0",
    "-1",
    "null",
    "[]",
    '"k0"',
    "true",
)


@dataclass(frozen=True)
class Sample:
    """A certificate as plain values, its instance, and the cost of a placement, the least if it is known."""

    instance: Instance
    found: dict[str, Any]
    cost: Fraction


@cache
def _proven(kind: str, seed: int) -> tuple[Instance, Fraction, dict[str, Any]]:
    """Return an instance, its least cost, and the proof tree that says so."""
    instance = small_instance(kind, seed)
    search = grown(instance)
    assert search is not None
    assert search.finished
    text = search.certificate(instance_digest(instance), search.value)
    return instance, search.value, json.loads(text)


def _frames(random: Random, instance: Instance) -> tuple[list[Any], dict[str, Any]]:
    """Return random intervals with multipliers, and spine, tree and cycles."""
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
    tree = some_tree(instance, spine, cycles)
    return rows, {"unit": UNIT, "spine": spine, "tree": tree, "cycles": cycles}


def _claiming(instance: Instance, found: dict[str, Any]) -> dict[str, Any]:
    """Return a certificate that claims all it proves."""
    proven = derive(instance, read_certificate(text_of(found)))
    claim = Fraction(0) if proven is None else proven
    return {**found, "bound": [claim.numerator, claim.denominator]}


def cells(random: Random) -> Sample:
    """Return a certificate of spine, cells and turns."""
    instance, least, _ = _proven(*random.choice(INSTANCES))
    rows, more = _frames(random, instance)
    return Sample(instance, _claiming(instance, contents(instance, rows, **more)), least)


def covers(random: Random) -> Sample:
    """Return a certificate of covers by stars."""
    instance, least, _ = _proven(*random.choice(INSTANCES))
    rows, more = _frames(random, instance)
    stars = [random_cover(random, instance, UNIT, wire) for wire in (0, 2)]
    intervals = [(*row, *random.choice([(0, 0), (2, 1), (UNIT, -1)])) for row in rows]
    found = with_covers(instance, stars, intervals, adapters=random.random() < 0.5, **more)
    return Sample(instance, _claiming(instance, found), least)


def forests(random: Random) -> Sample:
    """Return a certificate of covers with forests."""
    instance, least, _ = _proven(*random.choice(INSTANCES))
    make = random.choice((random_joint_cover, linked_cover))
    made = [make(random, instance, UNIT) for _ in range(2)]
    starts = [(0, 0), (random.randint(1, 20) * instance.time_scale, 1)]
    return Sample(instance, _claiming(instance, with_forests(instance, made, starts, UNIT)), least)


def proofs(random: Random) -> Sample:
    """Return a proof tree."""
    instance, least, found = _proven(*random.choice(INSTANCES))
    return Sample(instance, found, least)


@cache
def _searched(kind: str, seed: int) -> dict[str, Any]:
    search = BoundSearch(small_instance(kind, seed), proofs=False)
    for _ in range(_STEPS):
        if not search.finished:
            search.step()
    value: dict[str, Any] = json.loads(search.bound().certificate)
    return value


def searched(random: Random) -> Sample:
    """Return a certificate as the search for a bound makes it."""
    kind = random.choice(INSTANCES)
    instance, least, _ = _proven(*kind)
    return Sample(instance, _searched(*kind), least)


@cache
def _shipped(letter: str) -> Sample:
    with (ROOT / "instances/best/best.csv").open(newline="") as file:
        costs = {row["case"]: Fraction(row["cost"]) for row in csv.DictReader(file)}
    instance = load(ROOT / f"instances/{letter}.kgraph")
    return Sample(instance, json.loads((ROOT / f"instances/bounds/{letter}.json").read_text()), costs[letter])


def shipped(random: Random) -> Sample:
    """Return the certificate of a contest case."""
    return _shipped(random.choice(CASES))


#: All kinds, with their shares.
KINDS: dict[str, tuple[Callable[[Random], Sample], int]] = {
    "cells": (cells, 6),
    "covers": (covers, 6),
    "forests": (forests, 6),
    "proofs": (proofs, 6),
    "searched": (searched, 3),
    "shipped": (shipped, 1),
}


@cache
def sample(kind: str, number: int) -> Sample:
    """Return one of the certificates of a kind."""
    return KINDS[kind][0](Random(f"{kind} {number}"))


def signed_text(found: Any) -> str:
    """Return the text of a certificate with the digest of what it says, where it has one."""
    if isinstance(found, dict) and "sha256" in found:
        rest = {key: value for key, value in found.items() if key != "sha256"}
        try:
            return sealed(rest, ())
        except (TypeError, ValueError):
            pass
    return json_text(found)


def corrupted(sample: Sample, random: Random) -> bytes:
    """Return the bytes of a certificate, corrupted; mostly it is signed again."""
    way = random.random()
    if way < 0.55:
        return signed_text(_nudged(sample, random)).encode("utf-8", "surrogatepass")
    if way < 0.85:
        return signed_text(damaged_value(sample.found, random)).encode("utf-8", "surrogatepass")
    return encoded(damaged_text(signed_text(sample.found), random, WORDS), random)


def _nudged(sample: Sample, random: Random) -> dict[str, Any]:
    """Return a certificate with a few numbers or names exchanged for such as might be right."""
    found = deepcopy(sample.found)
    names = list(sample.instance.kernels)
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        known = [place for place in _scalars(found) if place[1] not in ("sha256", "instance", "format")]
        inside, key = random.choice(known)
        value = inside[key]
        if isinstance(value, bool):
            inside[key] = not value
        elif isinstance(value, int):
            inside[key] = random.choice(
                (value + 1, value - 1, 2 * value, value // 2, -value, 0, value + UNIT)
            )
        elif value in names:
            inside[key] = random.choice(names)
    if random.random() < 0.5:  # a higher claim with as many changes
        numerator, denominator = found["bound"] if _is_ratio(found["bound"]) else (1, 1)
        found["bound"] = [numerator + random.choice((0, 1, denominator, 10 * denominator)), denominator]
    return found


def _is_ratio(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2


def _scalars(value: Any) -> list[tuple[Any, Any]]:
    found, rest = [], [value]
    while rest:
        inside = rest.pop()
        for key in list(inside) if isinstance(inside, dict) else range(len(inside)):
            if isinstance(inside[key], dict | list):
                rest.append(inside[key])
            else:
                found.append((inside, key))
    return found


def check(path: Path, sample: Sample) -> bool:
    """Tell whether a certificate is accepted; raises `FaultError` if it proves too much."""
    try:
        value = verify(sample.instance, path, workers=1)
    except (BoundError, InputError) as error:
        check_refusal(str(error))
        return False
    require(value <= sample.cost, f"a bound of {value} where a placement costs {sample.cost}")
    return True
