"""Covers with forests against a literal reading of docs/bounds.md, section 10, and against proven optima."""

from __future__ import annotations

import json
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from tests.bounds.small_instances import NETWORKS as SMALL
from tests.bounds.small_instances import proven_optimum, small_instance
from tests.bounds.verifier.cases import NETWORKS, random_network, signed, text_of
from tests.bounds.verifier.forests import (
    edges_of,
    joint_value,
    linked_cover,
    random_joint_cover,
    with_forests,
)
from tests.marks import with_slow
from wse_cp.bounds.verifier import CertificateError, derive, read_certificate, verify
from wse_cp.bounds.verifier.assembly import Library
from wse_cp.bounds.verifier.cover import CoverRules, read_covers
from wse_cp.bounds.verifier.forest_cost import ForestCost
from wse_cp.bounds.verifier.patterns import SCALE
from wse_cp.bounds.verifier.rectangles import Demands, Rectangles
from wse_cp.bounds.verifier.stars import CoverCost
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv

CONNECTED = [kind for kind in NETWORKS if kind != "one"]
#: They stand for the other networks.
QUICK = {"chain", "star", "triangle", "ring", "dense", "fan", "tailed ring", "two"}
UNIT = 12


def found_value(
    instance: Instance, cover: dict[str, Any], unit: int, limit: int | None = None
) -> Fraction | None:
    """What the verifier says wires and adapters cost at least; None if a kernel has no shape."""
    rectangles = Rectangles(Demands(instance), limit)
    if not all(len(rectangles(kernel)[0]) for kernel in instance.kernels.values()):
        return None
    (read,) = read_covers([cover], forests=True)
    CoverRules(instance).check(read, unit)
    total = CoverCost(instance, read)(rectangles)
    total += ForestCost(instance, read, unit)(Library(instance, limit), rectangles)
    return Fraction(total, SCALE * unit)


@pytest.mark.parametrize("kind", with_slow(CONNECTED, *(set(CONNECTED) - QUICK)))
def test_a_cover_with_forests_has_the_value_of_section_10(kind: str) -> None:
    finite = 0
    for seed in range(8):
        random = Random(f"forest {seed}")
        blocks = seed == 7 and kind in ("chain", "star")
        instance = random_network(random, kind, adapters=True, blocks=blocks, largest=7)
        unit, limit = random.choice([1, 3, 8]), random.choice([None, 40, 400])
        cover = random_joint_cover(random, instance, unit)
        value = joint_value(instance, cover, unit, limit)
        assert found_value(instance, cover, unit, limit) == value, seed
        finite += value is not None
    assert finite > 2


def test_forests_without_prices_cost_nothing_where_adapters_are_free() -> None:
    """Two kernels of one tile of work stand side by side: 2 tiles of wire, which a star bounds exactly."""
    for wire in (0, 1):
        settings = Settings(width=10, height=9, wdeltat=1, wlength=wire, wadapter=0, memlimit=1000)
        kernel = Conv(1, 1, 1, 1, 1, 1, 1)
        instance = Instance(settings, (Node(0, "k0", kernel), Node(1, "k1", kernel)), (Edge("k0", "k1"),))
        optimum = proven_optimum(instance)
        star = [0, 1, 0, [1, 0], [0], [0], 0, [0], [0], 0, 0, 0, [0]]
        found = with_forests(
            instance, [{"area": 0, "stars": [star], "forests": [[[0, 1], []]]}], [(0, 0), (1, 0)], 1
        )
        assert derive(instance, read_certificate(text_of(found))) == optimum


def test_numbers_beyond_64_bits_are_exact() -> None:
    times = 10**20
    for seed in range(4):
        random = Random(f"huge forest {seed}")
        instance = random_network(random, "dense", adapters=True, largest=6)
        cover = random_joint_cover(random, instance, 2)
        cover["area"] *= times
        for star in cover["stars"]:
            star[2], star[11] = star[2] * times, star[11] * times
            star[3] = [n * times if i % 2 else n for i, n in enumerate(star[3])]
            star[12] = [n * times for n in star[12]]
        for forest in cover["forests"]:
            forest[1] = [n * times if i % 3 else n for i, n in enumerate(forest[1])]
        assert found_value(instance, cover, 2) == joint_value(instance, cover, 2), seed


