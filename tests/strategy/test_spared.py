"""A step before or of the first placements for which memory does not suffice is given up; the run goes on."""

from __future__ import annotations

import importlib
import threading
from typing import Any, NoReturn

import pytest

from tests.checkpoint.cases import chain
from tests.marks import with_slow
from wse_cp.api import solve
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv
from wse_cp.progress import Activity, Event
from wse_cp.running import phases
from wse_cp.score import checked_score
from wse_cp.shapes.curves import least_time_by_area, least_time_by_work
from wse_cp.strategy import columns, schedule
from wse_cp.strategy.columns import LARGE
from wse_cp.strategy.stacks import Stacks

wse_cp_solve = importlib.import_module("wse_cp.solve")

#: The steps of a run, by what is said of them, with what is at work after them.
STEPS = {
    "the first placement": ((wse_cp_solve, "first_placement"), "first rows"),
    "the least time": ((phases, "least_time_by_area"), "rows"),
    "first rows": ((schedule, "first_rows"), "rows"),
    "stacks": ((Stacks, "begin"), "rows"),
    "capped stacks": ((schedule, "build_caps"), "rows"),
    "rows": ((schedule, "construct"), "slicing"),
    "trees": ((schedule, "_Team"), "lns"),
}


def exhausted(*_: object, **__: object) -> NoReturn:
    raise MemoryError


def solved(instance: Instance, after: str, without: tuple[str, ...] = ()) -> list[str]:
    """Solve until memory was exhausted and something is at work; return what is said of memory."""
    events: list[Event] = []
    stop = threading.Event()

    def look(activity: Activity) -> None:
        names = [*activity.searching, *(way.name for way in activity.statistics)]
        told = any(event.source == "memory" for event in events)
        if told and any(name.startswith(after) for name in names):
            stop.set()

    result = solve(
        instance, time_limit=30.0, workers=1, without=without, observer=events.append, monitor=look, stop=stop
    )
    assert result.score == checked_score(instance, result.placement)
    assert result.stopped_by == "user"
    return [event.message for event in events if event.source == "memory"]


@pytest.mark.parametrize("step", with_slow(STEPS, "the least time", "capped stacks", "rows", "trees"))
def test_the_run_goes_on_after_a_step(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place, after = STEPS[step]
    monkeypatch.setattr(*place, exhausted)
    said = solved(chain(50), after, () if step == "stacks" else ("stacks",))
    assert said[-1] == f"exhausted: {step} given up"


@pytest.mark.slow
def test_without_any_first_step_the_first_placement_is_improved(monkeypatch: pytest.MonkeyPatch) -> None:
    for (owner, name), _ in list(STEPS.values())[1:]:
        monkeypatch.setattr(owner, name, exhausted)
    said = solved(chain(50), "lns")
    assert len(set(said)) == len(said) == 8  # two are begun again


@pytest.mark.slow
def test_trees_are_begun_again_when_others_have_given_up_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []
    true = schedule._Team

    def once(*given: Any) -> Any:
        calls.append(given)
        return true(*given) if len(calls) > 1 else exhausted()

    monkeypatch.setattr(schedule, "_Team", once)
    assert solved(chain(50), "spans") == ["exhausted: trees begun again"]


def many() -> Instance:
    nodes = tuple(Node(i, f"k{i}", Conv(4, 4, 1, 1, 8, 8, 1)) for i in range(LARGE))
    edges = tuple(Edge(f"k{i}", f"k{i + 1}") for i in range(LARGE - 1))
    return Instance(Settings(400, 400, 1, 4, 10), nodes, edges)


@pytest.mark.parametrize(
    ("name", "after"),
    with_slow(
        [
            ("Columns", "lns"),
            ("Columns._scan", "lns"),
            ("_passes", "lns"),
            ("Columns._offer", "columns"),
            ("Columns._matched", "columns"),
        ],
        ("Columns", "lns"),
        ("Columns._scan", "lns"),
        ("Columns._matched", "columns"),
    ),
)
def test_columns_are_given_up_as_far_as_there_is_no_memory(
    name: str, after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner: Any = columns.Columns if "." in name else schedule if name == "Columns" else columns
    monkeypatch.setattr(owner, name.rpartition(".")[2], exhausted)
    said = solved(many(), after)
    assert any("given up" in line for line in said)


@pytest.mark.parametrize("width", [20, 60, 633])
def test_the_least_time_by_work_is_none_too_long(width: int) -> None:
    instance = chain(0, width)
    assert 0 < least_time_by_work(instance) <= least_time_by_area(instance)
