"""The facade: always a legal placement or a clear error, in time, never worse than the start."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.marks import with_slow
from tests.pinwheel import COST as PINWHEEL_COST
from tests.pinwheel import pinwheel
from wse_cp.api import solve
from wse_cp.bounds.background.messages import ProofSigns
from wse_cp.bounds.background.process import IDLE, BoundProcess
from wse_cp.bounds.verifier import verify
from wse_cp.construct.rows.build import construct_rows
from wse_cp.errors import IllegalPlacementError, InputError, NoPlacementError
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Arguments, Conv, DBlock, Kernel
from wse_cp.options import COMPONENTS
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.progress import Event
from wse_cp.result import Result
from wse_cp.score import checked_score, score

SMALL = Conv(4, 4, 3, 3, 4, 8, 1)


def build(kernels: list[Kernel], links: list[tuple[int, int]], settings: Settings) -> Instance:
    nodes = tuple(Node(i, f"k{i}", kernel) for i, kernel in enumerate(kernels))
    return Instance(settings, nodes, tuple(Edge(f"k{u}", f"k{v}") for u, v in links))


def chain(wadapter: int = 0) -> Instance:
    kernels: list[Kernel] = [SMALL, DBlock(4, 4, 16), DBlock(4, 4, 16), SMALL]
    return build(kernels, [(0, 1), (1, 2), (2, 3), (0, 2)], Settings(60, 40, 1, 2, wadapter, 3000))


def checked(result: Result) -> Result:
    assert result.score == checked_score(result.instance, result.placement)
    return result


@pytest.mark.parametrize("wadapter", [0, 50])
@pytest.mark.parametrize("workers", with_slow([1, 2], 1))
def test_one_kernel(wadapter: int, workers: int) -> None:
    instance = build([SMALL], [], Settings(40, 30, 1, 1, wadapter))
    result = checked(solve(instance, time_limit=0.6, workers=workers))
    assert result.score.wire_length == 0


@pytest.mark.parametrize("wadapter", with_slow([0, 50], 50))
def test_two_kernels_without_edges(wadapter: int) -> None:
    instance = build([SMALL, DBlock(4, 4, 16)], [], Settings(40, 30, 1, 1, wadapter))
    result = checked(solve(instance, time_limit=0.6, workers=1))
    assert result.score.wire_length == result.score.adapters == 0


@pytest.mark.parametrize("wadapter", with_slow([0, 50], 0))
def test_parallel_edges(wadapter: int) -> None:
    instance = build([SMALL] * 3, [(0, 1), (0, 1), (1, 2)], Settings(40, 30, 1, 1, wadapter))
    checked(solve(instance, time_limit=0.6, workers=2))


#: Wafers that kernels of 2 x 3 tiles (their least size, in both rotations) fill to the last tile.
FULL = [(1, 2, 3), (1, 3, 2), (2, 4, 3), (2, 2, 6), (3, 6, 3), (4, 6, 4), (6, 6, 6), (12, 8, 9)]


#: With adapters that cost something and without, at one of the wafers with a length that each number has.
FULL_CASES = [(*wafer, wadapter) for wafer in FULL for wadapter in (0, 50)]
QUICK = {(1, 2, 3, 0), (2, 2, 6, 50), (4, 6, 4, 0), (12, 8, 9, 50)}


@pytest.mark.parametrize(
    ("count", "width", "height", "wadapter"), with_slow(FULL_CASES, *(set(FULL_CASES) - QUICK))
)
def test_kernels_that_fill_the_wafer(count: int, width: int, height: int, wadapter: int) -> None:
    links = [(i, i + 1) for i in range(count - 1)]
    kernels: list[Kernel] = [Conv(2, 2, 1, 1, 2, 2, 1)] * count
    instance = build(kernels, links, Settings(width, height, 1, 1, wadapter))
    checked(solve(instance, time_limit=0.6, workers=1))


@pytest.mark.parametrize("wadapter", with_slow([0, 50], 0))
def test_a_pinwheel_given_as_start_is_returned(wadapter: int) -> None:
    instance, start = pinwheel(wadapter)
    result = checked(solve(instance, time_limit=0.6, workers=1, start=start))
    assert result.score.cost == PINWHEEL_COST


def test_a_pinwheel_without_a_start_is_found_by_the_proof() -> None:
    """First placements are rows and trees of cuts; what improves needs a placement to improve."""
    result = checked(solve(pinwheel(0)[0], time_limit=60, workers=1))
    assert result.score.cost == result.lower_bound == PINWHEEL_COST
    assert result.seconds < 50


def test_a_pinwheel_is_reported_as_not_found_when_the_time_is_over() -> None:
    with pytest.raises(NoPlacementError, match="within the time limit"):
        solve(pinwheel(50)[0], time_limit=0.3, workers=1)


@pytest.mark.parametrize("wadapter", [0, 50])
def test_no_worse_than_the_start(wadapter: int) -> None:
    instance = chain(wadapter)
    start, _ = construct_rows(instance, seconds=0.3, generator=np.random.default_rng(0))[0]
    cost = score(instance, start).cost
    result = checked(solve(instance, time_limit=0.4, workers=1, start=start))
    assert result.score.cost <= cost
    again = solve(instance, time_limit=0.4, workers=1, start=result.placement)
    assert again.score.cost <= result.score.cost


def test_an_illegal_start_is_refused() -> None:
    instance = build([SMALL] * 2, [], Settings(40, 30))
    args = Arguments(1, 1, (1,), (1,))
    start = Placement([PlacedKernel(name, SMALL, args, 0, 0) for name in ("k0", "k1")])
    with pytest.raises(IllegalPlacementError):
        solve(instance, time_limit=1, start=start)


@pytest.mark.parametrize("workers", [1, 2])
def test_stopped_at_once_it_still_returns_a_placement(workers: int) -> None:
    stop = threading.Event()
    stop.set()
    result = checked(solve(chain(), time_limit=3600, workers=workers, stop=stop))
    assert result.seconds < 600
    assert result.stopped_by == "user"


def test_stopped_at_the_first_incumbent_it_ends_with_it_or_a_better_one() -> None:
    stop, events = threading.Event(), []

    def observe(event: Event) -> None:
        if event.score:
            events.append(event.score.cost)
            stop.set()

    result = checked(solve(chain(50), time_limit=3600, workers=2, stop=stop, observer=observe))
    assert result.seconds < 600
    assert result.score.cost == min(events)


def test_the_time_limit_ends_the_run() -> None:
    result = checked(solve(chain(50), time_limit=1, workers=2))
    assert result.stopped_by != "user"
    assert result.seconds < 60


@pytest.mark.parametrize(
    "make",
    [
        lambda: build([SMALL] * 2, [(0, 1)], Settings(3, 3)),
        lambda: build([DBlock(4, 4, 16)], [], Settings(8, 8)),
        lambda: build([SMALL] * 4, [], Settings(40, 40, memlimit=1)),
    ],
)
def test_impossible_instances_are_an_input_error(make: Callable[[], Instance]) -> None:
    with pytest.raises(InputError):
        solve(make(), time_limit=1, workers=1)


@pytest.mark.parametrize("options", [{"time_limit": 0}, {"workers": 0}, {"seed": -1}])
def test_options_out_of_range_are_an_input_error(options: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        solve(chain(), **options)


def test_observers_hear_of_ever_better_placements() -> None:
    events: list[Event] = []
    result = solve(chain(50), time_limit=0.8, workers=2, observer=events.append)
    costs = [event.score.cost for event in events if event.score]
    assert costs == sorted(set(costs), reverse=True)
    assert costs[-1] == result.score.cost
    assert all(0 <= event.seconds <= result.seconds for event in events if event.score)


def residual_network() -> Instance:
    """Nine kernels with skip edges; large enough that no proof ends the run at once."""
    kernels: list[Kernel] = [Conv(28, 28, 3, 3, 16, 32, 1), DBlock(14, 14, 64), DBlock(14, 14, 64)] * 3
    links = [*((i, i + 1) for i in range(8)), (1, 3), (4, 7)]
    return build(kernels, links, Settings(150, 120, 1, 8, 0, 6000))


def test_statistics_name_what_found_the_placements() -> None:
    begin = time.monotonic()
    result = solve(residual_network(), time_limit=4, workers=2)
    spent = sum(entry.seconds for entry in result.statistics)
    names = {entry.name for entry in result.statistics}
    assert {"rows", "caps", "spans", "stacks"} <= names
    assert 0 < spent <= 2 * (time.monotonic() - begin)


@pytest.mark.parametrize("part", with_slow(COMPONENTS, "rows", "spans", "trees"))
def test_what_is_left_out_does_nothing(part: str) -> None:
    sources = {
        "rows": ("rows",),
        "stacks": ("stacks",),
        "caps": ("caps",),
        "spans": ("spans",),
        "trees": ("slicing", "free slicing"),
        "neighbourhoods": ("lns:",),
    }
    result = checked(solve(residual_network(), time_limit=1.5, workers=2, without=[part]))
    assert not [entry for entry in result.statistics if entry.name.startswith(sources[part])]


def test_the_history_falls_to_the_cost() -> None:
    result = solve(residual_network(), time_limit=1)
    costs = [cost for _, cost in result.history]
    assert costs == sorted(set(costs), reverse=True)
    assert costs[-1] == result.score.cost


def test_a_failing_search_keeps_the_incumbent(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = residual_network()
    start = solve(instance, time_limit=0.5, workers=1).placement

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("wse_cp.strategy.schedule.construct", fail)
    result = solve(instance, time_limit=5, workers=1, start=start)
    assert result.score.cost <= checked_score(instance, start).cost  # first rows may improve it
    assert "broken" in result.stopped_by


def test_a_search_that_ignores_the_clock_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = chain_of(3)
    start = solve(instance, time_limit=0.5, workers=1).placement
    over = threading.Event()
    monkeypatch.setattr("wse_cp.strategy.schedule.construct", lambda *_, **__: over.wait(60))
    result = solve(instance, time_limit=0.2, workers=1, start=start)
    over.set()
    assert result.placement == start
    assert result.seconds < 20


def test_shelves_come_first_unless_there_is_a_start() -> None:
    events: list[Event] = []
    found = solve(chain(), time_limit=0.3, workers=1, observer=events.append)
    assert (events[0].source, events[0].seconds) == ("shelves", 0)
    solve(chain(), time_limit=0.3, workers=1, start=found.placement, observer=events.append)
    assert [event.source for event in events].count("shelves") == 1


def test_a_first_placement_needs_no_search_loaded() -> None:
    code = "import sys, wse_cp.solve; sys.exit('numba' in sys.modules or 'wse_cp.strategy' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_search_loads_nothing_that_only_bounds_need() -> None:
    subprocess.run(
        [sys.executable, "-c", "import sys, wse_cp.running; sys.exit('scipy.optimize' in sys.modules)"],
        check=True,
    )


def test_a_search_that_finds_nothing_in_time_ends_with_shelves(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr("wse_cp.running.phases.search", lambda _: over.wait(60))
    result = solve(chain_of(5), time_limit=0.2, workers=1)
    over.set()
    assert {entry.name for entry in result.statistics} == {"shelves"}
    checked(result)
    assert result.seconds < 20


def test_a_search_that_is_stopped_before_it_found_anything_has_no_placement(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    over, stop = threading.Event(), threading.Event()
    monkeypatch.setattr("wse_cp.running.phases.search", lambda _: over.wait(60))
    stop.set()
    with pytest.raises(NoPlacementError):
        solve(chain_of(5), time_limit=600, workers=1, stop=stop)
    over.set()


def chain_of(count: int) -> Instance:
    """A chain of equal convs with room to spare."""
    nodes = tuple(Node(i, f"c{i}", Conv(4, 4, 1, 1, 4, 4, 1)) for i in range(count))
    edges = tuple(Edge(f"c{i}", f"c{i + 1}") for i in range(count - 1))
    return Instance(Settings(width=40, height=40), nodes, edges)


def test_a_run_ends_with_the_proof_that_its_placement_is_optimal() -> None:
    conv = Conv(1, 1, 1, 1, 1, 1, 1)
    instance = build([conv] * 3, [(0, 1), (1, 2)], Settings(20, 20, 1, 4))
    events: list[Event] = []
    result = checked(solve(instance, time_limit=60, workers=1, observer=events.append))
    # time 1, rectangles of 3 x 2 in a stack
    assert result.score.cost == result.lower_bound == 1 + 4 * 2 * 2
    assert (result.stopped_by, result.verified) == ("optimal", True)
    assert result.gap == 0
    assert result.seconds < 50
    assert any(event.bound is not None for event in events)
    assert result.certificate is not None
    assert verify(instance, result.certificate) == result.lower_bound


def test_bound_is_never_above_the_cost() -> None:
    stop = threading.Event()

    def enough(event: Event) -> None:
        if event.bound is not None:
            stop.set()

    result = checked(solve(chain(50), time_limit=60, workers=1, observer=enough, stop=stop))
    assert result.lower_bound is not None
    assert result.gap is not None
    assert 0 <= result.lower_bound <= result.score.cost
    assert result.gap >= 0


def test_a_bound_that_fails_does_not_end_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    IDLE.clear()
    monkeypatch.setattr("wse_cp.bounds.background.process.MODULE", "wse_cp.no_such_module")
    events: list[Event] = []
    result = checked(solve(chain(), time_limit=1, workers=1, observer=events.append))
    assert result.lower_bound is None
    assert result.stopped_by == "time limit"
    assert any("given up" in event.message and "no_such_module" in event.message for event in events)


@pytest.mark.slow
def test_a_proof_that_fails_does_not_keep_the_search_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_off(self: BoundProcess, *arguments: Any) -> bool:
        signs = arguments[-1]
        assert isinstance(signs, ProofSigns)
        signs.near.set()
        signs.verifying.set()
        raise RuntimeError

    monkeypatch.setattr(BoundProcess, "_run", break_off)
    result = checked(solve(residual_network(), time_limit=5, workers=1))
    assert any(entry.name == "stacks" and entry.calls > 1 for entry in result.statistics)
