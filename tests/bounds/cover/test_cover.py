"""Covers: stars of a network, weights and prices within their limits, and what the ascent makes of them."""

from __future__ import annotations

import json
from fractions import Fraction
from random import Random

import numpy as np
import pytest

from tests.bounds.networks import Pairs, instance_of
from tests.bounds.small_instances import proven_optimum
from tests.marks import with_slow
from wse_cp.bounds.cover.ascent import Ascent
from wse_cp.bounds.cover.cover import CoverDual, Stars
from wse_cp.bounds.cover.text import cover_content
from wse_cp.bounds.programme.pricing import UNIT, tables_at
from wse_cp.bounds.programme.rows import RowMaker
from wse_cp.bounds.search import certificate
from wse_cp.bounds.search.best_first import BoundSearch
from wse_cp.bounds.verifier import verify
from wse_cp.instance import Edge, Instance, Settings
from wse_cp.kernels import Conv, Kernel
from wse_cp.shapes.arrays import UNLIMITED

FAN = [(0, i) for i in range(1, 8)]
DENSE = [(u, v) for u in range(7) for v in range(u + 1, 7)]
KERNELS: list[Kernel] = [Conv(4, 4, 1, 1, 4, 4, 1), Conv(8, 8, 1, 1, 4, 8, 1)] * 4
WAFER = Settings(60, 60, 1, 20, 0)


def dense(pairs: Pairs) -> Instance:
    count = 1 + max(max(pair) for pair in pairs)
    return instance_of(pairs, WAFER, KERNELS[:count])


def dual_of(instance: Instance, time: int = UNLIMITED) -> CoverDual:
    tables = tables_at(instance, RowMaker(instance), time)
    assert tables is not None
    return CoverDual(Stars(instance), tables)


def test_every_kernel_of_two_neighbours_is_a_hub_and_every_edge_a_star() -> None:
    stars = Stars(dense(FAN))
    assert list(zip(stars.hubs.tolist(), stars.sizes.tolist(), strict=True)) == [(0, 7), *[(0, 1)] * 7]


def test_edges_in_both_directions_and_between_blocks_count_together() -> None:
    instance = dense([(0, 1), (1, 2)])
    more = Instance(instance.settings, instance.nodes, (*instance.edges, Edge("k0", "k2")))
    assert Stars(more).multiplicities.tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("pairs", [FAN, DENSE, [(0, 1), (1, 2), (0, 2), (2, 3)]])
def test_weights_of_the_stars_at_an_edge_sum_to_its_multiplicity_at_most(pairs: Pairs) -> None:
    stars = Stars(dense(pairs))
    random = Random(1)
    wires = np.array([random.random() for _ in stars.hubs])
    for weights in (stars.even_weights(), stars.best_weights(wires)):
        sums = np.zeros(len(stars.edges))
        for star, weight in enumerate(weights):
            for leaf in stars.leaves[stars.pointers[star] : stars.pointers[star + 1]].tolist():
                u, v = sorted((int(stars.hubs[star]), leaf))
                sums[stars.edges.index((u, v))] += weight
        assert (sums <= stars.multiplicities + 1e-9).all()
        assert sums.max() == pytest.approx(1.0)


def test_prices_of_a_kernel_sum_to_the_price_of_area_at_most() -> None:
    dual = dual_of(dense(DENSE))
    stars = dual.stars
    cover = stars.cover(dual.first(0.3))
    sums = stars.sums(cover.hub_prices, cover.leaf_prices)
    assert (sums <= cover.area).all()
    assert (sums > 0.99 * cover.area).all()
    assert all((array * UNIT == np.rint(array * UNIT)).all() for array in cover[1:7])


def test_steps_raise_the_value_and_never_forget_the_best() -> None:
    dual = dual_of(dense(DENSE))
    ascent = Ascent(dual, dual.first(1.0))
    values = []
    for _ in range(40):
        ascent.step()
        values.append(ascent.value)
    assert values == sorted(values)
    assert values[-1] > 1.02 * values[0]
    assert ascent.found().value.value == pytest.approx(ascent.value)
    assert not ascent.promises(2 * ascent.value, 0.0)


def test_an_ascent_goes_on_at_another_limit_with_what_is_known() -> None:
    instance = dense(DENSE)
    dual = dual_of(instance)
    first = Ascent(dual, dual.first(1.0))
    for _ in range(30):
        first.step()
    second = first.elsewhere(dual_of(instance, 16), first.value)
    assert second.value == first.value
    second.step()
    assert second.value > first.value


