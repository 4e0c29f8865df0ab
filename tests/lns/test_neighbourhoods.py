"""Every operator yields a sub-problem that contains the incumbent, and whose answers are legal."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.lns.small_cases import network, poor_placement
from tests.marks import with_slow
from wse_cp.cpsat.model import solve_problem
from wse_cp.cpsat.outcome import Limits
from wse_cp.cpsat.problem import Problem, choices_cost
from wse_cp.cpsat.whole import free_kernels, model_cost
from wse_cp.incremental.state import PlacementState
from wse_cp.instance import Edge, Instance
from wse_cp.lns.operators import POLISH, Operator, operators
from wse_cp.lns.subproblem import sub_problem
from wse_cp.lns.tables import Tables
from wse_cp.placement import Placement
from wse_cp.score import checked_score, score

INSTANCE = network()
PLACEMENT = poor_placement(INSTANCE)
OPERATORS = [POLISH, *operators(INSTANCE)]
NAMES = [operator.name for operator in OPERATORS]


def freed(
    operator: Operator,
    size: int = 3,
    seed: int = 0,
    instance: Instance = INSTANCE,
    placement: Placement = PLACEMENT,
) -> Problem:
    state = PlacementState(instance, placement)
    return sub_problem(state, Tables(instance), operator, size, np.random.default_rng(seed))


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.name)
@pytest.mark.parametrize("seed", [0, 1])
def test_the_hint_is_the_incumbent_and_its_cost_the_bound(operator: Operator, seed: int) -> None:
    problem = freed(operator, seed=seed)
    names = {kernel.name for kernel in problem.free}
    edges = [edge for edge in INSTANCE.kernel_edges if not names.isdisjoint(edge[:2])]
    rest = score(replace(INSTANCE, edges=tuple(Edge(u, v) for u, v, n in edges for _ in range(n))), PLACEMENT)
    assert choices_cost(problem, problem.hint) == problem.upper_bound == model_cost(INSTANCE, rest.cost)


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.name)
def test_the_model_contains_the_incumbent(operator: Operator) -> None:
    problem = freed(operator)
    kept = {kernel.name: (kernel.options[problem.hint[kernel.name].option],) for kernel in problem.free}
    free = tuple(replace(kernel, options=kept[kernel.name]) for kernel in problem.free)
    hint = {name: choice._replace(option=0) for name, choice in problem.hint.items()}
    pinned = tuple(
        replace(
            kernel,
            x_range=(hint[kernel.name].x, hint[kernel.name].x + kernel.options[0].width),
            y_range=(hint[kernel.name].y, hint[kernel.name].y + kernel.options[0].height),
        )
        for kernel in free
    )
    outcome = solve_problem(replace(problem, free=pinned, hint=hint, upper_bound=None), Limits(10))
    assert outcome.status == "optimal"
    assert outcome.cost == choices_cost(problem, problem.hint)


@pytest.mark.parametrize(
    "name", with_slow(NAMES, "near-loose", "wires-loose", "line-window", "adapter-shift")
)
def test_answers_are_legal_and_better(name: str) -> None:
    operator = OPERATORS[NAMES.index(name)]
    outcome = solve_problem(freed(operator), Limits(60, deterministic_time=0.5))
    if outcome.choices:
        problem, before = freed(operator), score(INSTANCE, PLACEMENT).cost
        found = PLACEMENT.replace(free_kernels(INSTANCE, problem, outcome.choices))
        assert outcome.cost is not None
        assert problem.upper_bound is not None
        gain = model_cost(INSTANCE, before - checked_score(INSTANCE, found).cost)
        assert gain == problem.upper_bound - outcome.cost > 0
    else:
        assert outcome.status in ("infeasible", "unknown")


@pytest.mark.parametrize("name", with_slow(["near-loose", "chain-shift", "adapter-shift"], "near-loose"))
def test_a_poor_placement_is_improved_by_one_call(name: str) -> None:
    operator = next(operator for operator in OPERATORS if operator.name == name)
    outcome = solve_problem(freed(operator), Limits(60, deterministic_time=2.0))
    assert outcome.choices


def test_options_are_legal_and_their_times_true() -> None:
    for kernel in freed(next(o for o in OPERATORS if o.name == "adapter-shift")).free:
        assert kernel.options
        for option in kernel.options:
            placed = PLACEMENT[kernel.name]
            built = replace(placed, args=option.args, x=0, y=0, rotated=option.rotated)
            assert built.performance.memory <= INSTANCE.settings.memlimit
            assert built.time * INSTANCE.time_scale == option.time
            assert built.rectangle[2:] == (option.width, option.height)


def test_kernels_with_adapters_between_them_are_offered_a_common_protocol() -> None:
    problem = freed(next(o for o in OPERATORS if o.name == "adapter-shift"), size=6)
    options = {kernel.name: kernel.options for kernel in problem.free}
    for u, v, _ in INSTANCE.kernel_edges:
        shown = {(o.args.h, o.args.w, o.args.k[min(2, len(o.args.k) - 1)]) for o in options[u]}
        read = {(o.args.h, o.args.w, o.args.c[0]) for o in options[v]}
        assert shown & read


def test_windows_free_nothing_outside_their_box() -> None:
    problem = freed(next(o for o in OPERATORS if o.name == "near-window"))
    assert len(problem.free) == 3
    assert len({(kernel.x_range, kernel.y_range) for kernel in problem.free}) == 1


def test_polishing_changes_no_shape() -> None:
    problem = freed(POLISH)
    assert len(problem.free) == len(INSTANCE.kernels)
    assert all(len(kernel.options) == 1 for kernel in problem.free)


def test_without_edges_all_operators_still_work() -> None:
    instance = replace(INSTANCE, edges=())
    for operator in operators(instance):
        assert freed(operator, instance=instance).free


def test_one_kernel_is_enough() -> None:
    instance = network(1)
    for operator in operators(instance):
        assert freed(operator, instance=instance, placement=poor_placement(instance)).free


LARGE = network(400, side=520)
SPREAD = poor_placement(LARGE)


LARGE_NAMES = [operator.name for operator in operators(LARGE)]


@pytest.mark.parametrize(
    "name", with_slow(LARGE_NAMES, *(set(LARGE_NAMES) - {"near-shift", "near-window", "wires-loose"}))
)
def test_sub_problems_of_a_large_network_hold_what_is_near(name: str) -> None:
    operator = next(operator for operator in operators(LARGE) if operator.name == name)
    problem = freed(operator, 6, instance=LARGE, placement=SPREAD)
    assert len(problem.free) <= 40
    assert len(problem.fixed) <= 150
    assert problem.upper_bound == choices_cost(problem, problem.hint)
    assert problem.min_time == max(
        int(kernel.time * LARGE.time_scale)
        for name, kernel in SPREAD.items()
        if name not in problem.hint
    )  # fmt: skip
    outcome = solve_problem(problem, Limits(60, deterministic_time=0.3))
    if outcome.choices:
        found = SPREAD.replace(free_kernels(LARGE, problem, outcome.choices))
        gain = model_cost(LARGE, score(LARGE, SPREAD).cost - checked_score(LARGE, found).cost)
        assert outcome.cost is not None
        assert gain == problem.upper_bound - outcome.cost > 0
