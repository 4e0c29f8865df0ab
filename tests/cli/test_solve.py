from __future__ import annotations

import json
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from tests.cli.small_case import COST, StubSolver, placement, stub_module, write_instance, write_solution
from wse_cp.cli import run
from wse_cp.export.result_document import parse_result
from wse_cp.files.by_suffix import read_placement_file
from wse_cp.placement import Placement
from wse_cp.progress import Activity

JSON_KEYS = [
    "instance",
    "legal",
    "violations",
    "cost",
    "max_time",
    "wire_length",
    "adapters",
    "lower_bound",
    "gap",
    "seconds",
    "seed",
    "version",
]


def overlapping() -> Placement:
    return placement().replace([replace(placement()["k2"], x=0)])


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> StubSolver:
    stub = StubSolver()
    monkeypatch.setitem(sys.modules, "wse_cp.solve", stub_module(stub))
    monkeypatch.chdir(tmp_path)
    return stub


@pytest.fixture
def case(tmp_path: Path) -> str:
    folder = tmp_path / "in"
    folder.mkdir()
    return str(write_instance(folder))


def test_solve_writes_the_placement_it_was_asked_for(stub: StubSolver, case: str, tmp_path: Path) -> None:
    assert run(["solve", case, "-o", "out.paint"]) == 0
    assert read_placement_file(tmp_path / "out.paint", stub.given["instance"]) == placement()


def test_solve_without_output_names_the_placement_for_the_instance(
    stub: StubSolver, case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["solve", case]) == 0
    assert (tmp_path / "small.paint").is_file()
    assert "small.paint" in capsys.readouterr().out


def test_solve_passes_its_options_on(stub: StubSolver, case: str, tmp_path: Path) -> None:
    start = write_solution(tmp_path)
    options = ["--time-limit", "1.5", "--workers", "3", "--seed", "7", "--start", str(start)]
    assert run(["solve", case, *options]) == 0
    given = {key: stub.given[key] for key in ("time_limit", "workers", "seed", "start")}
    assert given == {"time_limit": 1.5, "workers": 3, "seed": 7, "start": placement()}


def test_a_memory_limit_is_given_as_a_size(stub: StubSolver, case: str) -> None:
    assert run(["solve", case, "--memory-limit", "1.5GB"]) == 0
    assert stub.given["memory_limit"] == 1_500_000_000
    assert run(["solve", case]) == 0
    assert stub.given["memory_limit"] is None


