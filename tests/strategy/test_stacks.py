"""When stacks are built: at once where a look at them is promising, not at all where it is not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from wse_cp.clock import WorkClock
from wse_cp.construct.stacks import build
from wse_cp.construct.stacks.build import FACTORS, Stack, Stacker, StackSearch
from wse_cp.files.by_suffix import read_instance_file
from wse_cp.incumbent import Incumbent
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv
from wse_cp.options import RunOptions
from wse_cp.placement import Placement
from wse_cp.shapes.curves import least_time_by_area
from wse_cp.strategy import Run
from wse_cp.strategy.rows import first_rows
from wse_cp.strategy.stacks import Stacks


def chain(wlength: int, wadapter: int = 0, side: int = 60) -> Instance:
    nodes = tuple(Node(i, f"k{i}", Conv(8, 8, 3, 3, 16, 16, 1)) for i in range(6))
    edges = tuple(Edge(f"k{i}", f"k{i + 1}") for i in range(5))
    return Instance(Settings(side, side, 1, wlength, wadapter, memlimit=4000), nodes, edges)


def begun(instance: Instance, without: tuple[str, ...] = ()) -> tuple[Run, Stacks]:
    """A run by the work clock: what it finds does not depend on how busy the machine is."""
    incumbent, clock = Incumbent(instance, lambda event: None), WorkClock()
    options = RunOptions(time_limit=30, workers=1, deterministic=True, without=without)
    least = least_time_by_area(instance)
    run = Run(incumbent, options, clock.now() + options.time_limit, threading.Event(), least, clock)
    first_rows(run)
    return run, Stacks(run)


def stacks_tried(run: Run) -> int:
    return sum(entry.calls for entry in run.incumbent.statistics() if entry.name == "stacks")


@pytest.mark.parametrize("wadapter", [0, 300])
def test_where_wire_weighs_most_stacks_come_first(wadapter: int) -> None:
    run, stacks = begun(chain(1000, wadapter))
    # rows that need no protocols take no time worth saving
    assert stacks.begin() == (wadapter > 0)
    assert stacks_tried(run) > 0
    assert run.incumbent.best is not None
    placed = sorted(run.incumbent.best[0].values(), key=lambda kernel: kernel.x)
    assert all(a.x + a.rectangle.width <= b.x for a, b in pairwise(placed))


def test_where_no_stack_is_promising_none_is_built(instances: Path) -> None:
    run, stacks = begun(read_instance_file(instances / "A.kgraph"))
    assert not stacks.begin()
    assert stacks_tried(run) == 0


def test_stacks_can_be_left_out() -> None:
    run, stacks = begun(chain(1000), ("stacks",))
    assert not stacks.begin()
    assert stacks_tried(run) == 0


def test_limits_that_cannot_pay_are_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = chain(1)
    limits: list[int] = []
    stack = Stacker.stack

    def watched(self: Stacker, order: list[str], limit: int, *rest: object) -> Stack | None:
        limits.append(limit)
        return stack(self, order, limit)

    monkeypatch.setattr(Stacker, "stack", watched)
    begin = int(2 * least_time_by_area(instance) * instance.time_scale)
    search = StackSearch(instance, np.random.default_rng(0), list(instance.kernels), begin)
    for _ in range(2):
        assert search.step(lambda: False) is not None
    # time is nearly all that counts: of the longer limits none is tried
    assert set(limits) == {begin, int(begin * Fraction(FACTORS[4]))}


def test_limits_beyond_a_worse_one_come_after_those_near_the_best(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[float] = []

    def searched(
        self: Stacker, order: list[str], limit: int, *rest: object
    ) -> Iterator[tuple[Stack, list[str]]]:
        limits.append(limit / 10**6)
        yield Stack(Placement([]), Fraction(abs(limit - 1_300_000))), order

    monkeypatch.setattr(Stacker, "search", searched)
    monkeypatch.setattr(build, "plain_cost", lambda *arguments: None)
    search = StackSearch(chain(1), np.random.default_rng(0), list(chain(1).kernels), 10**6)
    for _ in range(8):
        search.step(lambda: False)
    first, near, beyond = limits[:3], limits[3:5], limits[5:]
    assert first == pytest.approx([1.0, 1.3, 1.7], rel=1e-5)
    assert near == pytest.approx([1.02 * 1.3, 0.98 * 1.3], rel=1e-5)
    assert beyond == pytest.approx([2.3, 0.85, 3.0], rel=1e-5)


def test_a_stack_that_was_interrupted_is_tried_again() -> None:
    instance = chain(1)
    begin = int(2 * least_time_by_area(instance) * instance.time_scale)
    order = list(instance.kernels)
    fresh, search = (StackSearch(instance, np.random.default_rng(0), order, begin, (1.0,)) for _ in range(2))
    assert search.step(lambda: True) is None
    assert search.step(lambda: False) == fresh.step(lambda: False) is not None
