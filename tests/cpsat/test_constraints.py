"""Each constraint family on two or three rectangles."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.cpsat.problems import free, hard_problem, option
from wse_cp.cpsat.model import solve_problem
from wse_cp.cpsat.outcome import Limits, Outcome
from wse_cp.cpsat.problem import Choice, FixedKernel, FreeKernel, Problem, Relation, choices_cost, placed
from wse_cp.kernels import Arguments
from wse_cp.placement import Rectangle


def solve(problem: Problem) -> Outcome:
    outcome = solve_problem(problem, Limits(seconds=30))
    if outcome.choices:
        assert outcome.cost == choices_cost(problem, outcome.choices)
    return outcome


def wafer(width: int, height: int, *kernels: FreeKernel, **more: object) -> Problem:
    roaming = tuple(replace(k, x_range=(0, width), y_range=(0, height)) for k in kernels)
    problem = Problem(width, height, 1, 1, 0, 1, roaming)
    return replace(problem, **more)  # type: ignore[arg-type]


def rectangles(problem: Problem, outcome: Outcome) -> dict[str, Rectangle]:
    return {name: kernel.rectangle for name, kernel in placed(problem, outcome.choices).items()}


A, B = free("a", option(4, 3)), free("b", option(4, 3))


def test_two_rectangles_fit_where_there_is_just_room() -> None:
    problem = wafer(8, 3, A, B)
    found = rectangles(problem, solve(problem))
    assert not found["a"].overlaps(found["b"])


def test_two_rectangles_do_not_fit_on_less() -> None:
    assert solve(wafer(7, 3, A, B)).status == "infeasible"


def test_a_free_kernel_avoids_a_fixed_one() -> None:
    still = FixedKernel("b", option(4, 3), 2, 0)
    problem = wafer(10, 3, A, fixed=(still,), edges=(("a", "b", 1),))
    outcome = solve(problem)
    assert outcome.choices["a"] == Choice(0, 6, 0)


def test_no_room_beside_a_fixed_kernel_is_infeasible() -> None:
    still = FixedKernel("b", option(4, 3), 3, 0)
    assert solve(wafer(10, 3, A, fixed=(still,))).status == "infeasible"


def test_a_region_holds_the_whole_rectangle() -> None:
    still = FixedKernel("b", option(2, 2), 0, 0)
    kernel = FreeKernel("a", (option(3, 3),), (5, 9), (4, 8))
    problem = replace(wafer(20, 20, A, fixed=(still,), edges=(("a", "b", 1),)), free=(kernel,))
    assert solve(problem).choices["a"] == Choice(0, 5, 4)


def test_the_fastest_shape_that_fits_is_chosen() -> None:
    shapes = (option(9, 1, 1), option(4, 2, 5), option(2, 2, 7))
    outcome = solve(wafer(8, 8, free("a", *shapes)))
    assert (outcome.choices["a"].option, outcome.cost) == (1, 2 * 5)


def test_max_time_is_that_of_the_slowest_kernel() -> None:
    still = FixedKernel("c", option(1, 1, 11), 0, 0)
    problem = wafer(20, 20, free("a", option(2, 2, 7)), free("b", option(2, 2, 9)))
    assert solve(problem).cost == 2 * 9
    assert solve(replace(problem, fixed=(still,))).cost == 2 * 11


def test_a_time_limit_excludes_slow_options() -> None:
    kernel = free("a", option(2, 2, 9), option(5, 5, 3))
    assert solve(wafer(6, 6, kernel, max_time=8)).choices["a"].option == 1
    assert solve(wafer(4, 4, kernel, max_time=8)).status == "infeasible"


def test_wire_is_measured_between_half_integer_centres() -> None:
    shapes = free("a", option(3, 2)), free("b", option(4, 5))
    problem = wafer(20, 20, *shapes, edges=(("a", "b", 1),), wdeltat=0)
    # beside each other: (3 + 4) / 2, and half a tile across; on each other: (2 + 5) / 2 and the same
    assert solve(problem).cost == 8


def test_parallel_edges_count_each() -> None:
    problem = wafer(20, 20, A, B, edges=(("a", "b", 3),), wdeltat=0)
    assert solve(problem).cost == 3 * 2 * 3


def test_a_larger_shape_is_taken_where_its_centre_lies_better() -> None:
    wide = FixedKernel("b", option(4, 2), 0, 0)
    kernel = free("a", option(3, 2), option(4, 2))
    problem = wafer(4, 4, kernel, fixed=(wide,), edges=(("a", "b", 1),), wdeltat=0)
    outcome = solve(problem)
    assert (outcome.choices["a"].option, outcome.cost) == (1, 4)


def splitted(h: int, w: int, c: int, k: int) -> Arguments:
    return Arguments(h, w, (c,), (k,))


@pytest.mark.parametrize(
    ("consumer", "count"),
    [((2, 3, 5, 9), 0), ((1, 3, 5, 9), 1), ((1, 1, 5, 9), 2), ((1, 1, 4, 5), 3), ((2, 3, 4, 5), 1)],
)
def test_adapters_count_the_splits_that_differ(consumer: tuple[int, int, int, int], count: int) -> None:
    a = free("a", option(2, 2, args=splitted(2, 3, 7, 5)))
    b = free("b", option(2, 2, args=splitted(*consumer)))
    problem = wafer(9, 9, a, b, edges=(("a", "b", 1),), wdeltat=0, wlength=0, wadapter=1)
    assert solve(problem).cost == 2 * count


def test_a_matching_protocol_is_worth_a_larger_shape() -> None:
    a = free("a", option(2, 2, args=splitted(1, 1, 1, 1)), option(4, 4, args=splitted(2, 2, 1, 2)))
    b = FixedKernel("b", option(2, 2, args=splitted(2, 2, 2, 1)), 0, 0)
    problem = wafer(9, 9, a, fixed=(b,), edges=(("a", "b", 1),), wdeltat=0, wlength=1, wadapter=9)
    assert solve(problem).choices["a"].option == 1


@pytest.mark.parametrize("relation", [Relation("a", "b", "x"), Relation("b", "a", "y")])
def test_a_relation_is_kept(relation: Relation) -> None:
    problem = wafer(12, 12, A, B, edges=(("a", "b", 1),), relations=(relation,))
    found = rectangles(problem, solve(problem))
    first, second = found[relation.first], found[relation.second]
    if relation.axis == "x":
        assert first.x + first.width <= second.x
    else:
        assert first.y + first.height <= second.y


def test_a_relation_without_room_is_infeasible() -> None:
    assert solve(wafer(7, 12, A, B, relations=(Relation("a", "b", "x"),))).status == "infeasible"


def test_kernels_without_a_relation_are_still_kept_apart() -> None:
    c = free("c", option(4, 3))
    problem = wafer(8, 6, A, B, c, relations=(Relation("a", "b", "x"),))
    found = list(rectangles(problem, solve(problem)).values())
    assert not any(p.overlaps(q) for i, p in enumerate(found) for q in found[:i])


def test_an_upper_bound_admits_only_better_costs() -> None:
    problem = wafer(20, 20, A, B, edges=(("a", "b", 1),))
    best = solve(problem).cost
    assert best is not None
    assert solve(replace(problem, upper_bound=best + 1)).cost == best
    refused = solve(replace(problem, upper_bound=best))
    assert (refused.status, refused.bound, refused.choices) == ("infeasible", best, {})


def test_a_hint_no_better_than_the_upper_bound_is_not_an_answer() -> None:
    problem = wafer(20, 20, A, B, edges=(("a", "b", 1),))
    first = solve(problem)
    outcome = solve(replace(problem, hint=first.choices, upper_bound=first.cost))
    assert (outcome.status, outcome.choices, outcome.bound) == ("infeasible", {}, first.cost)


def test_a_kernel_without_options_makes_the_model_infeasible() -> None:
    assert solve(wafer(9, 9, free("a"))).status == "infeasible"


def test_numbers_beyond_the_solver_are_refused_not_crashed_on() -> None:
    problem = wafer(9, 9, free("a", option(2, 2, 2**61)), wdeltat=10**9)
    assert solve(problem).status == "invalid"


def test_an_upper_bound_beyond_the_solver_is_no_bound() -> None:
    assert solve(wafer(20, 20, A, B, upper_bound=10**30)).status == "optimal"


def test_equal_seeds_and_deterministic_time_give_equal_results() -> None:
    limits = Limits(seconds=60, seed=7, deterministic_time=0.2)
    first, second = (solve_problem(hard_problem(), limits) for _ in range(2))
    assert first.choices
    assert (first.cost, first.choices) == (second.cost, second.choices)
