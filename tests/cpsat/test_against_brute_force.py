"""The whole model must prove the optimum that plain enumeration finds."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from tests.cpsat.brute_force import all_options, improve, random_instance
from tests.marks import with_slow
from wse_cp.cpsat.model import solve_problem
from wse_cp.cpsat.outcome import Limits
from wse_cp.cpsat.whole import placement_from, problem_from
from wse_cp.instance import Instance, Node, Settings
from wse_cp.kernels import DBlock, performance
from wse_cp.placement import Placement
from wse_cp.score import checked_score
from wse_cp.shapes.options import Option

LIMITS = Limits(seconds=60)
#: Seeds whose enumeration is quick.
SEEDS2 = [0, 2, 3, 6, 9, 10, 11, 12, 14, 15, 16, 17, 19, 20, 22, 24]
SEEDS3 = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 14]
SEEDS4 = [0, 1, 3, 6, 8, 9]


def test_channel_splits_beyond_the_channels_are_enumerated() -> None:
    """They save memory: 9 x 3 tiles need 24 words with c2 = 1, for the one channel, 19.5 with 2."""
    block = DBlock(H=3, W=1, F=4)
    settings = Settings(width=13, height=6, memlimit=20)
    instance = Instance(settings, (Node(0, "k0", block),), ())
    found = {(o.width, o.height): performance(block, o.args).memory for o in all_options(instance, block)}
    assert found[9, 3] == Fraction(39, 2)


def options_of(instance: Instance) -> dict[str, list[Option]]:
    return {name: all_options(instance, kernel) for name, kernel in instance.kernels.items()}


def solved(instance: Instance) -> tuple[Placement | None, Fraction | None]:
    options = options_of(instance)
    problem = problem_from(instance, options)
    outcome = solve_problem(problem, LIMITS)
    if outcome.status == "infeasible":
        assert improve(instance, options, None) is None
        return None, None
    assert outcome.status == "optimal"
    assert outcome.bound == outcome.cost
    placement = placement_from(instance, problem, outcome.choices)
    return placement, checked_score(instance, placement).cost


def check(instance: Instance) -> None:
    placement, cost = solved(instance)
    if placement is not None:
        assert improve(instance, options_of(instance), cost) is None


@pytest.mark.parametrize("seed", with_slow(SEEDS2, *SEEDS2[6:]))
def test_two_kernels_are_solved_to_the_true_optimum(seed: int) -> None:
    check(random_instance(Random(seed), 2, 10))


@pytest.mark.parametrize("seed", with_slow(SEEDS3, *SEEDS3[7:]))
def test_three_kernels_are_solved_to_the_true_optimum(seed: int) -> None:
    check(random_instance(Random(seed), 3, 7))


@pytest.mark.parametrize("seed", with_slow(SEEDS4, *SEEDS4[3:]))
def test_four_kernels_are_solved_to_the_true_optimum(seed: int) -> None:
    check(random_instance(Random(seed), 4, 6))


def scattered(instance: Instance) -> tuple[Placement, Fraction]:
    """Return some legal placement, far from optimal: the best for other weights."""
    weights = Settings(**{**instance.settings.__dict__, "wdeltat": 1, "wlength": 0, "wadapter": 0})
    placement, _ = solved(Instance(weights, instance.nodes, instance.edges))
    assert placement is not None
    return placement, checked_score(instance, placement).cost


@pytest.mark.parametrize("seed", with_slow(SEEDS3, *SEEDS3[4:]))
@pytest.mark.parametrize("mode", ["window", "order", "loose"])
def test_parts_of_an_incumbent_are_improved_to_the_true_optimum(seed: int, mode: str) -> None:
    instance = random_instance(Random(seed), 3, 7)
    incumbent, before = scattered(instance)
    options = options_of(instance)
    if mode == "window":
        problem = problem_from(instance, options, incumbent, free=["k1", "k3"])
    else:
        loose = ["k2"] if mode == "loose" else []
        problem = problem_from(instance, options, incumbent, keep_relations=True, loose=loose)
    outcome = solve_problem(problem, LIMITS)
    assert outcome.status == "optimal"
    cost = checked_score(instance, placement_from(instance, problem, outcome.choices)).cost
    assert cost <= before
    still = {kernel.name: (kernel.x, kernel.y) for kernel in problem.fixed}
    allowed = options | {kernel.name: [kernel.option] for kernel in problem.fixed}
    assert improve(instance, allowed, cost, still, problem.relations) is None
