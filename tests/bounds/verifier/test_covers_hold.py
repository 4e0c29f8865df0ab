"""No cover proves more than the proven optimum of a small instance, however its numbers came about."""

from __future__ import annotations

import json
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from tests.bounds.small_instances import NETWORKS, proven_optimum, small_instance
from tests.bounds.verifier.cases import signed, text_of
from tests.bounds.verifier.covers import multiplicities, random_cover, with_covers
from tests.marks import with_slow
from wse_cp.bounds.verifier import CertificateError, derive, read_certificate, verify
from wse_cp.bounds.verifier.cover import CoverRules, read_covers
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv

UNIT = 12
ROWS = [[0, 0, 0]]
#: Where the proof of the optimum is quick.
SEEDS = {"diamond": (1,), "ladder": (1,)}


def hub_instance(seed: int) -> Instance:
    """A hub with four or five leaves, some of them joined; only wires cost."""
    random = Random(f"hub {seed}")
    count = random.choice([4, 5])
    wire, memory = random.choice([1, 4]), random.choice([30, 100])
    settings = Settings(
        random.randint(9, 11), random.randint(9, 11), wdeltat=0, wlength=wire, memlimit=memory
    )
    sizes = [Conv(1, 1, 1, 1, random.randint(1, 2), random.randint(1, 2), 1) for _ in range(2)]
    nodes = tuple(Node(i, f"k{i}", sizes[0] if i else random.choice(sizes)) for i in range(count + 1))
    pairs = [(0, i) for i in range(1, count + 1)]
    pairs += [(i, i + 1) for i in range(1, count) if random.random() < 0.3]
    return Instance(settings, nodes, tuple(Edge(f"k{u}", f"k{v}") for u, v in pairs))


def proven(instance: Instance, cover: dict[str, Any]) -> Fraction:
    found = with_covers(instance, [cover], [(0, ROWS, 0, 0)], unit=UNIT)
    value = derive(instance, read_certificate(text_of(found)))
    assert value is not None
    return value


def plain_cover(instance: Instance) -> dict[str, Any]:
    """Every kernel as a hub, with half of each of its edges."""
    pairs = multiplicities(instance)
    stars = []
    for hub in range(len(instance.kernels)):
        leaves = [n for v in range(len(instance.kernels)) if frozenset((hub, v)) in pairs for n in (v, 0)]
        ranks = [0] * ((len(leaves) // 2 + 1) // 2)
        stars.append([hub, UNIT // 2, 0, leaves, ranks, ranks, 0, ranks, ranks, 0, 0])
    return {"area": 0, "stars": stars}


def changed(random: Random, cover: dict[str, Any]) -> dict[str, Any]:
    """The cover with one of its numbers moved; it may be none any more."""
    found: dict[str, Any] = json.loads(json.dumps(cover))
    star, step = random.choice(found["stars"]), random.choice([-8, -3, -1, 1, 3, 8])
    what = random.randrange(12)
    if what == 0:
        found["area"] += step
    elif what in (1, 2, 6, 9, 10):
        star[what] += step
    elif what == 3 and star[3]:
        star[3][random.randrange(1, len(star[3]), 2)] += step
    elif star[4]:
        star[random.choice([4, 5, 7, 8])][random.randrange(len(star[4]))] += step
    return found


def climbed(random: Random, instance: Instance, rounds: int) -> Fraction:
    """The best bound of covers on the way from a plain one upwards."""
    cover = plain_cover(instance)
    rules, best = CoverRules(instance), proven(instance, cover)
    for _ in range(rounds):
        trial = changed(random, cover)
        try:
            rules.check(read_covers([trial])[0], UNIT)
        except CertificateError:
            continue
        value = proven(instance, trial)
        if value >= best:
            best, cover = value, trial
    return best


def holds(instance: Instance, seed: int, rounds: int) -> Fraction | None:
    """The best bound found over the optimum; None without an optimum that costs something."""
    optimum = proven_optimum(instance)
    if not optimum:
        return None
    random = Random(seed)
    for _ in range(rounds // 4):
        assert proven(instance, random_cover(random, instance, UNIT)) <= optimum, seed
    best = climbed(random, instance, rounds)
    assert best <= optimum, seed
    return best / optimum


@pytest.mark.parametrize("seeds", with_slow([range(2, 4), range(2, 6)], range(2, 6)))
def test_covers_of_hubs_hold(seeds: range) -> None:
    ratios = [ratio for seed in seeds if (ratio := holds(hub_instance(seed), seed, 120)) is not None]
    assert ratios
    assert sum(ratios) / len(ratios) > 0.7


@pytest.mark.parametrize("kind", with_slow(NETWORKS, "tree", "triangle", "diamond", "ladder"))
def test_covers_of_small_networks_hold(kind: str) -> None:
    found = [holds(small_instance(kind, seed), seed, 40) for seed in SEEDS.get(kind, (1, 2))]
    assert any(ratio is not None for ratio in found)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["hub", *NETWORKS])
def test_covers_of_many_small_networks_hold(kind: str) -> None:
    for seed in range(100, 150):
        holds(hub_instance(seed) if kind == "hub" else small_instance(kind, seed), seed, 120)


@pytest.mark.parametrize("rounds", with_slow([50, 100], 100))
def test_damaged_covers_never_prove_too_much(rounds: int) -> None:
    """A digit changed, the digest made to agree again: refused, or a bound still."""
    accepted = 0
    for seed in range(2, 4):
        instance, random = hub_instance(seed), Random(seed)
        optimum = proven_optimum(instance)
        assert optimum is not None
        covers = [plain_cover(instance), random_cover(random, instance, UNIT, 4)]
        found = with_covers(instance, covers, [(0, ROWS, 0, 0), (40, [[3, 0, 0]], 4, 1)], unit=UNIT)
        for _ in range(rounds):
            text = json.dumps(found)
            start = text.index('"covers"') if random.random() < 0.8 else 0
            at = random.choice([i for i, letter in enumerate(text) if letter.isdigit() and i > start])
            try:
                text = text_of(signed(json.loads(text[:at] + random.choice("0123456789") + text[at + 1 :])))
                assert verify(instance, text) <= optimum
                value = derive(instance, read_certificate(text))
            except (CertificateError, json.JSONDecodeError):
                continue
            assert value is None or value <= optimum
            accepted += 1
    assert accepted > rounds // 2