def proven(instance: Instance, cover: dict[str, Any]) -> Fraction:
    value = derive(instance, read_certificate(text_of(with_forests(instance, [cover], [(0, 0)], UNIT))))
    assert value is not None
    return value


def changed(random: Random, cover: dict[str, Any]) -> dict[str, Any]:
    """The cover with a few of its numbers moved; it may be none any more."""
    found: dict[str, Any] = json.loads(json.dumps(cover))
    for _ in range(random.randint(1, 3)):
        step = random.choice([-8, -3, -1, 1, 3, 8, 20])
        what = random.randrange(6)
        star = random.choice(found["stars"] or [None])
        forest = random.choice(found["forests"] or [[[], []]])
        if what == 0:
            found["area"] += step
        elif what < 3 and forest[1]:
            at = random.randrange(0, len(forest[1]), 3)
            forest[1][at + random.choice([1, 2, 2])] += step
        elif star and what == 3:
            star[random.choice([1, 2, 6])] += step
        elif star and what == 4:
            star[11] += step
        elif star and star[12]:
            star[12][random.randrange(len(star[12]))] += step
    return found


def best_of(random: Random, instance: Instance, optimum: Fraction, rounds: int) -> Fraction:
    """The best bound of some covers and of what is found on the way upwards from them."""
    rules, best = CoverRules(instance), Fraction(-(10**12))
    for make in (random_joint_cover, linked_cover, linked_cover):
        cover = make(random, instance, UNIT)
        value = proven(instance, cover)
        for _ in range(rounds):
            assert value <= optimum
            trial = changed(random, cover)
            try:
                rules.check(read_covers([trial], forests=True)[0], UNIT)
            except CertificateError:
                continue
            other = proven(instance, trial)
            if other >= value:
                value, cover = other, trial
        best = max(best, value)
    return best


#: Small instances with adapters where the proof of the optimum is quick.
SEEDS = [("chain", 4), ("chain", 7), ("chain", 9), ("tree", 1), ("tree", 12), ("triangle", 1)]


@pytest.mark.parametrize(
    "seeds", [SEEDS[::3], pytest.param(SEEDS, marks=pytest.mark.slow)], ids=["few", "all"]
)
def test_no_cover_with_forests_proves_more_than_the_optimum(seeds: list[tuple[str, int]]) -> None:
    ratios = []
    for kind, seed in seeds:
        instance = small_instance(kind, seed)
        optimum = proven_optimum(instance)
        assert optimum is not None
        ratios.append(best_of(Random(seed), instance, optimum, 12) / optimum)
    assert sum(ratio > 0 for ratio in ratios) > len(seeds) // 2


@pytest.mark.slow
@pytest.mark.parametrize("kind", SMALL)
def test_no_cover_with_forests_of_many_networks_proves_more(kind: str) -> None:
    for seed in range(100, 140):
        instance = small_instance(kind, seed)
        optimum = proven_optimum(instance) if instance.settings.wadapter else None
        if optimum is not None:
            best_of(Random(seed), instance, optimum, 60)


@pytest.mark.parametrize("rounds", with_slow([30, 60], 60))
def test_damaged_forests_never_prove_too_much(rounds: int) -> None:
    """A digit changed, the digest made to agree again: refused, or a bound still."""
    accepted = 0
    for kind, seed in (SEEDS[0], SEEDS[3]):
        instance = small_instance(kind, seed)
        random, optimum = Random(seed), proven_optimum(instance)
        assert optimum is not None
        covers = [make(random, instance, UNIT) for make in (random_joint_cover, linked_cover)]
        found = with_forests(instance, covers, [(0, 0), (40, 1)], UNIT)
        for _ in range(rounds):
            text = json.dumps(found)
            start = text.index('"covers"') if random.random() < 0.8 else 0
            at = random.choice([i for i, letter in enumerate(text) if letter.isdigit() and i > start])
            try:
                text = text_of(signed(json.loads(text[:at] + random.choice("0123456789") + text[at + 1 :])))
                value = derive(instance, read_certificate(text))
                assert verify(instance, text) <= optimum
            except (CertificateError, json.JSONDecodeError):
                continue
            assert value is None or value <= optimum
            accepted += 1
    assert accepted > rounds // 3


#: A triangle with a tail, a hub star with all refunds, and both kinds of forests.
INSTANCE = small_instance("triangle", 1)


