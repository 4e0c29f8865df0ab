"""Closed, absent and broken standard streams change no status; only a full standard output does."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Any, TextIO, cast

import pytest

import wse_cp as wse
from tests.cli.processes import finished
from tests.cli.small_case import StubSolver, instance, placement, stub_module, write_instance, write_solution
from tests.marks import with_slow
from wse_cp.cli import run
from wse_cp.files.by_suffix import read_placement_file
from wse_cp.streams import Guarded

#: What is done to the streams, as a shell says it.
HARM = {
    "no stdout": '"$@" >&-',
    "no stderr": '"$@" 2>&-',
    "neither": '"$@" >&- 2>&-',
    "none of three": '"$@" <&- >&- 2>&-',
    "full stderr": '"$@" 2>/dev/full',
    "nobody reads stdout": '"$@" | true; exit ${PIPESTATUS[0]}',
    "nobody reads stderr": '{ "$@" 2>&1 >/dev/null; echo $? >status; } | true; exit $(cat status)',
    "read-only": '"$@" 1</dev/null 2</dev/null',
}
#: Command lines, and the status of each.
WORK = {
    "legal": (["check", "small.kgraph", "given.paint"], 0),
    "illegal": (["check", "small.kgraph", "wrong.paint"], 1),
    "missing": (["check", "small.kgraph", "missing.paint"], 2),
    "usage": (["check", "--frobnicate"], 2),
    "solve": (["solve", "small.kgraph", "-o", "out.paint"], 0),
    "solve quietly": (["solve", "small.kgraph", "-o", "out.paint", "--quiet"], 0),
    "bound": (["bound", "small.kgraph", "--time-limit", "5"], 0),
    "grade": (["grade", "small.kgraph", "given.paint", "--time-limit", "1"], 0),
    "info": (["info", "small.kgraph"], 0),
    "help": (["--help"], 0),
    "version": (["--version"], 0),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_instance(tmp_path)
    written = write_solution(tmp_path)
    text = written.read_text()
    (tmp_path / "wrong.paint").write_text(text.replace("place(3 0", "place(0 0"))
    return tmp_path


#: Each command but the longest with one harm or the other.
QUICK = {
    "no stdout": ("illegal", "missing", "solve", "help"),
    "nobody reads stdout": ("legal", "usage", "solve", "solve quietly", "bound", "info", "version"),
}
HARMED = [(harm, work) for harm in ("no stdout", "no stderr", "nobody reads stdout") for work in WORK]


@pytest.mark.parametrize(
    ("harm", "work"), with_slow(HARMED, *((h, work) for h, work in HARMED if work not in QUICK.get(h, ())))
)
def test_the_status_is_that_of_the_work(folder: Path, work: str, harm: str) -> None:
    arguments, status = WORK[work]
    done = finished(folder, *arguments, shell=HARM[harm])
    assert done.returncode == status
    assert "Traceback" not in done.stdout + done.stderr
    assert "ignored" not in done.stderr


BROKEN = [
    (work, harm)
    for work in ("missing", "illegal", "bound")
    for harm in ("neither", "none of three", "full stderr", "nobody reads stderr", "read-only")
]


@pytest.mark.parametrize(
    ("work", "harm"),
    with_slow(
        BROKEN,
        *(case for case in BROKEN if "missing" not in case or "neither" in case or "full stderr" in case),
    ),
)
def test_the_status_is_that_of_the_work_where_more_is_broken(folder: Path, work: str, harm: str) -> None:
    arguments, status = WORK[work]
    assert finished(folder, *arguments, shell=HARM[harm]).returncode == status


@pytest.mark.parametrize("harm", with_slow(HARM, "no stdout", "no stderr", "neither", "nobody reads stdout"))
def test_a_search_writes_its_placement_whatever_its_streams_are(folder: Path, harm: str) -> None:
    done = finished(folder, "solve", "small.kgraph", "-o", "out.paint", shell=HARM[harm])
    assert done.returncode == 0
    assert read_placement_file(folder / "out.paint", instance()) == placement()


@pytest.mark.parametrize(
    ("work", "status"), with_slow([("legal", 3), ("illegal", 1), ("solve", 3), ("help", 3)], ("legal", 3))
)
def test_an_answer_that_a_full_disk_does_not_take_is_no_success(folder: Path, work: str, status: int) -> None:
    done = finished(folder, *WORK[work][0], shell='"$@" >/dev/full')
    assert done.returncode == status
    assert "standard output: No space left on device" in done.stderr


def test_a_number_of_a_closed_stream_is_not_given_to_a_file(folder: Path) -> None:
    """Else what is said to standard error, even by a handler, would be in that file."""
    done = finished(folder, "solve", "small.kgraph", "-o", "out.paint", shell='"$@" <&- >&- 2>&-')
    assert done.returncode == 0
    assert (folder / "out.paint").read_text().startswith("include")


class Bare:
    """What an embedding program may put in the place of a stream."""

    def write(self, text: str) -> None:
        pass


@pytest.mark.parametrize("stream", [None, Bare(), object()], ids=["none", "bare", "nothing"])
def test_progress_is_wanted_where_there_is_no_stream(
    stream: Any, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    stub = StubSolver()
    monkeypatch.setitem(sys.modules, "wse_cp.solve", stub_module(stub))
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(sys, "stdout", stream)
    assert wse.solve(instance(), progress=True).placement == placement()
    assert run(["solve", str(folder / "small.kgraph"), "-o", str(folder / "x.paint")]) == 0


def test_a_closed_stream_takes_no_progress(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stub = StubSolver()
    monkeypatch.setitem(sys.modules, "wse_cp.solve", stub_module(stub))
    stream = (tmp_path / "log").open("w")
    stream.close()
    monkeypatch.setattr(sys, "stderr", stream)
    assert wse.solve(instance(), progress=True).placement == placement()


@pytest.mark.parametrize("text", ["größe", "名前", "\udcff", "a\u2028b", "ok"])
def test_what_an_encoding_lacks_is_shown_as_escapes(text: str) -> None:
    data = io.BytesIO()
    stream = Guarded(io.TextIOWrapper(data, encoding="ascii"))
    print(text, file=cast(TextIO, stream), flush=True)
    assert stream.error is None
    assert data.getvalue() == text.encode("ascii", "backslashreplace") + b"\n"


def test_other_errors_of_a_stream_are_not_hidden() -> None:
    with pytest.raises(TypeError):
        Guarded(open(os.devnull, "w")).write(b"bytes")  # type: ignore[arg-type]  # noqa: SIM115


def test_an_error_of_the_input_is_told_apart_from_ctrl_c(
    monkeypatch: pytest.MonkeyPatch, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*given: object) -> None:
        raise EOFError("Ran out of input")

    monkeypatch.setattr("wse_cp.api.load", fail)
    assert run(["info", str(folder / "small.kgraph")]) == 2
    assert "ended in the midst" in capsys.readouterr().err
    monkeypatch.setattr("wse_cp.api.load", lambda *given: (_ for _ in ()).throw(KeyboardInterrupt))
    assert run(["info", str(folder / "small.kgraph")]) == 130
