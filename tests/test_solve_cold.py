"""A first run on a machine: a placement stands before anything is compiled, and can be had at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.test_solve import chain, checked
from wse_cp.api import solve
from wse_cp.result import Result


def while_compiling(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> list[Any]:
    """Have the compiler do something else while the run waits for it; return what was waited for."""
    waited: list[Any] = []

    class Stub:
        needed = True

        def __init__(self, tell: Callable[[str], object], first: Any, most: int) -> None:
            pass

        def __enter__(self) -> Stub:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def wait(self, names: Any, stop: Callable[[], bool]) -> None:
            waited.append(names)
            act()

    monkeypatch.setattr("wse_cp.running.phases.Compiling", Stub)
    return waited


def interrupt() -> None:
    raise KeyboardInterrupt


def test_ctrl_c_returns_the_first_placement(monkeypatch: pytest.MonkeyPatch) -> None:
    while_compiling(monkeypatch, interrupt)
    result = checked(solve(chain(), time_limit=60))
    assert [operator.name for operator in result.statistics] == ["shelves"]
    assert result.stopped_by == "user"


def test_so_does_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()
    while_compiling(monkeypatch, stop.set)
    result: Result = checked(solve(chain(), time_limit=60, stop=stop))
    assert [operator.name for operator in result.statistics] == ["shelves"]
    assert result.seconds < 30


def test_the_first_placement_counts_as_found_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    while_compiling(monkeypatch, lambda: None)
    result = checked(solve(chain(), time_limit=0.6))
    assert result.history[0][0] == 0
    assert [seconds for seconds, _ in result.history] == sorted(seconds for seconds, _ in result.history)


def test_a_short_run_waits_for_all_of_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    names = []
    for time_limit in (1, 60):
        stop = threading.Event()
        waited = while_compiling(monkeypatch, stop.set)
        solve(chain(), time_limit=time_limit, stop=stop)
        names += waited
    assert set(names[0]) > set(names[1])


def test_a_repeatable_run_is_the_same_as_later_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    options: dict[str, Any] = {"time_limit": 0.5, "workers": 1, "deterministic": True}
    later = solve(chain(), **options)
    while_compiling(monkeypatch, lambda: None)
    assert solve(chain(), **options).placement == later.placement
