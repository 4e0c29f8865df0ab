"""Deterministic runs: one worker, the same seed, the same placement; the clocks behind them."""

from __future__ import annotations

import time

import pytest

from wse_cp.api import solve
from wse_cp.clock import WALL, WorkClock
from wse_cp.errors import InputError
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import CBlock, Conv, DBlock, Kernel
from wse_cp.result import Result


def network(wadapter: int) -> Instance:
    """Nine kernels with skip edges; large enough that no proof ends the run at once."""
    kernels: list[Kernel] = [Conv(28, 28, 3, 3, 16, 32, 1), CBlock(14, 14, 64), DBlock(14, 14, 64)] * 3
    nodes = tuple(Node(i, f"k{i}", kernel) for i, kernel in enumerate(kernels))
    links = [*((i, i + 1) for i in range(8)), (1, 3), (4, 7)]
    settings = Settings(150, 120, 1, 8, wadapter, 6000)
    return Instance(settings, nodes, tuple(Edge(f"k{u}", f"k{v}") for u, v in links))


def run(instance: Instance, seed: int) -> Result:
    return solve(instance, time_limit=1.5, workers=1, seed=seed, deterministic=True)


@pytest.mark.parametrize("wadapter", [0, pytest.param(60, marks=pytest.mark.slow)])
def test_equal_seeds_lead_to_equal_placements_by_equal_ways(wadapter: int) -> None:
    instance = network(wadapter)
    one, two = run(instance, 3), run(instance, 3)
    assert one.stopped_by == two.stopped_by == "time limit"
    assert dict(one.placement) == dict(two.placement)
    assert [(s.name, s.calls, s.improvements, s.gain) for s in one.statistics] == [
        (s.name, s.calls, s.improvements, s.gain) for s in two.statistics
    ]
    assert any(s.name.startswith("lns:") for s in one.statistics)
    assert any(s.name == "slicing" for s in one.statistics)


def test_a_deterministic_run_has_one_worker() -> None:
    with pytest.raises(InputError, match="1 worker"):
        solve(network(0), time_limit=1, workers=2, deterministic=True)


def test_the_work_clock_stands_still_between_notes_of_work() -> None:
    clock = WorkClock()
    clock.spend(0.5)
    time.sleep(0.01)
    assert clock.now() == 0.5


def test_the_wall_clock_does_not_heed_notes_of_work() -> None:
    begin = WALL.now()
    WALL.spend(1000.0)
    assert WALL.now() - begin < 100
