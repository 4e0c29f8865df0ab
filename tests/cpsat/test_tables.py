"""Options are dropped only where another one does as well in every respect."""

from __future__ import annotations

from itertools import product
from random import Random

from tests.cpsat.problems import free, option
from wse_cp.cpsat.problem import Choice, Problem
from wse_cp.cpsat.tables import option_table, undominated
from wse_cp.kernels import Arguments
from wse_cp.shapes.options import Option


def kept(problem: Problem, max_time: int | None = None) -> tuple[int, ...]:
    return option_table(problem, problem.free[0], max_time).indices


def problem(*options: Option, wired: bool = False, wadapter: int = 0) -> Problem:
    edges = (("a", "b", 1),) if wired else ()
    kernels = (free("a", *options), free("b", option(1, 1)))
    return Problem(10, 10, 1, 1, wadapter, 1, kernels, edges=edges)


def test_undominated_options_are_those_no_other_one_beats() -> None:
    randint = Random(3).randint
    for _ in range(50):
        sizes = [(randint(1, 6), randint(1, 6), randint(1, 6)) for _ in range(30)]
        options = [option(*size) for size in sizes]
        front = {sizes[i] for i in undominated(options, range(30))}
        assert len(front) == len(undominated(options, range(30)))
        for size, other in product(sizes, front):
            assert (
                size == other
                or size not in front
                or not all(a <= b for a, b in zip(other, size, strict=True))
            )
        for size in sizes:
            assert any(all(a <= b for a, b in zip(other, size, strict=True)) for other in front)


def test_without_wire_a_larger_slower_option_is_dropped() -> None:
    assert kept(problem(option(2, 2, 5), option(3, 2, 5), option(3, 3, 4))) == (0, 2)


def test_with_wire_half_a_tile_of_the_centre_matters() -> None:
    assert kept(problem(option(2, 2), option(3, 2), option(4, 2), wired=True)) == (0, 1)


def test_with_adapters_each_protocol_keeps_its_options() -> None:
    several = [option(2, 2, args=Arguments(1, 1, (1,), (k,))) for k in (1, 2, 2)]
    assert kept(problem(*several, wired=True, wadapter=3)) == (0, 1)
    assert kept(problem(*several, wired=True, wadapter=0)) == (0,)


def test_splits_nobody_reads_do_not_matter() -> None:
    several = [option(2, 2, args=Arguments(1, 1, (c,), (1,))) for c in (1, 2)]
    assert kept(problem(*several, wired=True, wadapter=3)) == (0,)


def test_options_beyond_the_region_or_the_time_limit_are_dropped() -> None:
    assert kept(problem(option(11, 1), option(1, 11), option(2, 2, 9), option(3, 3, 8)), max_time=8) == (3,)


def test_the_hinted_option_stays() -> None:
    several = problem(option(2, 2), option(4, 4))
    hint = {"a": Choice(1, 0, 0), "b": Choice(0, 9, 9)}
    hinted = Problem(10, 10, 1, 1, 0, 1, several.free, hint=hint)
    assert kept(hinted) == (0, 1)
