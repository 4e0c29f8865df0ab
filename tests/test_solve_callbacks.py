"""What callbacks of solve() hear, and how they end a run."""

from __future__ import annotations

import threading
import time
from itertools import pairwise

import pytest

from wse_cp.api import solve
from wse_cp.bounds.background.process import IDLE
from wse_cp.decimals import exact_text
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv, DBlock, Kernel
from wse_cp.progress import Activity, Event
from wse_cp.score import checked_score
from wse_cp.strategy import Run
from wse_cp.strategy.rows import construct
from wse_cp.strategy.run import Layouts


def network() -> Instance:
    """Nine kernels with skip edges; large enough that no proof ends the run at once."""
    kernels: list[Kernel] = [Conv(28, 28, 3, 3, 16, 32, 1), DBlock(14, 14, 64), DBlock(14, 14, 64)] * 3
    links = [*((i, i + 1) for i in range(8)), (1, 3), (4, 7)]
    nodes = tuple(Node(i, f"k{i}", kernel) for i, kernel in enumerate(kernels))
    return Instance(Settings(150, 120, 1, 8, 0, 6000), nodes, tuple(Edge(f"k{u}", f"k{v}") for u, v in links))


def threads() -> set[threading.Thread]:
    return set(threading.enumerate())


def all_ended(before: set[threading.Thread], seconds: float = 60.0) -> bool:
    """Wait until no thread runs that did not before, those of the process kept for the next run apart."""
    IDLE.clear()
    end = time.monotonic() + seconds
    while threads() - before and time.monotonic() < end:
        time.sleep(0.05)
    return not threads() - before


def test_an_observer_that_stops_the_iteration_ends_the_run_with_the_best() -> None:
    def observe(event: Event) -> None:
        if event.score is not None:
            raise StopIteration

    result = solve(network(), time_limit=3600, workers=2, observer=observe)
    assert result.score == checked_score(result.instance, result.placement)
    assert result.stopped_by == "user"
    assert result.seconds < 600


def test_what_an_observer_raises_ends_the_run_and_is_raised() -> None:
    before = threads()

    def observe(event: Event) -> None:
        if event.score is not None:
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        solve(network(), time_limit=3600, workers=1, observer=observe)
    assert all_ended(before)


def test_a_monitor_sees_who_searches_and_may_end_the_run() -> None:
    seen: list[Activity] = []
    caller = threading.current_thread()

    def watch(activity: Activity) -> None:
        assert threading.current_thread() is caller
        seen.append(activity)
        if any(name not in ("first rows", "bound") for name in activity.searching):
            raise StopIteration

    result = solve(network(), time_limit=3600, workers=1, monitor=watch)
    assert result.stopped_by == "user"
    assert {"stacks", "caps", "rows"} & set(seen[-1].searching)
    assert all(first.seconds <= second.seconds for first, second in pairwise(seen))


def test_an_interrupt_keeps_the_best_placement() -> None:
    told = threading.Event()

    def watch(activity: Activity) -> None:
        if not told.is_set() and any(entry.improvements for entry in activity.statistics):
            told.set()
            raise KeyboardInterrupt  # as Ctrl-C does in the thread that called

    result = solve(network(), time_limit=3600, workers=1, monitor=watch)
    assert told.is_set()
    assert result.stopped_by == "user"


def test_a_second_interrupt_is_raised_and_no_thread_searches_on(monkeypatch: pytest.MonkeyPatch) -> None:
    before = threads()

    def slow(run: Run, hopeless: bool = False) -> Layouts:
        time.sleep(1)  # a step that does not look at the clock
        return construct(run, hopeless)

    def watch(activity: Activity) -> None:
        if any(entry.improvements for entry in activity.statistics):
            raise KeyboardInterrupt

    monkeypatch.setattr("wse_cp.strategy.schedule.construct", slow)
    with pytest.raises(KeyboardInterrupt):
        solve(network(), time_limit=3600, workers=1, monitor=watch)
    assert all_ended(before)


def test_progress_goes_to_standard_error_as_lines_where_there_is_no_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    result = solve(network(), time_limit=0.5, workers=1, progress=True)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert f"cost {exact_text(result.score.cost)} " in printed.err


def test_a_run_says_nothing_unless_asked(capsys: pytest.CaptureFixture[str]) -> None:
    solve(network(), time_limit=0.3, workers=1)
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "")
