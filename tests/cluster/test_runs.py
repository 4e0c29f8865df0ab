"""Runs on a cluster, from Python: workers come, go, lie and are refused; the result is that of any run."""

from __future__ import annotations

import threading
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("distributed", reason="distributed is not installed (wse-cp[cluster])")

from tests.checkpoint.cases import chain, placed
from tests.cluster.clusters import inside, scheduler, wait_until, worker
from wse_cp.api import load_placement, solve
from wse_cp.bounds.verifier import verify
from wse_cp.checkpoint.folder import read_checkpoint
from wse_cp.cluster import connection, desk, members, session
from wse_cp.errors import InputError
from wse_cp.files.paint import format_paint
from wse_cp.instance import Instance
from wse_cp.progress import Activity, Event
from wse_cp.result import Result
from wse_cp.score import checked_score
from wse_cp.version import __version__

#: Too many adapters to prove anything soon.
INSTANCE = chain(50)


class Told:
    """What an observer is told; `stop` is set as soon as a line has a text in it."""

    def __init__(self, text: str = "") -> None:
        self.lines: list[str] = []
        self.costs: list[Any] = []
        self.stop = threading.Event()
        self._text = text

    def __call__(self, event: Event) -> None:
        if event.score is not None:
            self.costs.append(event.score.cost)
        if event.is_message:
            self.lines.append(event.message)
            if self._text and self._text in event.message:
                self.stop.set()

    def has(self, text: str) -> bool:
        return any(text in line for line in self.lines)


