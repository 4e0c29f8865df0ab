"""What a search keeps is what it goes on from: trees, records, and other random numbers than before."""

from __future__ import annotations

import threading
from fractions import Fraction

import numpy as np
import pytest

from tests.checkpoint.cases import chain
from wse_cp.checkpoint.document import CheckpointText, parse_checkpoint
from wse_cp.checkpoint.kept import Kept, KeptTree
from wse_cp.checkpoint.memory import Memory
from wse_cp.clock import WorkClock
from wse_cp.construct.slicing.anneal import SlicingSearch
from wse_cp.construct.slicing.model import SlicingSpace, slicing_space
from wse_cp.construct.slicing.state import NO_FIT
from wse_cp.construct.slicing.trees import TreePool, first_shape
from wse_cp.incumbent import Incumbent
from wse_cp.instance import Instance
from wse_cp.options import RunOptions
from wse_cp.shapes.curves import least_time_by_area
from wse_cp.strategy import Run, search
from wse_cp.strategy.keeping import keep_trees, kept_limits, kept_of, shape_of_kept
from wse_cp.strategy.run import Stream


def run_of(instance: Instance, kept: Kept | None = None, seconds: float = 4.0) -> Run:
    options = RunOptions(time_limit=seconds, workers=1, deterministic=True)
    least = least_time_by_area(instance)
    memory = Memory(kept, tuple(instance.kernels))
    return Run(Incumbent(instance), options, seconds, threading.Event(), least, WorkClock(), memory=memory)


def space_of(instance: Instance) -> SlicingSpace:
    least = least_time_by_area(instance)
    return slicing_space(instance, least, [8 * least])


def annealed(space: SlicingSpace, seed: int) -> TreePool:
    """Return a pool with trees of several cycle limits, their nodes in no order."""
    search, pool = SlicingSearch(space, seed), TreePool()
    shape = first_shape(space)
    for _ in range(4):
        cost, shape = search.run(shape, 0.2, 0.3, 0.01, threading.Event(), WorkClock())
        pool.add(cost, shape)
    return pool


@pytest.mark.parametrize("wadapter", [0, 50])
def test_a_tree_that_was_kept_has_the_same_placement(wadapter: int) -> None:
    instance = chain(wadapter)
    space = space_of(instance)
    search = SlicingSearch(space, 0)
    found = 0
    for seed in range(3):
        for cost, shape in annealed(space, seed).ranked():
            kept = kept_of(space, shape)
            assert bool(kept.splits) == bool(wadapter)
            again = shape_of_kept(space, kept)
            assert again is not None
            assert kept_of(space, again) == kept
            assert search.cost(again) == search.cost(shape)
            if cost < NO_FIT:
                assert search.placement(again) == search.placement(shape)
                found += 1
    assert found > 2


@pytest.mark.parametrize("wadapter", [pytest.param(0, marks=pytest.mark.slow), 50])
def test_the_trees_of_a_search_can_be_written_and_fill_the_pool_of_the_next_one(wadapter: int) -> None:
    instance = chain(wadapter)
    first = run_of(instance)
    search(first)
    kept = first.memory.state(0, 1.0, first.incumbent.statistics())
    assert kept.started
    assert kept.trees
    assert kept.operators
    text = CheckpointText(instance).of(kept)
    assert parse_checkpoint(text, "x", instance) == kept

    second = run_of(instance, kept)
    best = first.incumbent.best
    assert best is not None
    space = slicing_space(instance, second.least_time, [best.score.max_time, *kept_limits(second)])
    pool = TreePool()
    keep_trees(second, space, pool)
    assert len(pool) == len(kept.trees)
    assert set(second.memory.trees()) == set(kept.trees)


@pytest.mark.slow
def test_a_search_that_goes_on_makes_no_starts() -> None:
    instance = chain(0)
    first = run_of(instance)
    search(first)
    best = first.incumbent.best
    assert best is not None
    second = run_of(instance, first.memory.state(0, 1.0, ()))
    second.incumbent.offer(best.placement, "checkpoint")
    search(second)
    names = {entry.name for entry in second.incumbent.statistics()}
    assert "slicing" in names
    assert not names & {"rows", "stacks", "first rows", "caps", "spans"}


def test_a_search_that_was_not_through_with_its_starts_makes_them() -> None:
    run = run_of(chain(0), Kept(runs=1), seconds=1.0)
    search(run)
    assert "rows" in {entry.name for entry in run.incumbent.statistics()}
    assert run.memory.started


def test_limits_at_which_nothing_fits_are_left_out() -> None:
    trees = (
        KeptTree((0, 1, -1, 2, -1, 3, -1), Fraction(1, 9)),
        KeptTree((0, 1, -1, 2, -1, 3, -1), Fraction(999)),
    )
    assert kept_limits(run_of(chain(0), Kept(trees=trees))) == [Fraction(999)]


def test_each_run_draws_numbers_of_its_own() -> None:
    instance = chain(0)
    runs = [run_of(instance, Kept(runs=before)) for before in range(3)]
    drawn = {
        int(run.generator(stream, worker).integers(1 << 62))
        for run in runs
        for stream in Stream
        for worker in (0, 1)
    }
    assert len(drawn) == len(runs) * len(Stream) * 2


def test_the_first_run_draws_the_numbers_of_its_seed() -> None:
    run = run_of(chain(0))
    expected = np.random.default_rng([0, Stream.ANNEALING, 3]).integers(1 << 62)
    assert run.generator(Stream.ANNEALING, 3).integers(1 << 62) == expected
