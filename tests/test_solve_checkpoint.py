"""Runs that keep what they have: another one goes on from there, never worse; what is kept is checked."""

from __future__ import annotations

import json
import threading
from fractions import Fraction
from importlib import import_module
from pathlib import Path

import pytest

from tests.checkpoint.cases import chain, placed
from tests.marks import with_slow
from wse_cp.api import load_placement, solve
from wse_cp.bounds.halftiles.lower_bound import lower_bound
from wse_cp.bounds.result import Bound
from wse_cp.bounds.verifier import verify
from wse_cp.checkpoint.folder import CERTIFICATE, PLACEMENT, STATE, read_checkpoint
from wse_cp.errors import BoundError, InputError
from wse_cp.files.by_suffix import write_placement_file
from wse_cp.instance import Instance
from wse_cp.progress import Event
from wse_cp.result import Result
from wse_cp.score import checked_score

#: Too many adapters to prove anything soon.
INSTANCE = chain(50)
OTHERS = [chain(51), chain(50, width=61)]
MODULE = import_module("wse_cp.solve")


def short(instance: Instance = INSTANCE, **more: object) -> Result:
    return solve(instance, **{"time_limit": 1.0, "workers": 1, **more})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def bound() -> Bound:
    """A bound of `chain(0)`."""
    return lower_bound(chain(0), time_limit=1, workers=1)


def until_bound(**more: object) -> tuple[Result, list[Fraction]]:
    """Solve `chain(0)` until a bound is told; return the bounds told too."""
    stop = threading.Event()
    told: list[Fraction] = []

    def observe(event: Event) -> None:
        if event.bound is not None:
            told.append(event.bound.value)
            stop.set()

    return short(chain(0), stop=stop, observer=observe, time_limit=60, **more), told


def test_output_and_checkpoint_hold_the_result_at_the_end(tmp_path: Path) -> None:
    result = short(output=tmp_path / "x.json", checkpoint=tmp_path / "run", seed=3)
    assert load_placement(tmp_path / "x.json", INSTANCE) == result.placement
    found = read_checkpoint(tmp_path / "run", INSTANCE)
    assert found.placement == result.placement
    assert found.certificate == result.certificate
    assert (found.kept.seed, found.kept.runs) == (3, 1)
    assert json.loads((tmp_path / "run" / STATE).read_text())["cost"] == float(result.score.cost)


def test_the_output_stands_there_while_the_run_goes_on(tmp_path: Path) -> None:
    path, stop = tmp_path / "x.paint", threading.Event()
    seen: list[Fraction] = []

    def look(activity: object) -> None:
        if path.exists():
            seen.append(checked_score(INSTANCE, load_placement(path, INSTANCE)).cost)
            stop.set()

    result = short(time_limit=600, output=path, monitor=look, stop=stop)
    assert result.stopped_by == "user"
    assert seen[0] >= result.score.cost


def test_a_run_that_goes_on_is_never_worse_whatever_its_time_and_workers(tmp_path: Path) -> None:
    first = short(checkpoint=tmp_path / "run", seed=5)
    for runs, (seconds, workers) in enumerate([(0.3, 2), (0.8, 1), (0.3, 3)], 2):
        costs: list[Fraction] = []

        def observe(event: Event, costs: list[Fraction] = costs) -> None:
            if event.score is not None:
                costs.append(event.score.cost)

        result = short(time_limit=seconds, workers=workers, resume=tmp_path / "run", observer=observe)
        assert costs[0] <= first.score.cost
        assert result.score == checked_score(INSTANCE, result.placement)
        assert result.score.cost <= first.score.cost
        assert result.seed == 5
        assert read_checkpoint(tmp_path / "run", INSTANCE).kept.runs == runs
        first = result


def test_a_run_can_go_on_into_another_folder(tmp_path: Path) -> None:
    first = short(checkpoint=tmp_path / "one")
    before = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    short(time_limit=0.3, resume=tmp_path / "one", checkpoint=tmp_path / "two")
    assert {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()} == before
    placement = read_checkpoint(tmp_path / "two", INSTANCE).placement
    assert placement is not None
    assert checked_score(INSTANCE, placement).cost <= first.score.cost


