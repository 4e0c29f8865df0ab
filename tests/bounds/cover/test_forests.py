"""Forests of adapters in the search: what they cost against the verifier, and what covers make of them."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import numpy as np
import pytest

from tests.bounds.verifier.cases import NETWORKS, random_network
from wse_cp.bounds.cover.ascent import Ascent
from wse_cp.bounds.cover.cover import CoverDual, Stars
from wse_cp.bounds.cover.forests import Forests
from wse_cp.bounds.cover.text import cover_content
from wse_cp.bounds.programme.pricing import UNIT, tables_at
from wse_cp.bounds.programme.rows import RowMaker
from wse_cp.bounds.verifier.assembly import Library
from wse_cp.bounds.verifier.cover import CoverRules, read_covers
from wse_cp.bounds.verifier.forest_cost import ForestCost
from wse_cp.bounds.verifier.patterns import SCALE
from wse_cp.bounds.verifier.rectangles import Demands, Rectangles
from wse_cp.bounds.verifier.stars import CoverCost
from wse_cp.instance import Instance
from wse_cp.shapes.arrays import UNLIMITED

KINDS = [kind for kind in NETWORKS if kind != "one"]


def network(seed: int, kind: str) -> Instance:
    return random_network(Random(f"{kind} {seed}"), kind, adapters=True, blocks=seed == 1, largest=12)


def ascent_of(instance: Instance, time: int) -> Ascent | None:
    """An ascent with forests; None if a kernel has no shape."""
    tables = tables_at(instance, RowMaker(instance), time)
    if tables is None:
        return None
    stars = Stars(instance)
    dual = CoverDual(stars, tables)
    first = Ascent(dual, dual.first(0.5))
    for _ in range(3):
        first.step()
    return first.with_forests(CoverDual(stars, tables, Forests(instance, stars.names)))


@pytest.mark.parametrize("kind", KINDS)
def test_every_edge_is_in_one_forest(kind: str) -> None:
    instance = network(0, kind)
    names = sorted(instance.kernels)
    forests = Forests(instance, names)
    edges = [(names[u], names[v], count) for own in forests.edges for u, v, count in own]
    assert sorted(edges) == sorted(instance.kernel_edges)
    for own, members in zip(forests.edges, forests.members, strict=True):
        assert set(np.flatnonzero(members).tolist()) == {end for u, v, _ in own for end in (u, v)}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("limit", [None, 60])
def test_the_verifier_derives_what_the_search_has_found(kind: str, limit: int | None) -> None:
    for seed in range(3):
        instance = network(seed, kind)
        time = UNLIMITED if limit is None else limit
        ascent, tables = ascent_of(instance, time), tables_at(instance, RowMaker(instance), time)
        if ascent is None or tables is None:
            continue
        for _ in range(9):
            ascent.step()
        found = ascent.found()
        (read,) = read_covers([cover_content(found)], forests=True, flows=True, boxes=True)
        CoverRules(instance).check(read, UNIT)
        rectangles = Rectangles(Demands(instance), limit)
        adapters = Fraction(
            ForestCost(instance, read, UNIT)(Library(instance, limit), rectangles), SCALE * UNIT
        )
        wires = Fraction(CoverCost(instance, read)(rectangles), SCALE * UNIT)
        assert float(wires + adapters) > found.value.value - 1e-6, seed
        if found.forests is not None:
            prices = found.cover.forest_prices
            value = found.forests(tables, prices, np.zeros_like(prices))
            assert float(adapters) == pytest.approx(value, abs=1e-6), seed


def test_the_first_step_counts_what_is_known_without_forests() -> None:
    ascent = ascent_of(network(0, "dense"), UNLIMITED)
    assert ascent is not None
    assert ascent.value == ascent.plain
    known = ascent.found()
    assert known.forests is None
    assert known.value.value == ascent.plain


def test_an_ascent_elsewhere_may_begin_like_another_one() -> None:
    instance = network(0, "dense")
    one, other = ascent_of(instance, UNLIMITED), ascent_of(instance, UNLIMITED)
    assert one is not None
    assert other is not None
    for _ in range(20):
        one.step()
    assert other.untried
    other.begin_like(one)
    other.step()
    assert not other.untried
    assert other.value == pytest.approx(one.value)
