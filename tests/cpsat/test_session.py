"""The child process may crash, hang or grow; the session survives and says so."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from tests.cpsat.problems import hard_problem, squares
from tests.paths import ROOT
from wse_cp.cpsat.outcome import Limits
from wse_cp.cpsat.problem import choices_cost
from wse_cp.cpsat.session import Session

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
