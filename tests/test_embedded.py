"""Interpreters of every kind: solve works, or goes without processes and says so; nothing is left running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from _pytest.mark.structures import ParameterSet

from tests.paths import ROOT
from tests.processes.waiting import happens

#: A search of a second by trees and neighbourhoods; prints how it ended, and what was said of processes.
SOLVE = """
import sys
from benchmarks.kills import search_instance
import wse_cp as wse
{before}
said = []
result = wse.solve(search_instance(), time_limit=2.0, without=["stacks", "caps", "spans"],
                   observer=lambda event: said.append(event.message))
wse.score(result.instance, result.placement)
print(result.stopped_by, *sorted({{line for line in said if "given up" in line}}), sep="|")
"""
#: By this variable its processes are found.
MARK = "WSE_CP_TEST_MARK"
NO_INTERPRETER = "import sysconfig; sys.base_prefix = sys.prefix = sys.exec_prefix = '/none'; "
NO_INTERPRETER += "sys._base_executable = ''; sysconfig.get_config_var = lambda name: None"
#: Programs that are called python3 and are none, by what they do.
FAKES = {
    "ends with a status": "exit 3",
    "ends well": "exit 0",
    "is killed": "kill -9 $$",
    "crashes": "kill -SEGV $$",
    "prints a line": "echo ready",
    "prints much": "yes | head -c 1000000",
    "complains much": "yes | head -c 1000000 >&2; exit 1",
    "is another Python": "exec {python} -I -S -c 'import wse_cp'",
}


@pytest.fixture
def mark(tmp_path: Path) -> str:
    return f"{os.getpid()}-{tmp_path.name}-{time.monotonic_ns()}"


def environment(mark: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), MARK: mark}


def marked(mark: str) -> list[int]:
    """The processes that run under a mark."""
    found = []
    for process in psutil.process_iter():
        try:
            alive = process.status() != psutil.STATUS_ZOMBIE
            if alive and process.environ().get(MARK) == mark:
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def solved(mark: str, *words: str, text: str | None = None) -> str:
    """What a program prints; none of its processes is left."""
    done = subprocess.run(
        [sys.executable, *words],
        input=text,
        capture_output=True,
        text=True,
        env=environment(mark),
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert happens(lambda: not marked(mark))
    return done.stdout.strip()


WITH_PROCESSES = {
    "an empty sys.executable": "sys.executable = ''",
    "none": "sys.executable = None",
    "an application": "sys.executable = '/usr/bin/env'",
    "a main module without a file": "sys.modules['__main__'].__dict__.pop('__file__', None)",
    "a main module of no file": "sys.modules['__main__'].__file__ = '/nowhere/main.py'",
    "no arguments": "sys.argv = []",
}


def some(cases: dict[str, str], quick: tuple[str, ...]) -> list[ParameterSet]:
    """The cases; those that are not quick ones are for thorough runs."""
    return [
        pytest.param(code, id=name, marks=() if name in quick else pytest.mark.slow)
        for name, code in cases.items()
    ]


@pytest.mark.parametrize("before", some(WITH_PROCESSES, ("none",)))
def test_solve_works_with_all_its_processes(mark: str, before: str) -> None:
    assert solved(mark, "-c", SOLVE.format(before=before)) in ("time limit", "optimal")


@pytest.mark.slow
def test_solve_works_in_a_script_on_standard_input(mark: str) -> None:
    assert solved(mark, "-", text=SOLVE.format(before="")) in ("time limit", "optimal")


WITHOUT_PROCESSES = {
    "no interpreter anywhere": f"sys.executable = ''; {NO_INTERPRETER}",
    "a frozen application": "sys.frozen = True",
}


@pytest.mark.parametrize("before", some(WITHOUT_PROCESSES, ("no interpreter anywhere",)))
def test_solve_goes_without_processes_and_says_so_once(mark: str, before: str) -> None:
    reason, *said = solved(mark, "-c", SOLVE.format(before=before)).split("|")
    assert reason == "time limit"
    assert sum("the solver is given up" in line for line in said) <= 1
    assert [line for line in said if "bound" in line]
    assert all("no Python interpreter found" in line for line in said)


@pytest.mark.parametrize("program", some(FAKES, ("ends with a status",)))
def test_a_program_that_is_no_python_in_spite_of_its_name_is_started_a_few_times(
    mark: str, tmp_path: Path, program: str
) -> None:
    fake, log = tmp_path / "python3", tmp_path / "log"
    fake.write_text(f"#!/bin/sh\necho started >> {log}\n{program.format(python=sys.executable)}\n")
    fake.chmod(0o755)
    reason, *said = solved(mark, "-c", SOLVE.format(before=f"sys.executable = {str(fake)!r}")).split("|")
    assert reason == "time limit"
    assert len(said) == 2  # of the bound, of the solver
    assert 1 <= log.read_text().count("started") <= 8


@pytest.mark.slow
def test_a_file_that_is_no_program_in_spite_of_its_name_is_given_up(mark: str, tmp_path: Path) -> None:
    fake = tmp_path / "python3"
    fake.write_bytes(bytes(range(256)))
    fake.chmod(0o755)
    reason, *said = solved(mark, "-c", SOLVE.format(before=f"sys.executable = {str(fake)!r}")).split("|")
    assert reason == "time limit"
    assert len(said) == 2


#: How a run may end, whoever ends it.
ENDS = {
    "an exception": "raise RuntimeError",
    "os._exit": "os._exit(3)",
    "SIGTERM": "os.kill(os.getpid(), signal.SIGTERM)",
    "SIGKILL": "os.kill(os.getpid(), signal.SIGKILL)",
    "SIGSEGV": "os.kill(os.getpid(), signal.SIGSEGV)",
    "SIGHUP": "os.kill(os.getpid(), signal.SIGHUP)",
}
ENDING = """
import os, signal, threading, time
from benchmarks.kills import search_instance
import wse_cp as wse
def end():
    time.sleep(1.5)
    print("ends", flush=True)
    {end}
def watch(activity):
    if {in_search} and activity.seconds > 1.5:
        end()
if not {in_search}:
    threading.Thread(target=end, daemon=True).start()
wse.solve(search_instance(), time_limit=60, without=["stacks", "caps", "spans", "trees"], monitor=watch)
"""


@pytest.mark.parametrize("end", some(ENDS, ("SIGKILL",)))
def test_nothing_is_left_running_after_any_end(mark: str, end: str) -> None:
    code = ENDING.format(end=end, in_search=end.startswith("raise"))
    program = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment(mark)
    )
    assert program.stdout is not None
    with program.stdout:
        assert program.stdout.read().strip() == b"ends"
    assert program.wait(timeout=300) != 0
    assert happens(lambda: not marked(mark))


def test_nothing_is_left_of_a_stopped_program_that_is_killed(mark: str) -> None:
    code = ENDING.format(end="os.kill(os.getpid(), signal.SIGSTOP)", in_search=False)
    program = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment(mark)
    )
    assert program.stdout is not None
    assert program.stdout.readline().strip() == b"ends"
    assert happens(lambda: psutil.Process(program.pid).status() == psutil.STATUS_STOPPED)
    os.kill(program.pid, signal.SIGKILL)
    program.wait()
    program.stdout.close()
    assert happens(lambda: not marked(mark))