def good() -> dict[str, Any]:
    return linked_cover(Random(3), INSTANCE, UNIT)


def refused(cover: dict[str, Any], **changes: Any) -> str:
    found = with_forests(INSTANCE, [cover], [(0, 0)], UNIT)
    for entry in found["intervals"]:
        entry.update(changes)
    with pytest.raises(CertificateError) as error:
        verify(INSTANCE, text_of(signed(found)))
    assert "\n" not in str(error.value)
    return str(error.value)


def test_the_unchanged_cover_is_accepted() -> None:
    assert verify(INSTANCE, text_of(with_forests(INSTANCE, [good()], [(0, 0)], UNIT))) == -(10**12)


def test_an_edge_twice_or_none_is_refused() -> None:
    cover = good()
    cover["forests"].append([cover["forests"][0][0][:2], []])
    assert "twice" in refused(cover)
    cover = good()
    cover["forests"][0][0][:2] = cover["forests"][0][0][1::-1]
    assert "none of the network" in refused(cover)
    cover["forests"][0][0][:2] = [0, 99]
    assert "none of the network" in refused(cover)


def test_a_cycle_is_refused() -> None:
    cover = good()
    edges = {(u, v) for u, v in edges_of(INSTANCE)}
    cover["forests"] = [[[v for edge in sorted(edges) for v in edge], []]]
    assert "cycle" in refused(cover)


def test_prices_beyond_what_there_is_are_refused() -> None:
    cover = good()
    cover["forests"][0][1][2] += 10**6
    assert "thickness" in refused(cover)
    cover = good()
    cover["forests"][0][1][1] += 1
    assert "more than its area" in refused(cover)
    cover = good()
    cover["stars"] = []
    assert "thickness" in refused(cover)


def test_a_hub_without_leaves_gives_nothing_back() -> None:
    cover = good()
    cover["stars"] = [[v, 0, 0, [], [], [], 0, [], [], 0, 0, 10**6, []] for v in range(len(INSTANCE.kernels))]
    assert "thickness" in refused(cover)


@pytest.mark.parametrize(
    ("what", "value"), [("edges", [0]), ("prices", [0, 1]), ("prices", [0, 0, -1]), ("prices", [0, 0, 0] * 2)]
)
def test_forests_of_a_wrong_form_are_refused(what: str, value: list[int]) -> None:
    cover = good()
    cover["forests"][0][what == "prices"] = value
    assert "forest" in refused(cover)


def test_prices_of_kernels_outside_a_forest_are_refused() -> None:
    cover = good()
    cover["forests"][0][1] += [99, 0, 0]
    assert "no edge" in refused(cover)


def test_stars_have_refunds_and_covers_forests_from_version_7_on() -> None:
    cover = good()
    cover["stars"][0] = cover["stars"][0][:11]
    assert "star of a cover" in refused(cover)
    cover = good()
    cover["stars"][0][12] = cover["stars"][0][12][1:]
    assert "refunds" in refused(cover)
    cover = good()
    del cover["forests"]
    assert "keys area, stars, forests" in refused(cover)
    found = with_forests(INSTANCE, [good()], [(0, 0)], UNIT)
    with pytest.raises(CertificateError, match="keys area, stars"):
        verify(INSTANCE, text_of(signed({**found, "version": 6})))


def test_an_interval_whose_cover_has_forests_has_nothing_else() -> None:
    assert "has forests" in refused(good(), wire=1)
    assert "has forests" in refused(good(), multipliers=[[1, 0, 0]])


def test_what_forests_say_later_is_not_added_to_adapters_of_cells() -> None:
    """Early intervals may take over what later ones need, but not once from forests and once from cells."""
    for kind, seed in SEEDS[2:4]:
        instance = small_instance(kind, seed)
        optimum = proven_optimum(instance)
        assert optimum is not None
        cover = linked_cover(Random(seed), instance, UNIT)
        plain = {**cover, "forests": []}
        found = with_forests(instance, [cover, plain], [(0, 1), (1, 1), (30, 0)], UNIT)
        for entry in found["intervals"][:2]:
            entry["multipliers"] = [[UNIT, 0, 0]]
        read = read_certificate(text_of(signed(found)))
        for enough in (None, optimum + 1, Fraction(-(10**6))):
            value = derive(instance, read, enough=enough)
            assert value is not None
            assert value <= optimum