def run(client: Any, told: Told | None = None, **more: Any) -> Result:
    told = told or Told()
    values = {"time_limit": 3.0, "workers": 1, "observer": told, "stop": told.stop, **more}
    result = solve(INSTANCE, client=client, **values)
    assert result.score == checked_score(INSTANCE, result.placement)
    assert result.score.cost == min(told.costs)
    return result


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exchange more often, so that runs can be short."""
    monkeypatch.setattr(members, "PERIOD", 0.1)


@pytest.mark.slow
def test_a_run_keeps_what_the_workers_find_and_another_one_goes_on_from_it(
    client: Any, quick: None, tmp_path: Path
) -> None:
    told = Told()

    def look(activity: Activity) -> None:
        if any(way.calls and way.seconds > 0 for way in activity.statistics):
            told.stop.set()

    kept = {"output": tmp_path / "x.paint", "checkpoint": tmp_path / "run"}
    result = run(client, told, time_limit=120.0, monitor=look, **kept)
    assert result.stopped_by == "user"
    assert told.has("2 workers with 2 threads")
    assert load_placement(tmp_path / "x.paint", INSTANCE) == result.placement
    found = read_checkpoint(tmp_path / "run", INSTANCE)
    assert found.placement == result.placement
    assert any(way.calls for way in found.kept.statistics)
    resumed = run(client, resume=tmp_path / "run", time_limit=1.0)
    assert resumed.stopped_by == "time limit"
    assert resumed.score.cost <= result.score.cost
    assert client.status == "running"


def test_a_run_that_is_stopped_leaves_nothing_running(client: Any, quick: None) -> None:
    from wse_cp.cluster import worker as asked

    told = Told("workers with")
    result = run(client, told, time_limit=120.0)
    assert result.stopped_by == "user"
    wait_until(lambda: not asked._sessions, "the end of the tasks")
    wait_until(lambda: not client.processing() or not any(client.processing().values()))


def test_a_worker_that_joins_late_takes_part(quick: None) -> None:
    with inside(1) as (cluster, client):
        told = Told("2 workers with 2 threads")
        late = threading.Timer(1.0, lambda: cluster.scale(2))
        late.start()
        result = run(client, told, time_limit=120.0)
        late.join()
        assert told.has("1 worker with 1 thread")
        assert result.stopped_by == "user"


@pytest.mark.slow
def test_a_worker_that_lies_cannot_spoil_the_result(
    client: Any, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = placed(INSTANCE)
    first, second, *_ = good.values()
    wrong = good.replace([replace(second, x=first.x, y=first.y)])
    true = session.Session._report

    def lie(self: session.Session, *given: Any, **more: Any) -> Any:
        found = true(self, *given, **more)
        lies = {"placement": format_paint(INSTANCE, wrong), "cost": Fraction(1)}
        return found.model_copy(update=lies) if self.options.seed == 0 else found

    monkeypatch.setattr(session.Session, "_report", lie)
    told = Told()
    run(client, told, time_limit=1.5)
    assert [("left out" in line and "overlap" in line) for line in told.lines].count(True) == 1


def test_a_search_that_breaks_down_is_tried_again_then_given_up(
    client: Any, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(run: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(session.Session.__init__, "__defaults__", (fail,))
    told = Told("is given up")
    result = run(client, told, time_limit=120.0)
    assert told.has("broken")
    assert result.placement == placed(INSTANCE)


def test_workers_of_another_version_are_refused_with_both_named(
    client: Any, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "__version__", "9.9.9")
    told = Told("refused")
    run(client, told, time_limit=120.0)
    assert told.has(f"refused: it has wse-cp {__version__}, this is 9.9.9")


def test_a_worker_without_the_package_is_refused_and_the_others_go_on(quick: None, tmp_path: Path) -> None:
    """A worker whose package is another one: it is asked for its version by nothing but its name."""
    other = tmp_path / "other" / "wse_cp"
    other.mkdir(parents=True)
    (other / "__init__.py").write_text("")
    (other / "version.py").write_text('__version__ = "0.1.0"\n')
    with scheduler(tmp_path) as (_, file), worker(file, tmp_path / "w", path=other.parent):
        told = Told("refused")
        run(file, told, time_limit=120.0)
        assert told.has(f"refused: it has wse-cp 0.1.0, this is {__version__}")


@pytest.mark.slow
def test_workers_that_are_killed_cost_nothing_and_new_ones_take_their_place(
    quick: None, tmp_path: Path
) -> None:
    with scheduler(tmp_path) as (_, file), worker(file, tmp_path / "one") as first:
        told, results = Told(), list[Result]()
        thread = threading.Thread(
            target=lambda: results.append(run(file, told, time_limit=300.0)), daemon=True
        )
        thread.start()
        wait_until(lambda: len(told.costs) > 1, "a placement")
        first.kill()
        wait_until(lambda: told.has("1 worker gone; no worker is left"), "the loss of the worker")
        known = min(told.costs)
        with worker(file, tmp_path / "two"):
            wait_until(lambda: told.lines.count("1 worker with 1 thread") == 2, "another worker")
            told.stop.set()
            thread.join(60)
        (result,) = results
        assert result.score.cost <= known


@pytest.mark.slow
def test_without_a_scheduler_the_run_ends_with_what_it_has_and_says_so(
    quick: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "LOST", 2.0)
    with scheduler(tmp_path) as (running, file), worker(file, tmp_path / "w"):
        told, results = Told(), list[Result]()
        target = tmp_path / "x.paint"
        thread = threading.Thread(
            target=lambda: results.append(run(file, told, time_limit=300.0, output=target)), daemon=True
        )
        thread.start()
        wait_until(lambda: len(told.costs) > 1, "a placement")
        running.kill()
        thread.join(120)
        (result,) = results
        assert result.stopped_by == "cluster lost: the scheduler does not answer any more"
        assert told.has("the run ends with the best placement so far")
        assert load_placement(target, INSTANCE) == result.placement


def test_without_a_worker_there_is_one_line_after_a_stated_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "WORKER_PATIENCE", 1.0)
    with inside(0) as (_, client), pytest.raises(InputError, match="a worker within 1 s, found none"):
        run(client)


@pytest.mark.parametrize(
    ("where", "complaint"),
    [
        ("local:0", "local: and 1 to 256 workers, found 0"),
        ("local:two", "local: and 1 to 256 workers, found two"),
        ("nowhere", "an address .* found nowhere"),
        ("", "an address .* found nothing"),
        ("tcp://127.0.0.1:1", "a Dask scheduler that answers"),
        ("carrier://here:1", "a Dask scheduler that answers"),
        (3, "a distributed.Client or the address of a cluster, found int"),
    ],
)
def test_a_cluster_that_is_none_is_refused_in_one_line(
    where: Any, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "SCHEDULER_PATIENCE", 1.0)
    with pytest.raises(InputError, match=complaint) as caught:
        run(where)
    assert "\n" not in str(caught.value)


def test_a_scheduler_file_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{")
    with pytest.raises(InputError, match="a Dask scheduler that answers"):
        run(str(tmp_path / "x.json"))


def test_a_deterministic_run_is_one_of_this_machine() -> None:
    with pytest.raises(InputError, match="deterministic"):
        run("local:1", deterministic=True)


def test_bounds_of_workers_count_once_they_are_verified_here(
    quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance: Instance = chain(50, width=61)
    monkeypatch.setattr(desk, "BOUND_EVERY", 2)
    learnt: list[str] = []
    from wse_cp.bounds.background.process import BoundProcess

    true = BoundProcess.learn

    def learn(self: BoundProcess, text: str) -> None:
        learnt.append(text)
        true(self, text)

    monkeypatch.setattr(BoundProcess, "learn", learn)
    with inside(2) as (_, client):
        stop = threading.Event()

        def look(event: Event) -> None:
            if event.bound is not None and event.bound.certificate in learnt:
                stop.set()

        result = solve(instance, client=client, time_limit=60.0, workers=1, observer=look, stop=stop)
    assert result.certificate is not None
    assert verify(instance, result.certificate) >= (result.lower_bound or 0)
