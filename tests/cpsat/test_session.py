"""The child process may crash, hang or grow; the session survives and says so."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cpsat.problems import hard_problem, squares
from tests.paths import ROOT
from wse_cp.cpsat.outcome import Limits
from wse_cp.cpsat.problem import choices_cost
from wse_cp.cpsat.session import Session
from wse_cp.processes.child_process import ChildProcess
from wse_cp.processes.tries import STILLBORN

LONG = Limits(seconds=60)


def kill(session: Session, number: int) -> None:
    """Send a signal to the present process."""
    assert session.pid is not None
    os.kill(session.pid, number)


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session() as session:
        yield session


def test_answers_are_those_of_the_solver(session: Session) -> None:
    problem = squares(2)
    outcome = session.solve(problem, LONG)
    assert outcome.status == "optimal"
    assert outcome.cost == choices_cost(problem, outcome.choices)


def test_improving_solutions_are_streamed(session: Session) -> None:
    costs: list[int] = []
    outcome = session.solve(squares(3), LONG, lambda cost, choices: costs.append(cost))
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] == outcome.cost


def test_a_killed_child_is_reported_and_its_incumbent_kept(session: Session) -> None:
    problem = hard_problem()
    outcome = session.solve(problem, LONG, lambda *_: kill(session, signal.SIGKILL))
    assert outcome.status == "crashed"
    assert f"signal {int(signal.SIGKILL)}" in outcome.message
    assert outcome.cost == choices_cost(problem, outcome.choices)


def test_the_model_after_a_crash_is_solved(session: Session) -> None:
    session.solve(hard_problem(), LONG, lambda *_: kill(session, signal.SIGABRT))
    assert session.solve(squares(2), LONG).status == "optimal"


def test_a_hanging_child_is_ended() -> None:
    with Session(grace=0.2) as session:
        assert session.solve(squares(2), LONG).status == "optimal"
        pid = session.pid
        kill(session, signal.SIGSTOP)
        outcome = session.solve(squares(2), Limits(seconds=0.2))
        assert outcome.status == "timeout"
        assert "ended" in outcome.message
        assert session.pid != pid
        assert session.solve(squares(2), LONG).status == "optimal"


def test_exhausted_memory_is_reported(session: Session) -> None:
    assert session.solve(squares(2), LONG).status == "optimal"
    outcome = session.solve(hard_problem(), Limits(seconds=60, memory=1 << 20))
    assert outcome.status == "crashed"
    assert outcome.message
    assert session.solve(squares(2), LONG).status == "optimal"


def test_an_interrupt_ends_the_running_model_with_its_solution(session: Session) -> None:
    problem = hard_problem()
    outcome = session.solve(problem, LONG, lambda *_: session.interrupt())
    assert outcome.status in ("feasible", "timeout")
    assert outcome.seconds < LONG.seconds / 2
    assert outcome.cost == choices_cost(problem, outcome.choices)


def test_an_interrupt_from_another_thread_ends_the_running_model(session: Session) -> None:
    threading.Timer(0.5, session.interrupt).start()
    outcome = session.solve(hard_problem(), LONG)
    assert outcome.seconds < LONG.seconds / 2


def test_an_interrupt_between_models_has_no_effect(session: Session) -> None:
    session.interrupt()
    assert session.solve(squares(2), LONG).status == "optimal"


def test_the_time_limit_holds(session: Session) -> None:
    outcome = session.solve(hard_problem(), Limits(seconds=1))
    assert outcome.status in ("feasible", "unknown")


def test_interrupting_the_keyboard_leaves_the_child_alone(session: Session) -> None:
    session.solve(squares(2), LONG)
    kill(session, signal.SIGINT)
    assert session.solve(squares(2), LONG).status == "optimal"


def test_an_error_in_the_callers_code_leaves_a_usable_session(session: Session) -> None:
    def fail(*_: object) -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        session.solve(hard_problem(), LONG, fail)
    assert session.solve(squares(2), LONG).status == "optimal"


SCRIPT = """
import sys; sys.path.insert(0, {here!r})
from tests.cpsat.problems import hard_problem
from wse_cp.cpsat.session import Session
from wse_cp.cpsat.outcome import Limits
session = Session()
assert "ortools" not in sys.modules
session.solve(hard_problem(), Limits(60), lambda *_: print(session.pid, flush=True))
"""


def test_a_script_without_a_guard_works_and_the_child_dies_with_it() -> None:
    script = SCRIPT.format(here=str(ROOT))
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert _gone(child)


def _gone(pid: int) -> bool:
    for _ in range(200):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


FAKES = {
    "exits with a status": "exit 3",
    "exits well": "exit 0",
    "says something else": "echo hello; echo there >&2",
    "says no message at all": "head -c 1000 /dev/zero; exit 1",
    "is killed": "kill -9 $$",
    "crashes": "kill -SEGV $$",
}


@pytest.mark.parametrize("text", FAKES.values(), ids=FAKES)
def test_a_program_that_runs_no_solver_is_started_a_few_times_only(
    text: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program, log = tmp_path / "python3", tmp_path / "log"
    program.write_text(f"#!/bin/sh\necho started >> {log}\n{text}\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    with Session() as session:
        found = [session.solve(squares(2), LONG) for _ in range(2 * STILLBORN)]
        assert session.pid is None
    assert log.read_text().count("started") == STILLBORN
    assert {outcome.status for outcome in found} == {"crashed", "gone"}
    (said,) = (outcome.message for outcome in found if outcome.message)
    assert said.startswith(f"the solver is given up after {STILLBORN} tries: the solver process ")


def test_a_system_that_starts_no_process_is_asked_a_few_times_only(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def refuse(module: str, name: str) -> None:
        asked.append(module)
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("wse_cp.cpsat.session.ChildProcess", refuse)
    with Session() as session:
        found = [session.solve(squares(2), LONG) for _ in range(2 * STILLBORN)]
    assert len(asked) == STILLBORN
    (said,) = (outcome.message for outcome in found if outcome.message)
    assert "Resource temporarily unavailable" in said


def test_a_process_that_runs_after_all_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    starts: list[str] = []

    def fragile(module: str, name: str) -> ChildProcess[object, object]:
        starts.append(module)
        if len(starts) < STILLBORN:
            raise OSError("not yet")
        return ChildProcess(module, name)

    monkeypatch.setattr("wse_cp.cpsat.session.ChildProcess", fragile)
    with Session() as session:
        found = [session.solve(squares(2), LONG).status for _ in range(STILLBORN)]
    assert found[-1] == "optimal"
    assert not any(status == "gone" for status in found)
