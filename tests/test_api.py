"""The functions of `import wse_cp`, on a case whose best placements are kept with the project."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import wse_cp as wse
from tests.paths import ROOT
from wse_cp.api import load, report_page
from wse_cp.bounds.result import BoundParts
from wse_cp.options import RunOptions
from wse_cp.result import OperatorStatistics

CONV = wse.Conv(4, 4, 1, 1, 4, 4, 1)


@pytest.fixture(scope="module")
def inst() -> wse.Instance:
    return wse.load(ROOT / "instances/K.kgraph")


@pytest.fixture(scope="module")
def best(inst: wse.Instance) -> wse.Placement:
    return wse.load_placement(str(ROOT / "instances/best/K.paint"), inst)


@pytest.fixture(scope="module")
def result(inst: wse.Instance, best: wse.Placement) -> wse.Result:
    return wse.Result(
        inst,
        best,
        wse.score(inst, best),
        1.5,
        7,
        (OperatorStatistics("rows", 1, 1, Fraction(3), 0.5),),
        "time limit",
        Fraction(1300),
        history=((0.25, Fraction(2000)), (1.25, Fraction(1350))),
    )


def shifted(placement: wse.Placement, name: str) -> wse.Placement:
    placed = placement[name]
    outside = wse.PlacedKernel(name, placed.kernel, placed.args, 600, 600)
    return placement.replace([outside])


def test_a_placement_is_scored_exactly(inst: wse.Instance, best: wse.Placement) -> None:
    assert wse.score(inst, best).cost == 1350
    assert wse.violations(inst, best) == wse.violations(inst, best.values()) == []


def test_an_illegal_placement_has_violations_and_no_score(inst: wse.Instance, best: wse.Placement) -> None:
    name = next(iter(best))
    broken = shifted(best, name)
    assert any(name in violation.kernels for violation in wse.violations(inst, broken))
    with pytest.raises(wse.IllegalPlacementError):
        wse.score(inst, broken)


def test_what_is_saved_is_loaded(inst: wse.Instance, best: wse.Placement, tmp_path: Path) -> None:
    wse.save(tmp_path / "K.paint", inst, best)
    wse.save_instance(tmp_path / "K.kgraph", inst)
    assert wse.load(tmp_path / "K.kgraph") == inst
    assert wse.load_placement(tmp_path / "K.paint", inst) == best


def test_a_result_saves_its_placement(result: wse.Result, tmp_path: Path) -> None:
    result.save(tmp_path / "K.paint")
    assert wse.load_placement(tmp_path / "K.paint", result.instance) == result.placement


def test_a_missing_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(wse.InputError, match="no such file"):
        wse.load(tmp_path / "none.kgraph")


def test_a_certificate_proves_its_bound(inst: wse.Instance) -> None:
    text = (ROOT / "instances/bounds/K.json").read_text()
    value = wse.verify(inst, text)
    assert value == 1350
    bound = wse.Bound(value, BoundParts(value, Fraction(0), Fraction(0)), "kept", 0.0, text)
    assert wse.verify(inst, bound, workers=1) == value


def test_a_certificate_of_another_instance_is_refused(inst: wse.Instance) -> None:
    text = (ROOT / "instances/bounds/L.json").read_text()
    with pytest.raises(wse.BoundError, match="refused"):
        wse.verify(inst, text)


def tiny() -> wse.Instance:
    nodes = tuple(wse.Node(i, f"k{i}", CONV) for i in range(2))
    return wse.Instance(wse.Settings(30, 30, 1, 4), nodes, (wse.Edge("k0", "k1"),))


def test_a_lower_bound_comes_verified_and_is_told_of() -> None:
    events: list[wse.Event] = []
    bound = wse.lower_bound(tiny(), time_limit=20, workers=1, observer=events.append)
    assert wse.verify(tiny(), bound) == bound.value
    assert events[-1].source == "verifier"
    assert all(event.bound is None or event.bound.value <= bound.value for event in events)


def test_the_search_for_a_bound_can_be_ended_by_its_observer(inst: wse.Instance) -> None:
    def enough(event: wse.Event) -> None:
        raise StopIteration

    bound = wse.lower_bound(inst, time_limit=3600, workers=1, observer=enough)
    assert 0 <= bound.value <= 1350


def test_what_the_observer_of_a_bound_raises_is_raised(inst: wse.Instance) -> None:
    def fail(event: wse.Event) -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        wse.lower_bound(inst, time_limit=3600, workers=1, observer=fail)


def test_an_interrupt_keeps_the_best_bound(inst: wse.Instance) -> None:
    def interrupt(event: wse.Event) -> None:
        if event.bound is not None:
            raise KeyboardInterrupt  # as Ctrl-C does in the thread that called

    bound = wse.lower_bound(inst, time_limit=3600, workers=1, observer=interrupt)
    assert wse.verify(inst, bound) == bound.value


def test_options_of_a_bound_are_checked(inst: wse.Instance) -> None:
    with pytest.raises(wse.InputError, match="time limit"):
        wse.lower_bound(inst, time_limit=0)


def test_grades_rank_placements_and_say_what_is_wrong(inst: wse.Instance, best: wse.Placement) -> None:
    name = next(iter(best))
    broken = shifted(best, name)
    frame = wse.grade(inst, {"broken": broken, "best": best}, 1000).to_frame()
    assert list(frame["file"]) == ["best", "broken"]
    assert list(frame["verdict"]) == ["legal", "illegal"]
    assert frame["gap_percent"][0] == 35.0
    assert name in frame["reason"][1]


def test_grades_of_files_keep_those_that_cannot_be_read(inst: wse.Instance, tmp_path: Path) -> None:
    (tmp_path / "bad.paint").write_text("nonsense")
    files = [tmp_path / "bad.paint", ROOT / "instances/best/K.paint"]
    grades = wse.grade(inst, files, Fraction(1350))
    assert [grade.verdict for grade in grades.solutions] == ["legal", "unreadable"]
    assert grades.solutions[0].gap(grades.lower_bound) == 0
    assert json.dumps(grades.to_json())


def test_a_placement_below_the_bound_is_an_error_of_the_bound(
    inst: wse.Instance, best: wse.Placement
) -> None:
    with pytest.raises(wse.BoundError, match="wrong"):
        wse.grade(inst, {"best": best}, 1351)


def test_frames_have_a_row_for_each_thing(result: wse.Result) -> None:
    inst = result.instance
    assert len(result.placement.to_frame()) == len(result.kernel_frame()) == len(inst.kernels)
    assert len(result.wire_frame()) == len(wse.wire_frame(inst)) == len(inst.kernel_edges)
    assert len(wse.kernel_frame(inst)) == len(inst.to_frame()) == len(inst.kernels)
    assert result.kernel_frame().equals(wse.kernel_frame(inst, result.placement))


def test_the_frame_of_a_placement_has_its_positions(result: wse.Result) -> None:
    frame = result.placement.to_frame().set_index("name")
    for name, placed in result.placement.items():
        assert tuple(frame.loc[name, ["x", "y", "width", "height"]]) == placed.rectangle
        assert frame.loc[name, "time"] == placed.time


def test_the_frame_of_an_instance_has_formal_arguments_only(inst: wse.Instance) -> None:
    assert set(inst.to_frame().columns) == {"name", "type", "H", "W", "F"}  # blocks only


def test_the_frame_of_runs_has_costs_bounds_and_gaps(result: wse.Result) -> None:
    [row] = wse.run_frame([result]).to_dict("records")
    assert row["seed"] == 7
    assert row["cost"] == row["max_time"] + 4 * row["wire_length"] == 1350
    assert (row["lower_bound"], row["stopped_by"]) == (1300, "time limit")
    assert row["gap"] == float(Fraction(50, 1300))
    assert result.to_frame().equals(wse.run_frame([result]))
    assert list(result.history_frame()["cost"]) == [2000, 1350]


def test_no_runs_are_an_empty_frame_with_the_same_columns(result: wse.Result) -> None:
    empty = wse.run_frame([])
    assert list(empty.columns) == list(result.to_frame().columns)
    assert empty.dtypes.equals(result.to_frame().dtypes)


def test_a_run_without_a_bound_has_no_gap(inst: wse.Instance, best: wse.Placement) -> None:
    frame = wse.Result(inst, best, wse.score(inst, best), 1.0, 0).to_frame()
    assert frame[["lower_bound", "gap"]].isna().all().all()


def test_whole_numbers_of_numpy_are_options_and_bounds_as_good_as_pythons(
    inst: wse.Instance, best: wse.Placement
) -> None:
    options = RunOptions(time_limit=3, workers=np.int32(2), seed=np.uint8(4))  # type: ignore[arg-type]
    assert type(options.workers) is type(options.seed) is int
    with pytest.raises(wse.InputError, match="workers"):
        RunOptions(workers=True)
    value = wse.grade(inst, {"best": best}, np.int32(1300)).lower_bound  # type: ignore[arg-type]
    assert value == 1300
    assert type(value.numerator) is int


def test_a_contest_case_takes_other_settings_and_is_checked_with_them() -> None:
    assert wse.contest("K") == load("contest:K")
    assert load("contest:K", {"wlength": 9}).settings.wlength == 9
    with pytest.raises(wse.InputError, match=r"contest:K: .*1 x 633"):
        load("contest:K", {"width": 1})
    with pytest.raises(wse.InputError, match="settings among width"):
        load("contest:K", {"depth": 1})


def test_more_traces_than_solutions_are_refused(inst: wse.Instance, tmp_path: Path) -> None:
    with pytest.raises(wse.InputError, match="1 traces of 0"):
        report_page(tmp_path / "page.html", inst, [], traces=[tmp_path / "t.csv"])
