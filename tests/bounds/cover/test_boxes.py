"""Demands and boxes in the search: what covers claim against the verifier, and what they are good for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from random import Random

import numpy as np
import pytest

from tests.bounds.cover.test_cover import DENSE, dual_of
from tests.bounds.cover.test_flows import SPIDER
from tests.bounds.networks import Pairs, instance_of
from tests.bounds.verifier.flows import random_demands, random_flow
from wse_cp.bounds.cover.ascent import Ascent
from wse_cp.bounds.cover.boxes import BOXED
from wse_cp.bounds.cover.cover import CoverDual, Found, Stars
from wse_cp.bounds.cover.text import cover_content
from wse_cp.bounds.cover.values import WHOLE, Boxes, Reaching
from wse_cp.bounds.programme.pricing import UNIT
from wse_cp.bounds.verifier.cover import CoverRules, read_covers
from wse_cp.bounds.verifier.patterns import SCALE
from wse_cp.bounds.verifier.rectangles import Demands, Rectangles
from wse_cp.bounds.verifier.stars import CoverCost
from wse_cp.instance import Instance, Settings
from wse_cp.kernels import Conv

LIMIT = 2000
#: Within the limit their least extents are 2, 3 and 9 tiles.
SMALL, THIN, THICK = (
    Conv(size, size, 1, 1, amount, amount, 1) for size, amount in ((8, 8), (32, 16), (32, 32))
)
#: Three layers of four, each joined with the next one; a tree with two hubs of seven leaves.
LAYERED = [(4 * layer + i, 4 * layer + 4 + j) for layer in range(2) for i in range(4) for j in range(4)]
HUBS = [(0, 1), *((0, i) for i in range(2, 9)), *((1, i) for i in range(9, 16))]
NETWORKS: dict[str, Pairs] = {"dense": DENSE, "layered": LAYERED, "tree": HUBS, "spider": SPIDER}


def network(kind: str, wafer: tuple[int, int]) -> Instance:
    count = 1 + max(max(pair) for pair in NETWORKS[kind])
    kernels = [(SMALL, THIN, THICK)[i % 3] for i in range(count)]
    return instance_of(NETWORKS[kind], Settings(*wafer, 1, 20, 0), kernels)


def derived(instance: Instance, found: Found) -> float:
    """What the verifier makes of a cover; an error unless it keeps to the rules."""
    content = json.loads(json.dumps(cover_content(found)))
    (cover,) = read_covers([content], forests=True, flows=True, boxes=True)
    CoverRules(instance).check(cover, UNIT)
    cost = CoverCost(instance, cover)(Rectangles(Demands(instance), LIMIT))
    return float(Fraction(cost, SCALE * UNIT))


def random_reaching(random: Random, stars: Stars) -> list[Reaching]:
    """Stars around some kernels with all or some others as leaves, most of them with demands."""
    found = []
    for hub in random.sample(range(len(stars.names)), 3):
        others = [v for v in range(len(stars.names)) if v != hub]
        leaves = sorted(random.sample(others, random.choice([len(others), len(others), 5, 3])))
        demands = (
            [demand + 1 for demand in random_demands(random, len(leaves))] if random.random() < 0.8 else []
        )
        pairs = [frozenset(edge) for edge in stars.edges]
        _, flow = random_flow(random, pairs, hub, leaves, demands)
        ways = zip(flow[::3], flow[1::3], flow[2::3], strict=True)
        found.append(Reaching(hub, tuple(leaves), tuple(demands), tuple(ways)))
    return found


def random_weights(random: Random, stars: Stars) -> np.ndarray:
    """Weights that take about all of some edge."""
    weights = np.array([random.choice([0.0, 0.1, 1.0]) * random.random() for _ in stars.hubs])
    weights[stars.near :] += 0.1
    most = (stars.takes @ weights / stars.multiplicities).max()
    return np.asarray(weights / most)


def random_ascents(kind: str, seeds: Sequence[int]) -> list[Ascent]:
    found = []
    for seed in seeds:
        random = Random(f"{kind} {seed}")
        dual = dual_of(network(kind, random.choice([(90, 90), (120, 60), (50, 100)])), LIMIT)
        stars = Stars(dual.stars.instance, random_reaching(random, dual.stars))
        dual = dual.with_stars(stars)
        shares = dual.begun(random.choice([0.003, 0.05]), random_weights(random, stars))
        found.append(Ascent(dual, shares))
    return found


@pytest.mark.parametrize("kind", NETWORKS)
def test_the_verifier_derives_what_covers_with_demands_and_boxes_claim(kind: str) -> None:
    boxes = demands = 0
    for ascent in random_ascents(kind, range(4)):
        for _ in range(6):
            ascent.step()
            found = ascent.found()
            value = derived(found.stars.instance, found)
            assert found.value.value <= value <= found.value.value + 1e-3 * abs(value)
            used = found.cover.weights > 0
            boxes += int((found.value.boxes[used].min(axis=2) > 0).any(axis=1).sum())
            demands += sum(bool(found.stars.demand(star)) for star in np.flatnonzero(used).tolist())
    assert demands > 20
    assert boxes > 20


@pytest.mark.parametrize("kind", NETWORKS)
def test_other_prices_of_boxes_are_kept_only_if_they_are_better(kind: str) -> None:
    better = 0
    for ascent in random_ascents(kind, range(6)):
        ascent.step()
        found = ascent.found()
        dual, cover = dual_with(found), found.cover
        none = Boxes(np.zeros_like(cover.boxes.state), cover.boxes.steps)
        values = [dual(cover._replace(boxes=none), tries=0).value]
        values += [dual(cover, tries=tries).value for tries in (0, 1, 4)]
        for _ in range(8):
            cover = cover._replace(boxes=dual(cover).better)
            values.append(dual(cover, tries=0).value)
        assert all(one <= other + 1e-9 * abs(other) for one, other in pairwise(values[:4]))
        assert all(one <= other + 1e-9 * abs(other) for one, other in pairwise([values[1], *values[4:]]))
        better += values[-1] > values[0]
    assert better


def dual_with(found: Found) -> CoverDual:
    return dual_of(found.stars.instance, LIMIT).with_stars(found.stars)


def test_a_star_has_no_boxes_if_it_has_few_leaves() -> None:
    ascent = random_ascents("tree", [0])[0]
    ascent.step()
    found = ascent.found()
    few = found.stars.sizes < BOXED
    assert few.any()
    assert not found.value.boxes[few].any()


@pytest.mark.parametrize("kind", NETWORKS)
def test_refunds_may_be_more_than_wires_cost(kind: str) -> None:
    """Also in stars of few leaves, where no room counts. What is left of refunds, forests would ask."""
    instance = network(kind, (60, 60))
    stars = Stars(instance)
    dual = dual_of(instance, LIMIT).with_stars(stars)
    cover = stars.cover(dual.first(0.01))
    hubs, leaves = np.zeros(len(stars.hubs)), np.full(len(stars.leaves), 64.0)
    found = Found(stars, cover._replace(hub_refunds=hubs, leaf_refunds=leaves), dual(cover))
    found = found._replace(value=dual(found.cover))
    rest = sum(dual.thinnest[leaf] * 64.0 for leaf in stars.leaves[cover.weights[stars.star_of] > 0])
    assert found.value.value < 0
    assert found.value.value + rest <= derived(instance, found)


def bound(dual: CoverDual, reaching: Sequence[Reaching], weights: Sequence[float]) -> float:
    """The best value found by stars with given weights, what the verifier derives from it."""
    stars = Stars(dual.stars.instance, reaching)
    dual = dual.with_stars(stars)
    ascent = Ascent(dual, dual.begun(0.05, np.append(np.zeros(stars.near), weights)))
    for _ in range(60):
        ascent.step()
    return derived(stars.instance, ascent.found())


def test_demands_are_worth_a_tenth_where_thick_leaves_have_many_wires() -> None:
    """Twelve leaves, six of them three times as thick and with three times as many wires as the others.

    The same wires without demands: once to all leaves, twice more to the thick ones.
    """
    plain = instance_of(
        [(0, i) for i in range(1, 13)], Settings(200, 200, 1, 20, 0), [SMALL, *[THIN, THICK] * 6]
    )
    thick = {edge for edge in plain.edges if plain.kernels[edge.target] == THICK}
    instance = replace(plain, edges=(*plain.edges, *[*thick] * 2))
    dual = dual_of(instance, LIMIT)
    names = dual.stars.names
    hub, leaves = names.index("k0"), tuple(i for i, name in enumerate(names) if name != "k0")
    wide = tuple(leaf for leaf in leaves if instance.kernels[names[leaf]] == THICK)
    assert dual.thinnest[list(wide)].min() == 3 * dual.thinnest[names.index("k1")]
    demands = tuple(WHOLE * (3 if leaf in wide else 1) for leaf in leaves)
    flow = tuple((hub, leaf, demand) for leaf, demand in zip(leaves, demands, strict=True))
    once, twice = ((hub, own, (), tuple((hub, leaf, WHOLE) for leaf in own)) for own in (leaves, wide))
    with_demands = bound(dual, [Reaching(hub, leaves, demands, flow)], [1.0])
    without = bound(dual, [Reaching(*once), Reaching(*twice)], [1.0, 2.0])
    assert with_demands > 1.1 * without