def test_a_resumed_run_begins_with_the_better_of_start_and_checkpoint(tmp_path: Path) -> None:
    first = short(checkpoint=tmp_path / "run")
    stop = threading.Event()
    stop.set()
    result = short(resume=tmp_path / "run", start=placed(INSTANCE), stop=stop)
    assert result.score.cost <= first.score.cost


@pytest.mark.parametrize("other", with_slow(OTHERS, OTHERS[0]))
def test_a_checkpoint_of_another_instance_is_refused(tmp_path: Path, other: Instance) -> None:
    short(checkpoint=tmp_path / "run", time_limit=0.3)
    with pytest.raises(InputError, match="of this instance"):
        short(other, resume=tmp_path / "run")


def test_a_checkpoint_is_not_overwritten_by_a_new_run(tmp_path: Path) -> None:
    short(checkpoint=tmp_path / "run", time_limit=0.3)
    with pytest.raises(InputError, match="--resume"):
        short(checkpoint=tmp_path / "run")


def test_a_placement_in_a_checkpoint_is_checked(tmp_path: Path) -> None:
    short(checkpoint=tmp_path / "run", time_limit=0.3)
    path = tmp_path / "run" / PLACEMENT
    path.write_text(path.read_text().replace("place(", "place(1"))
    with pytest.raises(InputError, match="legal"):
        short(resume=tmp_path / "run")


def test_a_kept_bound_counts_once_it_is_verified(tmp_path: Path, bound: Bound) -> None:
    short(chain(0), checkpoint=tmp_path / "run", time_limit=0.3)
    (tmp_path / "run" / CERTIFICATE).write_text(bound.certificate)
    result, told = until_bound(resume=tmp_path / "run")
    assert told[0] == bound.value
    assert result.lower_bound is not None
    assert result.lower_bound >= bound.value


def test_a_kept_certificate_that_does_not_hold_is_left_out_in_one_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, bound: Bound
) -> None:
    short(checkpoint=tmp_path / "run", time_limit=0.3)
    (tmp_path / "run" / CERTIFICATE).write_text(bound.certificate)
    stop = threading.Event()

    def look(activity: object) -> None:
        if any("left out" in text for text in caplog.messages):
            stop.set()

    result = short(resume=tmp_path / "run", time_limit=60, monitor=look, stop=stop)
    assert len([text for text in caplog.messages if "left out" in text]) == 1
    if result.lower_bound is not None:
        assert result.certificate is not None
        assert verify(INSTANCE, result.certificate) == result.lower_bound


@pytest.mark.parametrize("form", with_slow(["text", "file", "value"], "file", "value"))
def test_a_bound_to_begin_with_is_that_of_the_result_at_least(
    tmp_path: Path, bound: Bound, form: str
) -> None:
    path = tmp_path / "bound.json"
    path.write_text(bound.certificate)
    given = {"text": bound.certificate, "file": path, "value": bound}[form]
    result, told = until_bound(bound=given)
    assert told[0] == bound.value
    assert result.lower_bound is not None
    assert result.lower_bound >= bound.value
    assert result.verified or result.lower_bound > bound.value


def test_a_bound_that_does_not_hold_for_the_instance_is_refused_before_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: Bound
) -> None:
    monkeypatch.setattr(MODULE, "solve", None)
    path = tmp_path / "bound.json"
    path.write_text(bound.certificate)
    with pytest.raises(BoundError, match=r"bound\.json: certificate refused"):
        short(bound=path)


def test_what_cannot_be_written_costs_one_line_and_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "run"

    def vanish(event: Event) -> None:
        for path in folder.iterdir() if folder.exists() else ():
            path.unlink()
        if folder.exists():
            folder.rmdir()

    result = short(checkpoint=folder, observer=vanish)
    assert result.score == checked_score(INSTANCE, result.placement)
    assert len([text for text in caplog.messages if "not written" in text]) == 1


def test_a_json_placement_is_kept_as_json(tmp_path: Path) -> None:
    result = short(output=tmp_path / "x.json", time_limit=0.3)
    write_placement_file(tmp_path / "y.json", INSTANCE, result.placement)
    assert (tmp_path / "x.json").read_text() == (tmp_path / "y.json").read_text()
