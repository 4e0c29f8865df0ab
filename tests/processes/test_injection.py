"""Child processes that crash, hang or get no memory: wherever one starts, the work ends with what it has."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from benchmarks.kills import search_instance
from tests.bounds.small_instances import small_instance
from tests.bounds.verifier.cases import contents, some_tree, text_of
from tests.marks import with_slow
from tests.processes import faulty
from tests.processes.call_sites import call_sites
from wse_cp.ahead import child as compiling_child
from wse_cp.ahead import compiling
from wse_cp.api import solve
from wse_cp.bounds.background import process as bound
from wse_cp.bounds.verifier import value, verify
from wse_cp.construct.shelves import first_placement
from wse_cp.cpsat import child as solver_child
from wse_cp.processes import child_process
from wse_cp.processes.tries import STILLBORN
from wse_cp.progress import Activity, Event
from wse_cp.score import checked_score, score

#: The modules that child processes run, by where these are started.
SITES = {
    "wse_cp.cpsat.session:Session._new_process": solver_child.__name__,
    "wse_cp.bounds.background.process:BoundProcess._start": bound.MODULE,
    "wse_cp.ahead.compiling:Compiling._start": compiling.MODULE,
    "wse_cp.ahead.compiling:Compiling._exchanged": compiling.MODULE,
    "wse_cp.bounds.verifier.value:_Process.__init__": value.__name__,
}
#: The one door that they all but the last go through.
DOOR = "wse_cp.processes.child_process:ChildProcess.__init__"
#: Seconds of a run; that one goes on after what it is run for; until a fault; after which it has no end.
LIMIT, AFTERWARDS, LATER, ENDLESS = 1.5, 1.0, 0.2, 120.0
#: At once, and in the midst of work.
MOMENTS = 0.0, LATER


def test_every_place_that_starts_processes_is_known() -> None:
    assert call_sites() == {*SITES, DOOR}
    assert compiling_child.__name__ == compiling.MODULE


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str, list[str], float], Path]:
    """Have processes that run some modules break; returns the file that counts the starts."""
    bound.IDLE.clear()
    monkeypatch.setattr(child_process, "START", faulty.__file__)
    monkeypatch.setattr(value, "_START", faulty.__file__)
    monkeypatch.setattr(value, "_much_work", lambda *_: True)
    monkeypatch.setattr(value, "_FACTOR", 1.0)
    monkeypatch.setattr(value, "_STARTING", 1.0)
    monkeypatch.setattr(compiling, "_LOOK", 0.2)
    monkeypatch.setattr(compiling, "_IDLE", 1.0)

    def arrange(fault: str, modules: list[str], after: float) -> Path:
        known = {"FAULT": fault, "FAULTY": ",".join(modules), "AFTER": str(after)}
        for name, text in {**known, "STARTED": str(tmp_path / "started")}.items():
            monkeypatch.setenv(name, text)
        if compiling.MODULE in modules:
            monkeypatch.setattr(compiling, "is_complete", lambda: False)
        return tmp_path / "started"

    return arrange


@contextmanager
def nothing_left() -> Iterator[None]:
    """Fail unless all children are gone afterwards, in good time."""
    before, begin = {child.pid for child in psutil.Process().children()}, time.monotonic()
    yield
    assert time.monotonic() - begin < ENDLESS
    bound.IDLE.clear()
    assert {child.pid for child in psutil.Process().children()} <= before


def searched(until: Callable[[list[Event]], bool] | None = None) -> list[Event]:
    """Run a search by trees and neighbourhoods; its result is legal and no worse than what it told of.

    It lasts `LIMIT` seconds, or until a moment after something is true, however slow the machine is.
    """
    instance, events, stop = search_instance(), list[Event](), threading.Event()
    first = first_placement(instance, lambda: False)
    assert first is not None
    # Without trees the solver is asked at once.
    parts, seen = ["stacks", "caps", "spans", *(["trees"] if until else [])], list[float]()

    def watch(activity: Activity) -> None:
        if until is not None and not seen and until(events):
            seen.append(activity.seconds)
        if seen and activity.seconds > seen[0] + AFTERWARDS:
            stop.set()

    with nothing_left():
        result = solve(
            instance,
            time_limit=LIMIT if until is None else ENDLESS,
            workers=2,
            without=parts,
            observer=events.append,
            monitor=watch,
            stop=stop,
        )
    assert result.stopped_by in ("time limit", "optimal", "user")
    assert result.score == checked_score(instance, result.placement)
    assert result.score.cost <= score(instance, first).cost
    assert result.score.cost == min(event.score.cost for event in events if event.score is not None)
    return events


def verified() -> None:
    """Verify a certificate by two processes; its value is the same as by one."""
    instance = small_instance("chain", 0)
    rows = [(start, [[1, 2, 3]]) for start in (0, 3 * instance.time_scale, 9 * instance.time_scale)]
    text = text_of(contents(instance, rows, tree=some_tree(instance, (), ()), unit=4))
    alone = verify(instance, text, 1)
    with nothing_left():
        assert verify(instance, text, 2) == alone


def work(module: str, started: Path, line: str) -> None:
    """Have a module's processes work until the file of the starts has a line."""
    if module == value.__name__:
        verified()
    else:
        searched(lambda events: started.exists() and line in started.read_text().splitlines())


@pytest.mark.parametrize(
    ("fault", "after"),
    with_slow(
        [
            ("leave", 0.0),
            ("hang", 0.0),
            ("crash", LATER),
            ("die", LATER),
            ("close", LATER),
            ("exhaust", LATER),
        ],
        ("crash", LATER),
        ("close", LATER),
        ("exhaust", LATER),
    ),
)
def test_a_run_ends_with_its_incumbent_though_all_its_processes_fail(
    broken: Callable[[str, list[str], float], Path], fault: str, after: float
) -> None:
    broken(fault, list(dict.fromkeys(SITES.values())), after)
    searched()


@pytest.mark.parametrize(("fault", "after"), [("leave", 0.0), ("hang", 0.0), ("die", LATER)])
def test_a_certificate_is_verified_though_the_other_process_fails(
    broken: Callable[[str, list[str], float], Path], fault: str, after: float
) -> None:
    started = broken(fault, [value.__name__], after)
    verified()
    assert started.read_text().splitlines()[0] == value.__name__


@pytest.mark.slow
@pytest.mark.parametrize("after", MOMENTS)
@pytest.mark.parametrize("fault", faulty.FAULTS)
@pytest.mark.parametrize("module", dict.fromkeys(SITES.values()))
def test_any_fault_of_any_process_leaves_the_rest_at_work(
    broken: Callable[[str, list[str], float], Path], module: str, fault: str, after: float
) -> None:
    started = broken(fault, [module], after)
    line = f"fault {module}" if after and module != value.__name__ else module
    work(module, started, line)
    assert line in started.read_text().splitlines()


def test_a_solver_that_never_runs_is_given_up_after_a_few_tries_in_one_line(
    broken: Callable[[str, list[str], float], Path],
) -> None:
    started = broken("leave", [solver_child.__name__], 0.0)
    events = searched(lambda events: any("given up" in event.message for event in events))
    starts = Counter(started.read_text().splitlines())
    assert STILLBORN <= starts[solver_child.__name__] <= STILLBORN + 2  # two workers count together
    said = [event.message for event in events if event.message and "solver" in event.message]
    assert said == [f"the solver is given up after {STILLBORN} tries: the solver process ended with code 3"]
