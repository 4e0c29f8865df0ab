"""Stars with flows against a literal reading of docs/bounds.md, section 10."""

from __future__ import annotations

from copy import deepcopy
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from tests.bounds.verifier.cases import NETWORKS, random_network, text_of
from tests.bounds.verifier.covers import multiplicities, random_cover
from tests.bounds.verifier.flows import WHOLE, Pair, loads, worst_cut
from tests.bounds.verifier.forests import joint_value, random_joint_cover, with_forests
from tests.marks import with_slow
from wse_cp.bounds.verifier import CertificateError, derive, read_certificate
from wse_cp.bounds.verifier import cover as cover_module
from wse_cp.bounds.verifier.assembly import Library
from wse_cp.bounds.verifier.cover import Cover, CoverRules, read_covers
from wse_cp.bounds.verifier.forest_cost import ForestCost
from wse_cp.bounds.verifier.patterns import SCALE
from wse_cp.bounds.verifier.rectangles import Demands, Rectangles
from wse_cp.bounds.verifier.stars import CoverCost
from wse_cp.instance import Instance

CONNECTED = [kind for kind in NETWORKS if kind != "one"]
#: A tree, cycles and chords of each kind in short: they stand for the other networks.
QUICK = {"chain", "triangle", "bow", "ring", "dense", "two", "kites"}


def read(cover: dict[str, Any]) -> Cover:
    (found,) = read_covers([cover], forests=True, flows=True)
    return found


@pytest.mark.parametrize("kind", with_slow(CONNECTED, *(set(CONNECTED) - QUICK)))
def test_a_cover_with_flows_has_the_value_of_section_10(kind: str) -> None:
    finite = 0
    for seed in range(10):
        random = Random(f"flow {seed}")
        instance = random_network(random, kind, adapters=seed % 2 == 0)
        unit, limit = random.choice([1, 3, 8]), random.choice([None, 40, 400])
        cover = random_joint_cover(random, instance, unit, flows=True)
        value = joint_value(instance, cover, unit, limit)
        assert found_value(instance, read(cover), unit, limit) == value, seed
        finite += value is not None
    assert finite > 2


def found_value(instance: Instance, cover: Cover, unit: int, limit: int | None) -> Fraction | None:
    """What the verifier says a cover costs at least; None if a kernel has no shape."""
    CoverRules(instance).check(cover, unit)
    rectangles = Rectangles(Demands(instance), limit)
    if not all(len(rectangles(kernel)[0]) for kernel in instance.kernels.values()):
        return None
    total = CoverCost(instance, cover)(rectangles)
    total += ForestCost(instance, cover, unit)(Library(instance, limit), rectangles)
    return Fraction(total, SCALE * unit)


def corrupted(random: Random, cover: dict[str, Any], wires: dict[Pair, int], kernels: int) -> dict[str, Any]:
    """A cover with one of its flows, weights, hubs or leaves changed.

    At times this star is alone then, and takes all it can get.
    """
    found = deepcopy(cover)
    star = random.choice([star for star in found["stars"] if star[13]])
    flow, at = star[13], random.randrange(0, len(star[13]), 3)
    what = random.randrange(6)
    if len(star) > 14 and star[14] and random.random() < 0.2:
        place = random.randrange(len(star[14]))
        star[14][place] = max(0, star[14][place] + random.choice([-1, 1]) * random.choice([1, 40, 999]))
        what = -1
    if what == 0:
        flow[at + 2] = max(0, flow[at + 2] + random.choice([-1, 1]) * random.choice([1, 40, 999]))
    elif what == 1:
        flow[at : at + 2] = flow[at + 1], flow[at]
    elif what == 2:
        del flow[at : at + 3]
    elif what == 3:
        flow += [flow[at + 1], flow[at], share := random.randint(1, 500), flow[at], flow[at + 1], share]
    elif what == 4 and star[3]:
        star[3][random.randrange(0, len(star[3]), 2)] = random.randrange(kernels)
    elif what > 0:
        star[random.choice([0, 1])] += 1
    if random.random() < 0.5:
        taken = loads(star[0], star[3][::2], flow)
        most = [WHOLE * wires[pair] // load for pair, load in taken.items() if load and pair in wires]
        star[1] = min(most, default=star[1])
        found["stars"] = [star]
    return found


def cuts_hold(rules: Any, seeds: range, boxes: bool = False) -> tuple[bool, int, int]:
    """Whether no accepted cover asks for more than the wires have, wherever kernels are.

    `rules` stands for `cover.py`. Besides, how many changed covers it accepts, and how many it refuses. With
    `boxes` covers are of version 9: their stars have demands.
    """
    right, accepted, refused = True, 0, 0
    for seed in seeds:
        random = Random(f"cut {seed}")
        instance = random_network(random, random.choice(CONNECTED), adapters=False)
        unit, kernels = random.choice([1, 3, 8]), len(instance.kernels)
        cover = random_cover(random, instance, unit, flows=True, boxes=boxes)
        wires = {pair: unit * count for pair, count in multiplicities(instance).items()}
        flowing = any(star[13] for star in cover["stars"])
        trials = [corrupted(random, cover, wires, kernels) for _ in range(4 * flowing)]
        for trial in [cover, *trials]:
            try:
                for one in rules.read_covers([trial], forests=True, flows=True, boxes=boxes):
                    rules.CoverRules(instance).check(one, unit)
            except CertificateError:
                right = right and trial is not cover
                refused += 1
                continue
            right = right and not worst_cut(trial["stars"], wires, kernels)
            accepted += trial is not cover
    return right, accepted, refused


@pytest.mark.parametrize("boxes", [False, True])
def test_accepted_flows_hold_wherever_kernels_are(boxes: bool) -> None:
    right, accepted, refused = cuts_hold(cover_module, range(100), boxes)
    assert right
    assert accepted > 20
    assert refused > 150


def test_empty_flows_change_no_value() -> None:
    """Version 8 without flows means what version 7 does."""
    for seed in range(20):
        random = Random(f"empty {seed}")
        instance = random_network(random, random.choice(CONNECTED), adapters=True, largest=7)
        cover = random_joint_cover(random, instance, 4)
        more = {**cover, "stars": [[*star, []] for star in cover["stars"]]}
        texts = [
            text_of(with_forests(instance, [one], [(0, 0), (40, 0)], 4, version=version))
            for one, version in ((cover, 7), (more, 8))
        ]
        values = [derive(instance, read_certificate(text)) for text in texts]
        assert values[0] == values[1]
