"""An output that cannot be written costs neither result nor other outputs; - is standard input and output."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from tests.cli.bound_case import true_certificate
from tests.cli.processes import finished
from tests.cli.small_case import (
    COST,
    TEXT,
    StubSolver,
    instance,
    placement,
    stub_module,
    write_instance,
    write_solution,
)
from tests.files.test_writing import at_most
from tests.marks import with_slow
from wse_cp.bounds.result import Bound, BoundParts
from wse_cp.cli import run
from wse_cp.files.by_suffix import placement_text, read_placement_file
from wse_cp.files.json_documents import format_instance, format_placement

SOLVE = ("solve", "small.kgraph")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_instance(tmp_path)
    return tmp_path


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> StubSolver:
    stub = StubSolver()
    monkeypatch.setitem(sys.modules, "wse_cp.solve", stub_module(stub))
    return stub


def text() -> str:
    return placement_text("x.paint", instance(), placement())


def kept(path: Path) -> bool:
    return read_placement_file(path, instance()) == placement()


# --- the path as given is opened


PIPED = [
    ("/dev/stdout", '"$@" | cat'),
    ("/dev/stdout", '"$@" > file; cat file'),
    ("/dev/fd/1", '"$@" | cat'),
    ("/proc/self/fd/1", '"$@" | cat'),
    ("-", '"$@" | cat'),
    ("/dev/fd/7", '"$@" 7>&1 >/dev/null | cat'),
    ("/dev/stderr", '"$@" --quiet 2>&1 >/dev/null | cat'),
]


@pytest.mark.parametrize(
    ("output", "shell"),
    with_slow(
        PIPED,
        *(case for case in PIPED if case[0] in ("/dev/fd/1", "/proc/self/fd/1", "/dev/stderr")),
    ),
)
def test_the_placement_goes_through_a_pipe(folder: Path, output: str, shell: str) -> None:
    done = finished(folder, *SOLVE, "-o", output, shell=shell)
    assert done.stdout == text()
    assert "Traceback" not in done.stderr
    assert not (folder / "-").exists()


def test_the_placement_goes_into_a_process_of_the_shell(folder: Path) -> None:
    done = finished(
        folder, *SOLVE, shell='"$@" -o >(cat > got.paint) --quiet; status=$?; sleep 0.5; exit $status'
    )
    assert done.returncode == 0
    assert (folder / "got.paint").read_text() == text()


def test_the_summary_keeps_out_of_the_placement(folder: Path) -> None:
    done = finished(folder, *SOLVE, "-o", "-")
    assert done.stdout == text()
    assert f"{COST}" in done.stderr
    assert finished(folder, *SOLVE, "-o", "-", "--quiet").stderr == ""


@pytest.mark.parametrize("output", with_slow(["/dev/null", "/dev/stderr"], "/dev/stderr"))
def test_a_device_takes_the_placement(folder: Path, output: str) -> None:
    assert finished(folder, *SOLVE, "-o", output).returncode == 0


# --- what cannot be written goes elsewhere, and everything else is written


def gone(folder: Path) -> None:
    shutil.rmtree(folder / "out")


def replaced_by_a_file(folder: Path) -> None:
    gone(folder)
    (folder / "out").write_text("")


def replaced_by_a_directory(folder: Path) -> None:
    (folder / "out" / "x.paint").mkdir()


@pytest.mark.parametrize("harm", [gone, replaced_by_a_file, replaced_by_a_directory])
def test_a_path_that_fails_at_the_end_costs_nothing(
    folder: Path, stub: StubSolver, capsys: pytest.CaptureFixture[str], harm: Callable[[Path], None]
) -> None:
    (folder / "out").mkdir()
    stub.during = lambda: harm(folder)
    options = ["--json", "ok.json", "--trace", "ok.csv", "--result", "all.json", "--quiet"]
    assert run([*SOLVE, "-o", "out/x.paint", *options]) == 3
    [rescued] = folder.rglob("x.rescued.paint")
    assert kept(rescued)
    assert all((folder / name).exists() for name in ("ok.json", "ok.csv", "all.json"))
    printed = capsys.readouterr()
    assert str(COST) in printed.out
    assert str(rescued.relative_to(folder)) in printed.out
    [line] = printed.err.splitlines()
    assert line.startswith("wse-cp: out/x.paint: could not be written (")
    assert line.endswith(f"is in {rescued.relative_to(folder)} instead")


def test_a_full_disk_costs_nothing_but_the_place(
    folder: Path, stub: StubSolver, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*SOLVE, "-o", "/dev/full", "--json", "ok.json"]) == 3
    assert kept(folder / "output.rescued")
    assert json.loads((folder / "ok.json").read_text())["cost"] == COST
    assert "No space left" in capsys.readouterr().err


def test_when_nothing_can_be_written_the_placement_is_printed(
    folder: Path, stub: StubSolver, capsys: pytest.CaptureFixture[str]
) -> None:
    with at_most(10):
        assert run([*SOLVE, "-o", "x.paint", "--json", "y.json", "--quiet"]) == 3
    printed = capsys.readouterr()
    assert text() in printed.out
    assert str(COST) in printed.out
    assert "y.json: could not be written" in printed.err


def test_a_picture_that_cannot_be_drawn_costs_nothing_else(
    folder: Path, stub: StubSolver, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*given: object) -> bytes:
        raise ZeroDivisionError("drawn")

    monkeypatch.setattr("wse_cp.report.picture.figure.picture_data", fail)
    assert run([*SOLVE, "--plot", "x.png", "--report", "x.html", "-q"]) == 3
    assert kept(folder / "small.paint")
    assert (folder / "x.html").exists()
    assert "x.png: could not be made (ZeroDivisionError: drawn)" in capsys.readouterr().err


def test_a_reader_that_left_does_not_get_the_placement_but_a_file_does(folder: Path) -> None:
    done = finished(folder, *SOLVE, "-o", "-", shell='"$@" | true; exit ${PIPESTATUS[0]}')
    assert done.returncode == 3
    assert kept(folder / "output.rescued")


def test_the_page_of_a_report_is_kept_too(
    folder: Path, stub: StubSolver, capsys: pytest.CaptureFixture[str]
) -> None:
    write_solution(folder)
    assert run(["report", "small.kgraph", "given.paint", "-o", "/dev/full"]) == 3
    assert "<html" in (folder / "output.rescued").read_text()


def test_a_certificate_is_kept_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = BoundParts(Fraction(13), Fraction(0), Fraction(0))
    bound = Bound(Fraction(13), parts, "stub", 0.5, true_certificate(13))
    monkeypatch.setattr("wse_cp.api.lower_bound", lambda *given, **more: bound)
    assert run(["bound", "small.kgraph", "--certificate", "/dev/full"]) == 3
    assert (folder / "output.rescued").read_text() == bound.certificate
    printed = capsys.readouterr()
    assert "output.rescued" in printed.out
    assert "is in output.rescued instead" in printed.err
    assert run(["bound", "small.kgraph", "--certificate", "-"]) == 0
    printed = capsys.readouterr()
    assert printed.out == bound.certificate
    assert "lower bound" in printed.err


# --- what could not be written is refused before the search


CLOSED = ['"$@" >&-', '"$@" 7>&- -o /dev/fd/7']


@pytest.mark.parametrize("shell", with_slow(CLOSED, CLOSED[1]))
def test_an_output_that_is_closed_is_refused_at_once(folder: Path, shell: str) -> None:
    done = finished(folder, *SOLVE, "-o", "-", shell=shell)
    assert done.returncode == 2
    assert not (folder / "ready").exists()
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "others", [["--json", "-"], ["--trace", "/dev/stdout"], ["--certificate", "/dev/fd/1"]]
)
def test_standard_output_takes_one_file(folder: Path, stub: StubSolver, others: list[str]) -> None:
    assert run([*SOLVE, "-o", "-", *others]) == 2
    assert not stub.given


def test_a_picture_and_a_page_go_to_standard_output(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_solution(folder)
    assert run(["plot", "small.kgraph", "given.paint", "-o", "-"]) == 0
    assert capsys.readouterr().out.rstrip().endswith("</svg>")
    assert run(["report", "small.kgraph", "given.paint", "-o", "-"]) == 0
    assert capsys.readouterr().out.rstrip().endswith("</html>")


# --- standard input


def piped(monkeypatch: pytest.MonkeyPatch, folder: Path, content: str) -> None:
    """Make a text standard input."""
    (folder / "piped").write_text(content)
    monkeypatch.setattr(sys, "stdin", (folder / "piped").open())


GIVEN = {"kgraph": TEXT, "json": format_instance(instance())}


@pytest.mark.parametrize(
    ("name", "form"),
    with_slow(
        [("-", "kgraph"), ("-", "json"), ("/dev/stdin", "kgraph"), ("/dev/stdin", "json")],
        ("-", "json"),
        ("/dev/stdin", "kgraph"),
        ("/dev/stdin", "json"),
    ),
)
def test_an_instance_comes_from_a_pipe(folder: Path, name: str, form: str) -> None:
    done = finished(folder, "info", name, input=GIVEN[form])
    assert (done.returncode, done.stderr) == (0, "")
    assert "k1" in done.stdout


@pytest.mark.parametrize("form", [placement_text, format_placement], ids=["paint", "json"])
def test_a_placement_comes_from_a_pipe(folder: Path, form: Callable[..., str]) -> None:
    content = (
        form("x.paint", instance(), placement()) if form is placement_text else form(instance(), placement())
    )
    done = finished(folder, "check", "small.kgraph", "-", input=content)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("legal")


def test_from_standard_input_to_standard_output(folder: Path) -> None:
    done = finished(folder, "solve", "-", input=TEXT)
    assert (done.returncode, done.stdout) == (0, text())
    done = finished(folder, "export", "-", "-o", "-", "--format", "dot", input=TEXT)
    assert done.stdout.startswith("digraph")
    assert done.stderr == "written -\n"


def test_a_certificate_comes_from_a_pipe(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    piped(monkeypatch, folder, true_certificate(13))
    assert run(["verify", "small.kgraph", "-"]) == 0
    assert "proven" in capsys.readouterr().out


def test_a_start_comes_from_a_pipe(folder: Path, stub: StubSolver, monkeypatch: pytest.MonkeyPatch) -> None:
    piped(monkeypatch, folder, text())
    assert run([*SOLVE, "--start", "-"]) == 0
    assert stub.given["start"] == placement()


def test_a_model_comes_from_a_pipe(folder: Path) -> None:
    model = 'family = "fully-connected"\nwidths = [8, 8, 8]\n'
    done = finished(folder, "import", "-", input=model)
    assert done.returncode == 0, done.stderr
    assert "conv[" in done.stdout


@pytest.mark.parametrize("given", with_slow(["", "nonsense", "{", "\0"], "nonsense", "\0"))
def test_bad_standard_input_is_one_line(folder: Path, given: str) -> None:
    done = finished(folder, "check", "-", "-", input=given)
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert line.startswith("wse-cp: -")


def test_closed_standard_input_is_one_line(folder: Path) -> None:
    done = finished(folder, "info", "-", shell='"$@" <&-')
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


# --- names of any bytes


@pytest.mark.parametrize("others", with_slow(["check info", "grade"], "grade"))
def test_files_of_any_name_are_read_written_and_shown(folder: Path, others: str) -> None:
    name = os.fsdecode(b"\xff$\xe4 [b] :smile:\x1b.kgraph")
    os.rename(folder / "small.kgraph", folder / name)
    output, page = name.replace("kgraph", "paint"), name.replace("kgraph", "html")
    done = finished(folder, "solve", name, "-o", output, "--report", page, "--json", "-", "--plot", "x.png")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert json.loads(done.stdout)["cost"] == COST
    assert kept(folder / output)
    assert (folder / page).read_text()
    given = {"check": [name, output], "info": [name], "grade": [name, output, "--time-limit", "1"]}
    for command in others.split():
        done = finished(folder, command, *given[command])
        assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr


@pytest.mark.parametrize(
    "words",
    with_slow(
        [" ".join(SOLVE), "check x.kgraph x.paint", "info x.kgraph", "bound x.kgraph"],
        "info x.kgraph",
        "bound x.kgraph",
    ),
)
def test_a_removed_current_directory_is_named_or_a_file_that_is_not_in_it(folder: Path, words: str) -> None:
    done = finished(folder, *words.split(), shell='mkdir d && cd d && rmdir ../d && "$@"')
    assert done.returncode == 2
    named = "the current directory", words.split()[1]
    assert done.stderr.startswith(tuple(f"wse-cp: {name}: " for name in named))
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
