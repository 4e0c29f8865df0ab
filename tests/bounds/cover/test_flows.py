"""Stars that reach farther: their flows are such as a certificate may have, and they make bounds better."""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from tests.bounds.cover.test_cover import dual_of
from tests.bounds.networks import Pairs, instance_of
from wse_cp.bounds.background.child import (
    _EAGER_FOR_LONG,
    _EAGER_SECONDS,
    _RISING_SECONDS,
    _SEEKING_SECONDS,
    BoundWork,
)
from wse_cp.bounds.cover import cover, flows
from wse_cp.bounds.cover.ascent import Ascent
from wse_cp.bounds.cover.forests import Forests
from wse_cp.bounds.cover.text import cover_content
from wse_cp.bounds.cover.values import WHOLE
from wse_cp.bounds.programme.pricing import UNIT
from wse_cp.bounds.search import limits
from wse_cp.bounds.search.best_first import BoundSearch
from wse_cp.bounds.verifier import verify
from wse_cp.bounds.verifier.cover import CoverRules, read_covers
from wse_cp.instance import Instance, Settings
from wse_cp.kernels import Conv

#: All kernels are alike, and within the limit they fill the wafer.
KERNEL, WAFER, LIMIT = Conv(32, 32, 1, 1, 8, 8, 1), Settings(60, 60, 1, 20, 0), 2000
#: A hub in the middle of twelve chains of two.
SPIDER: Pairs = [pair for arm in range(12) for pair in ((0, 2 * arm + 1), (2 * arm + 1, 2 * arm + 2))]


def network(pairs: Pairs) -> Instance:
    return instance_of(pairs, WAFER, [KERNEL] * (1 + max(max(pair) for pair in pairs)))


def stepped(ascent: Ascent) -> Ascent:
    for _ in range(20):
        ascent.step()
    return ascent


def grown(instance: Instance) -> Ascent:
    """An ascent with stars that reach farther, after a few steps."""
    dual = dual_of(instance, LIMIT)
    ascent = stepped(Ascent(dual, dual.first(1.0)))
    while ascent.grow():
        continue
    farther = ascent.grown()
    assert farther is not None
    return stepped(farther)


def random_network(seed: int) -> Instance:
    """A tree of fifteen kernels with some edges more."""
    random = Random(seed)
    return network(sorted({(random.randrange(v), v) for v in [*range(1, 15), *range(3, 15)]}))


@pytest.mark.parametrize("seed", range(6))
def test_flows_bring_all_of_a_star_to_its_leaves_along_edges(seed: int) -> None:
    instance = random_network(seed)
    stars = grown(instance).stars
    edges = set(stars.edges)
    assert stars.reaching
    for star in stars.reaching:
        assert len(star.demands) in (0, len(star.leaves))
        due = star.demands or (WHOLE,) * len(star.leaves)
        stays = {leaf: -demand for leaf, demand in zip(star.leaves, due, strict=True)}
        for u, v, share in star.flow:
            assert (min(u, v), max(u, v)) in edges
            assert share > 0
            stays[u] = stays.get(u, 0) - share
            stays[v] = stays.get(v, 0) + share
        assert {kernel for kernel, left in stays.items() if left} == {star.hub}


@pytest.mark.parametrize("seed", range(6))
def test_covers_with_flows_keep_to_the_rules_of_certificates(seed: int) -> None:
    instance = random_network(seed)
    found = grown(instance).found()
    (cover,) = read_covers([json.loads(json.dumps(cover_content(found)))], True, True, True)
    CoverRules(instance).check(cover, UNIT)
    assert any(star.flow for star in cover.stars) == bool(found.stars.reaching)


def test_what_a_star_takes_of_edges_is_what_its_flow_says() -> None:
    stars = grown(network(SPIDER)).stars
    for i, star in enumerate(stars.reaching):
        taken = np.zeros(len(stars.edges))
        for u, v, share in star.flow:
            taken[stars.edges.index((min(u, v), max(u, v)))] += share / WHOLE
        assert stars.takes[:, [stars.near + i]].toarray().ravel() == pytest.approx(taken)
        assert stars.lengths[stars.near + i] == pytest.approx(taken.sum())


def test_stars_that_reach_farther_are_worth_more() -> None:
    dual = dual_of(network(SPIDER), LIMIT)
    near = stepped(Ascent(dual, dual.first(1.0)))
    assert grown(network(SPIDER)).value > 1.2 * near.value


def bound_of(instance: Instance) -> tuple[float, str]:
    search = BoundSearch(instance)
    while not search.finished:
        search.step()
    found = search.bound()
    assert verify(instance, found.certificate) == found.value
    return float(found.value), found.certificate


def has_flows(certificate: str) -> bool:
    """Whether some star of a certificate of version 9 has a flow."""
    found = json.loads(certificate)
    assert found["version"] == 9
    return any(star[13] for cover in found["covers"] for star in cover["stars"])


def test_bounds_are_better_with_them_and_are_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    better, certificate = bound_of(network(SPIDER))
    assert has_flows(certificate)
    monkeypatch.setattr(limits.Limits, "_reaching", lambda *_: None)
    plain, certificate = bound_of(network(SPIDER))
    assert not has_flows(certificate)
    assert better > 1.02 * plain


def test_bounds_with_flows_are_verified_where_adapters_count() -> None:
    instance = network(SPIDER)
    dear = replace(instance, settings=replace(WAFER, wadapter=1))
    certificate = bound_of(dear)[1]
    assert has_flows(certificate)
    assert any(cover["forests"] for cover in json.loads(certificate)["covers"])