@pytest.mark.parametrize("command", ["solve", "bound"])
@pytest.mark.parametrize("size", ["lots", "0", "-1GB", "1.5XB"])
def test_what_is_no_size_ends_with_status_2(
    stub: StubSolver, case: str, command: str, size: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([command, case, f"--memory-limit={size}"]) == 2
    assert not stub.given
    error = capsys.readouterr().err
    assert "--memory-limit: expected a size" in error
    assert size in error
    assert len(error.splitlines()) == 1


def test_solve_writes_a_json_report_with_the_keys_of_the_specification(
    stub: StubSolver, case: str, tmp_path: Path
) -> None:
    assert run(["solve", case, "--json", "out.json", "--seed", "5"]) == 0
    report = json.loads((tmp_path / "out.json").read_text())
    assert list(report) == JSON_KEYS
    assert (report["cost"], report["wire_length"], report["adapters"]) == (COST, 3.5, 1)
    assert (report["legal"], report["violations"], report["seed"]) == (True, [], 5)


def test_a_solve_without_a_bound_reports_null_and_prints_no_gap(
    stub: StubSolver, case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["solve", case, "--json", "out.json"]) == 0
    report = json.loads((tmp_path / "out.json").read_text())
    assert (report["lower_bound"], report["gap"]) == (None, None)
    assert "gap" not in capsys.readouterr().out


def test_a_solve_with_a_bound_reports_and_prints_the_gap(
    stub: StubSolver, case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.lower_bound = Fraction(500)
    assert run(["solve", case, "--json", "out.json"]) == 0
    report = json.loads((tmp_path / "out.json").read_text())
    assert (report["lower_bound"], report["gap"]) == (500, 0.172)  # (586 - 500) / 500
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["lower", "bound", "500"] in [line[:3] for line in lines]
    assert any("not yet verified" in " ".join(line) for line in lines)
    assert ["gap", "17.20", "%"] in lines


def test_solve_writes_a_placement_as_json(stub: StubSolver, case: str, tmp_path: Path) -> None:
    assert run(["solve", case, "-o", "out.json"]) == 0
    assert json.loads((tmp_path / "out.json").read_text())["format"] == "wse-cp placement"
    assert read_placement_file(tmp_path / "out.json", stub.given["instance"]) == placement()


def test_solve_writes_all_about_the_run(stub: StubSolver, case: str, tmp_path: Path) -> None:
    stub.lower_bound = Fraction(99, 2)
    stub.history = ((0.5, Fraction(600)), (1.0, Fraction(COST)))
    assert run(["solve", case, "--result", "run.json"]) == 0
    result = parse_result((tmp_path / "run.json").read_text(), "run.json")
    assert result.placement == placement()
    assert (result.lower_bound, result.history) == (stub.lower_bound, stub.history)


def test_solve_draws_a_picture(stub: StubSolver, case: str, tmp_path: Path) -> None:
    assert run(["solve", case, "--plot", "out.png"]) == 0
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")


def test_progress_goes_to_stderr_and_the_score_to_stdout(
    stub: StubSolver, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["solve", case])
    printed = capsys.readouterr()
    assert "starting" in printed.err
    assert "starting" not in printed.out
    assert str(COST) in printed.out.splitlines()[0]


def test_quiet_silences_the_progress(stub: StubSolver, case: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(["solve", case, "--quiet"])
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "options",
    [
        ["-o", "nowhere/out.paint"],
        ["-o", "."],
        ["--plot", "out.gif"],
        ["--json", "nowhere/out.json"],
        ["-o", "same", "--json", "same"],
        ["--time-limit", "0"],
        ["--time-limit", "nan"],
        ["--time-limit", "soon"],
        ["--workers", "0"],
        ["--seed", "-1"],
        ["--start", "missing.paint"],
        ["--frobnicate"],
    ],
)
def test_a_bad_option_ends_before_the_search_in_one_line_with_status_2(
    stub: StubSolver, case: str, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    assert run(["solve", case, *options]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert stub.given == {}


def test_solve_does_not_write_over_its_instance(stub: StubSolver, case: str) -> None:
    before = Path(case).read_text()
    assert run(["solve", case, "-o", case]) == 2
    assert Path(case).read_text() == before


def test_an_illegal_start_is_refused(
    stub: StubSolver, case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start = write_solution(tmp_path, overlapping())
    assert run(["solve", case, "--start", str(start)]) == 2
    assert "overlap" in capsys.readouterr().err


def test_an_illegal_answer_of_the_search_is_not_written(
    stub: StubSolver, case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.placed = overlapping()
    assert run(["solve", case, "-o", "out.paint"]) == 1
    assert not (tmp_path / "out.paint").exists()
    assert "overlap" in capsys.readouterr().err


def test_a_kernel_without_any_legal_shape_is_refused_with_the_limit(
    stub: StubSolver, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(case).write_text(Path(case).read_text().replace("memlimit=24576", "memlimit=1"))
    assert run(["solve", case]) == 2
    assert "memlimit" in capsys.readouterr().err


def test_solve_passes_on_what_to_leave_out_and_whether_to_be_deterministic(
    stub: StubSolver, case: str
) -> None:
    assert run(["solve", case, "--without", "spans, trees", "--deterministic", "--workers", "1"]) == 0
    assert stub.given["without"] == ("spans", "trees")
    assert stub.given["deterministic"] is True


@pytest.mark.parametrize(
    ("options", "found"), [(["--without", "luck"], "luck"), (["--deterministic", "--workers", "2"], "2")]
)
def test_what_cannot_be_left_out_or_repeated_ends_with_status_2(
    stub: StubSolver, case: str, options: list[str], found: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["solve", case, *options]) == 2
    assert not stub.given
    error = capsys.readouterr().err
    assert found in error
    assert len(error.splitlines()) == 1


def test_solve_writes_the_cost_over_time(stub: StubSolver, case: str, tmp_path: Path) -> None:
    stub.history = ((0.5, Fraction(19, 2)), (2.25, Fraction(7)))
    assert run(["solve", case, "--trace", "trace.csv"]) == 0
    assert (tmp_path / "trace.csv").read_text() == "seconds,cost\n0.50,9.5\n2.25,7\n"


def test_a_dash_prints_the_report_instead_of_the_summary(
    stub: StubSolver, case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["solve", case, "--quiet", "--json", "-"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["cost"] == COST
    assert printed.err == ""
    assert not (tmp_path / "-").exists()


def test_solve_passes_on_who_is_to_watch(stub: StubSolver, case: str) -> None:
    assert run(["solve", case]) == 0
    stub.given["monitors"][0](Activity(0.0, ("rows",), ()))  # what is piped makes nothing of it


def test_solve_passes_checkpoints_on(stub: StubSolver, case: str, tmp_path: Path) -> None:
    assert run(["solve", case, "-o", "out.paint", "--checkpoint", "run"]) == 0
    keeping = stub.given["keeping"]
    assert keeping.output == Path("out.paint")
    assert keeping.folder.path == Path("run")
    assert keeping.resumed is None
    assert stub.given["seed"] == 0


def kept(case: str, folder: Path, text: str = "") -> None:
    """Write a checkpoint of the case, or a text in its place."""
    from wse_cp.checkpoint.document import CheckpointText
    from wse_cp.checkpoint.kept import Kept
    from wse_cp.files.by_suffix import read_instance_file

    folder.mkdir()
    state = CheckpointText(read_instance_file(case)).of(Kept(seed=11, runs=1))
    (folder / "checkpoint.json").write_text(text or state)


def test_solve_resumes_with_the_seed_kept_unless_another_is_given(
    stub: StubSolver, case: str, tmp_path: Path
) -> None:
    kept(case, tmp_path / "run")
    assert run(["solve", case, "--resume", "run"]) == 0
    assert (stub.given["seed"], stub.given["keeping"].resumed.kept.runs) == (11, 1)
    assert run(["solve", case, "--resume", "run", "--seed", "0"]) == 0
    assert stub.given["seed"] == 0


@pytest.mark.parametrize(
    "text",
    [
        '{"format": "wse-cp checkpoint", "version": 2}',
        '{"format": "wse-cp checkpoint", "version": 1, "instance_sha256": "0", "seed": 0, "seconds": 0,'
        ' "runs": 0, "started": false, "kernels": []}',
        "{",
        "[" * 100_000,
        '{"format": "wse-cp placement", "version": 1, "kernels": []}',
    ],
)
def test_a_checkpoint_that_cannot_be_gone_on_from_is_refused_in_one_line(
    stub: StubSolver, case: str, tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    kept(case, tmp_path / "run", text)
    assert run(["solve", case, "--resume", "run"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "checkpoint.json" in error
    assert not stub.given


def test_a_checkpoint_is_not_overwritten_by_a_new_run_nor_by_an_output(
    stub: StubSolver, case: str, tmp_path: Path
) -> None:
    kept(case, tmp_path / "run")
    assert run(["solve", case, "--checkpoint", "run"]) == 2
    assert run(["solve", case, "--resume", "missing"]) == 2
    assert run(["solve", case, "--resume", "run", "-o", "run/placement.paint"]) == 2
    assert not stub.given


def test_a_certificate_that_does_not_hold_is_refused(
    stub: StubSolver, case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bound.json").write_text("{}")
    assert run(["solve", case, "--bound", "bound.json"]) == 1
    assert "bound.json: certificate refused" in capsys.readouterr().err
    assert not stub.given