def test_prices_stay_numbers_where_the_kernels_take_more_than_the_wafer() -> None:
    instance = instance_of(FAN, Settings(6, 6, 1, 20, 0), KERNELS)
    dual = dual_of(instance)
    assert dual.least_area > dual.room
    ascent = Ascent(dual, dual.first(1.0))
    for _ in range(60):
        ascent.step()
    content = cover_content(ascent.found())
    prices = [content["area"], *(price for star in content["stars"] for price in (star[2], *star[3][1::2]))]
    assert all(0 <= price < 1 << 60 for price in prices)
    assert ascent.value > 1e6


def test_a_cover_is_written_in_whole_numbers_without_zeros_at_the_end() -> None:
    dual = dual_of(dense(FAN))
    ascent = Ascent(dual, dual.first(1.0))
    for _ in range(12):
        ascent.step()
    content = json.loads(json.dumps(cover_content(ascent.found())))
    (star,) = (star for star in content["stars"] if len(star[3]) == 14)
    assert len(star) == 16
    assert star[3][::2] == list(range(1, 8))
    assert all(len(ranks) <= 4 and (not ranks or ranks[-1]) for ranks in (star[4], star[5], star[7], star[8]))


@pytest.mark.parametrize("pairs", [FAN, DENSE])
def test_bounds_of_dense_networks_use_covers_and_are_verified(pairs: Pairs) -> None:
    instance = dense(pairs)
    search = BoundSearch(instance)
    while not search.finished:
        search.step()
    bound = search.bound()
    assert json.loads(bound.certificate)["covers"]
    assert verify(instance, bound.certificate) == bound.value > 0


@pytest.mark.parametrize("seed", with_slow(range(8), 0, 1, 2, *range(4, 8)))
def test_no_bound_with_covers_is_above_the_optimum(seed: int) -> None:
    random = Random(seed)
    count = 4
    pairs = [(u, v) for u in range(count) for v in range(u + 1, count) if random.random() < 0.8 or v == u + 1]
    kernels = [random.choice(KERNELS) for _ in range(count)]
    side = random.choice([10, 14, 20])
    instance = instance_of(pairs, Settings(side, side + random.choice([0, 6]), 1, 4, 0), kernels)
    optimum = proven_optimum(instance, 10.0)
    if optimum is None:
        pytest.skip("the solver has not proven an optimum")
    search = BoundSearch(instance)
    while not search.finished:
        search.step()
    assert Fraction(0) < search.value <= optimum


def test_what_is_known_from_a_later_limit_can_be_shown_where_nothing_better_was_found() -> None:
    instance = dense(DENSE)
    dual = dual_of(instance)
    first = Ascent(dual, dual.first(1.0))
    for _ in range(30):
        first.step()
    earlier = dual_of(instance, 16)
    assert first.elsewhere(earlier, 1e9).found().value.value == pytest.approx(first.value)
    better = first.elsewhere(earlier, first.value)
    better.step()
    assert better.found().value.value == better.value > first.value


def test_too_many_covers_for_a_certificate_make_the_bound_lower(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = dense(DENSE)
    search = BoundSearch(instance, proofs=False)
    while not search.finished:
        search.step()
    whole = search.bound()
    monkeypatch.setattr(certificate, "_LONGEST", 30)
    short = search.bound()
    counts = [len(json.loads(bound.certificate).get("covers", [])) for bound in (whole, short)]
    assert counts[1] < counts[0]
    assert verify(instance, short.certificate) == short.value < whole.value


def test_covers_count_adapters_where_cells_are_weak() -> None:
    bounds = []
    for adapter in (0, 100):
        search = BoundSearch(instance_of(DENSE, Settings(60, 60, 1, 20, adapter), KERNELS[:7]), proofs=False)
        while not search.finished:
            search.step()
        bounds.append(search.bound())
        assert verify(search.instance, bounds[-1].certificate) == bounds[-1].value
    assert bounds[1].value > bounds[0].value
    parts = [bound.parts for bound in bounds if bound.parts is not None]
    assert parts[1].adapters > 0 == parts[0].adapters
    assert json.loads(bounds[1].certificate)["version"] == 9