def test_a_chain_has_no_stars_that_reach_farther() -> None:
    dual = dual_of(network([(0, 1), (1, 2)]), LIMIT)
    ascent = Ascent(dual, dual.first(1.0))
    ascent.step()
    while ascent.grow():
        continue
    assert ascent.grown() is None


def test_a_programme_that_takes_too_long_ends_the_search_for_more_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dual = dual_of(network(SPIDER), LIMIT)
    ascent = stepped(Ascent(dual, dual.first(1.0)))
    rounds = 0
    while ascent.grow():
        rounds += 1
        if rounds == 8:
            monkeypatch.setattr(cover.Stars, "best_weights_of", lambda *_: None)
    assert rounds == 8
    grown = ascent.grown()
    assert grown is not None
    assert stepped(grown).value > ascent.value


def test_stars_that_are_too_dear_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    def programme() -> tuple[int, float]:
        dual = dual_of(network(SPIDER), LIMIT)
        ascent = stepped(Ascent(dual, dual.first(1.0)))
        most = 0
        while ascent.grow():
            assert ascent._columns is not None
            most = max(most, len(ascent._columns._reaching))
        grown = ascent.grown()
        assert grown is not None
        return most, stepped(grown).value

    all_of_them, value = programme()
    monkeypatch.setattr(flows, "_CROWD", 0)
    fewer, other = programme()
    assert fewer < all_of_them
    assert other > 0.98 * value


def test_several_threads_search_once_there_are_stars_that_reach_farther() -> None:
    search = BoundSearch(network(SPIDER))
    assert not search.gains_by_threads
    while not search.gains_by_threads:
        assert not search.finished
        search.step()


def test_stars_that_reach_farther_come_after_forests_and_get_some_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    instance = network(SPIDER)
    dear = replace(instance, settings=replace(WAFER, wadapter=1))
    turns: list[str] = []
    forests, farther = Ascent.with_forests, Ascent.grown

    def with_forests(ascent: Ascent, dual: cover.CoverDual) -> Ascent:
        turns.append("far, forests" if ascent.stars.reaching else "forests")
        return forests(ascent, dual)

    def grown(ascent: Ascent) -> Ascent | None:
        assert not ascent.counts_adapters
        turns.append("far")
        return farther(ascent)

    monkeypatch.setattr(Ascent, "with_forests", with_forests)
    monkeypatch.setattr(Ascent, "grown", grown)
    bound_of(dear)
    assert [turns[0], *dict.fromkeys(turns)][:4] == ["forests", "forests", "far", "far, forests"]


def counting_ascent() -> tuple[Ascent, Ascent]:
    """An ascent, and the one with forests that goes on from it, a few steps later."""
    instance = network(SPIDER)
    dear = replace(instance, settings=replace(WAFER, wadapter=1))
    dual = dual_of(dear, LIMIT)
    plain = stepped(Ascent(dual, dual.first(1.0)))
    return plain, stepped(plain.with_forests(forested(plain, dual)))


def forested(plain: Ascent, dual: cover.CoverDual) -> cover.CoverDual:
    found = dual.with_stars(plain.stars)
    found.forests = Forests(plain.stars.instance, plain.stars.names)
    return found


def test_an_ascent_with_forests_knows_the_one_without_at_other_limits_too() -> None:
    plain, counting = counting_ascent()
    assert counting.beneath is plain
    assert counting.plain == plain.value
    elsewhere = counting.elsewhere(
        forested(plain, dual_of(plain.stars.instance, LIMIT - 500)), counting.value
    )
    assert elsewhere.counts_adapters
    beneath = elsewhere.beneath
    assert beneath is not None
    assert not beneath.counts_adapters
    assert (beneath.value, beneath.stars) == (plain.value, plain.stars)
    assert plain.elsewhere(dual_of(plain.stars.instance, LIMIT - 500)).beneath is None


def test_an_ascent_instead_of_a_better_one_keeps_its_value_and_cover() -> None:
    plain, counting = counting_ascent()
    while plain.grow():
        continue
    farther = plain.grown()
    assert farther is not None
    better = max(counting.value, farther.value + 1)
    counting.value = better
    farther = farther.instead_of(counting)
    assert farther.value == better
    assert farther.found() is counting.found()
    assert not farther.grow()  # it has brought nothing yet
    own = farther.value
    assert stepped(farther).instead_of(plain).value == farther.value >= own


@pytest.mark.slow
def test_where_stars_say_most_the_bound_beside_a_search_is_eager_for_long() -> None:
    def patience(instance: Instance) -> tuple[float, float]:
        search = BoundSearch(instance)
        assert not search.by_stars
        while not search.finished:
            search.step()
        work = BoundWork(instance, lambda: None, lambda: False, lambda *_: None, print, print)
        return work._patience(search)

    chain = network([(0, 1), (1, 2)])
    assert patience(network(SPIDER)) == (_EAGER_FOR_LONG, _SEEKING_SECONDS)
    assert patience(chain) == (_EAGER_SECONDS, _RISING_SECONDS)
    assert patience(replace(chain, settings=replace(WAFER, wadapter=1))) == (_EAGER_FOR_LONG, _RISING_SECONDS)


def test_where_nothing_is_found_a_few_rough_rounds_and_a_few_exact_ones_are_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(flows, "_best_of_each", lambda *_: np.zeros(0, np.int64))
    instance = network(SPIDER)
    dual = dual_of(instance, LIMIT)
    ascent = stepped(Ascent(dual, dual.first(1.0)))
    rounds = 0
    while ascent.grow():
        rounds += 1
    assert rounds == 2 * flows._IDLE
