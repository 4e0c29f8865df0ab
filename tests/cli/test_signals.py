from __future__ import annotations

import os
import pty
import signal
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.cli.processes import PATIENCE, waiting
from tests.cli.small_case import instance, placement, write_instance
from tests.marks import with_slow
from wse_cp.bounds.verifier import verify
from wse_cp.cli.signals import ASKING, stop_on_signals
from wse_cp.files.by_suffix import read_placement_file

SOLVE = ("solve", "small.kgraph", "-o", "out.paint")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_instance(tmp_path)
    return tmp_path


def is_kept(folder: Path) -> bool:
    return read_placement_file(folder / "out.paint", instance()) == placement()


@pytest.mark.parametrize("number", with_slow(ASKING, signal.SIGHUP))
def test_a_signal_ends_the_search_and_the_best_placement_is_written(
    folder: Path, number: signal.Signals
) -> None:
    with waiting(folder, SOLVE) as process:
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert is_kept(folder)
    assert "interrupted" in out
    assert "Traceback" not in err


def test_a_second_signal_exits_at_once_with_status_130(folder: Path) -> None:
    with waiting(folder, SOLVE, "ignore") as process:
        assert process.stderr is not None
        process.send_signal(signal.SIGINT)
        while "stopping" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert not (folder / "out.paint").exists()


def test_a_second_hangup_is_no_second_ctrl_c(folder: Path) -> None:
    """The system and the shell both send one when a terminal goes."""
    with waiting(folder, SOLVE, "ignore") as process:
        assert process.stderr is not None
        for number in (signal.SIGHUP, signal.SIGHUP, signal.SIGTERM):
            process.send_signal(number)
            while "stopping" not in process.stderr.readline():
                assert process.poll() is None
        assert process.poll() is None


@pytest.mark.parametrize("number", with_slow(ASKING, signal.SIGINT))
def test_a_signal_that_the_caller_ignores_stays_ignored(folder: Path, number: signal.Signals) -> None:
    other = signal.SIGTERM if number != signal.SIGTERM else signal.SIGINT
    with waiting(folder, SOLVE, preexec_fn=lambda: signal.signal(number, signal.SIG_IGN)) as process:
        process.send_signal(number)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.5)
        process.send_signal(other)
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert is_kept(folder)


@pytest.mark.parametrize("number", with_slow(ASKING, signal.SIGTERM, signal.SIGHUP))
def test_a_signal_that_comes_when_all_is_done_does_not_change_the_status(
    folder: Path, number: signal.Signals
) -> None:
    with waiting(folder, SOLVE, "linger") as process:
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE / 2)
    assert (process.returncode, err.count("Traceback")) == (0, 0)
    assert "written     out.paint" in out
    assert is_kept(folder)


def broken_pipe() -> int:
    """Return a pipe that nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    return writer


UNWRITTEN = list(product(("pipe", "closed", "full"), ("lines", "quiet"), ASKING))
QUICK = {
    ("pipe", "lines", signal.SIGINT),
    ("closed", "lines", signal.SIGTERM),
    ("full", "lines", signal.SIGHUP),
    ("full", "quiet", signal.SIGINT),
}


@pytest.mark.parametrize(("error", "said", "number"), with_slow(UNWRITTEN, *(set(UNWRITTEN) - QUICK)))
def test_a_signal_keeps_the_placement_when_standard_error_cannot_be_written(
    folder: Path, error: str, said: str, number: signal.Signals
) -> None:
    quiet = ["--quiet"] if said == "quiet" else []
    opened = broken_pipe() if error == "pipe" else os.open("/dev/full", os.O_WRONLY)
    closing: Callable[[], None] | None = (lambda: os.close(2)) if error == "closed" else None
    with waiting(folder, [*SOLVE, *quiet], stderr=opened, preexec_fn=closing) as process:
        os.close(opened)
        process.send_signal(number)
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert is_kept(folder)


@pytest.mark.parametrize(
    ("error", "number"),
    with_slow(
        [
            ("pipe", signal.SIGINT),
            ("closed", signal.SIGTERM),
            ("full", signal.SIGHUP),
            ("full", signal.SIGINT),
        ],
        ("pipe", signal.SIGINT),
        ("full", signal.SIGHUP),
        ("full", signal.SIGINT),
    ),
)
def test_a_signal_keeps_the_bound_when_standard_error_cannot_be_written(
    folder: Path, error: str, number: signal.Signals
) -> None:
    opened = broken_pipe() if error == "pipe" else os.open("/dev/full", os.O_WRONLY)
    closing: Callable[[], None] | None = (lambda: os.close(2)) if error == "closed" else None
    given = ["bound", "small.kgraph", "--certificate", "out.json"]
    with waiting(folder, given, "bound", stderr=opened, preexec_fn=closing) as process:
        os.close(opened)
        process.send_signal(number)
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert verify(instance(), (folder / "out.json").read_text()) > 0


def test_a_signal_keeps_the_placement_when_nobody_reads_any_of_the_output(folder: Path) -> None:
    """As when Ctrl-C ends ``tee`` before the search."""
    pipe = broken_pipe()
    with waiting(folder, SOLVE, stdout=pipe, stderr=pipe) as process:
        os.close(pipe)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0
    assert is_kept(folder)


#: What is said while a search runs, by options.
SAID = {"view": [], "quiet": ["--quiet"], "log": ["--log-level", "debug"]}
GOING = list(product(("hangup", "nohup"), SAID))


@pytest.mark.parametrize(
    ("how", "said"),
    with_slow(GOING, ("hangup", "quiet"), ("hangup", "log"), ("nohup", "view"), ("nohup", "quiet")),
)
def test_a_terminal_that_goes_does_not_cost_the_placement(folder: Path, how: str, said: str) -> None:
    """The live view is on it, and the system sends SIGHUP when its other end is closed."""
    ignored = how == "nohup"
    ours, theirs = pty.openpty()

    def take_terminal() -> None:
        os.setsid()
        os.close(os.open(os.ttyname(0), os.O_RDWR))  # the first one opened is the controlling terminal
        if ignored:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

    given: dict[str, Any] = {"stdin": theirs, "stdout": theirs, "stderr": theirs, "preexec_fn": take_terminal}
    with waiting(folder, [*SOLVE, "--json", "out.json", *SAID[said]], **given) as process:
        os.close(theirs)
        os.close(ours)
        if ignored:
            process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    assert is_kept(folder)
    assert (folder / "out.json").exists()


def test_a_full_pipe_does_not_hold_up_the_handler() -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with suppress(BlockingIOError):
        while os.write(writer, b"x" * 4096):
            pass
    os.set_blocking(writer, True)
    before = os.dup(2)
    os.dup2(writer, 2)
    try:
        with stop_on_signals() as stop:
            signal.raise_signal(signal.SIGINT)
            assert stop.is_set()
    finally:
        os.dup2(before, 2)
        for number in (before, reader, writer):
            os.close(number)


def test_handlers_are_put_back() -> None:
    before = {number: signal.getsignal(number) for number in ASKING}
    with stop_on_signals():
        assert all(signal.getsignal(number) != before[number] for number in ASKING)
    assert {number: signal.getsignal(number) for number in ASKING} == before


def test_another_thread_runs_without_signals() -> None:
    found: list[bool] = []

    def work() -> None:
        with stop_on_signals() as stop:
            found.append(stop.is_set())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(PATIENCE)
    assert found == [False]
