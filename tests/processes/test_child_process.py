"""Child processes: reports, every way they can end, and that nothing of them stays."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from tests.paths import ROOT
from tests.processes.orders import (
    MODULE,
    Abort,
    ClosePipe,
    Echo,
    Exit,
    Half,
    Hang,
    ImportPath,
    Say,
    Spawn,
)
from tests.processes.waiting import ask, ended, gone, happens
from wse_cp.processes.child_process import LAST_WORDS, START, ChildProcess, IdleProcess

Child = ChildProcess[object, object]
HUGE = 50_000_000  #: bytes, far more than a pipe holds


def test_a_report_answers_each_request_in_order(child: Child) -> None:
    values = [{"a": (1, 2.5)}, "text", [None], b"\x00"]
    for value in values:
        child.send(Echo(value))
    assert [child.reports.get(timeout=60) for _ in values] == values
    assert child.alive


def test_huge_messages_go_both_ways(child: Child) -> None:
    data = os.urandom(1000) * (HUGE // 1000)
    assert ask(child, Echo(data)) == data


def test_what_the_child_prints_is_no_report(child: Child) -> None:
    assert ask(child, Say("solving ...")) is None
    assert ask(child, Echo(1)) == 1


def test_a_child_that_exits_leaves_its_code_and_its_last_line(child: Child) -> None:
    assert ask(child, Exit(3, "one line\n\n  the last line  \n")) is None
    assert child.epitaph() == "the child ended with code 3 (the last line)"
    assert not child.alive


def test_what_is_printed_to_standard_output_counts_as_last_words(child: Child) -> None:
    ask(child, Say("solving ..."))
    ask(child, Exit(0))
    assert child.epitaph() == "the child ended with code 0 (and past Python)"


def test_a_child_that_says_nothing_has_an_epitaph_all_the_same(child: Child) -> None:
    ask(child, Exit(0))
    assert child.epitaph() == "the child ended with code 0"


def test_only_the_end_of_many_words_is_kept(child: Child) -> None:
    ask(child, Exit(1, "x" * 10 * LAST_WORDS))
    assert len(child.epitaph()) < LAST_WORDS + 100


def test_a_child_that_dies_by_a_signal_is_said_to_have(child: Child) -> None:
    assert ask(child, Abort()) is None
    assert child.epitaph().startswith(f"the child was killed by signal {int(signal.SIGABRT)}")


def test_half_a_report_is_none(child: Child) -> None:
    assert ask(child, Half()) is None
    assert child.epitaph() == "the child ended with code 0"


def test_a_child_that_closes_its_pipe_is_ended(child: Child) -> None:
    assert ask(child, ClosePipe()) is None
    assert child.epitaph() == f"the child was killed by signal {int(signal.SIGKILL)}"
    assert gone(child.pid)


def test_a_module_that_does_not_exist_ends_with_the_reason() -> None:
    process: Child = ChildProcess("tests.processes.nothing", "nobody")
    assert process.reports.get(timeout=60) is None
    assert process.epitaph().startswith("nobody ended with code 1 (")
    assert "tests.processes.nothing" in process.epitaph()
    process.kill()


def test_a_system_that_starts_no_process_is_an_os_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "python3"
    program.write_bytes(b"\x7fELF and nothing more")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    with pytest.raises(OSError, match="python3"):
        ChildProcess(MODULE, "nobody")


def test_a_hanging_child_is_killed_at_once_with_its_own_children(child: Child) -> None:
    grandchild = ask(child, Spawn())
    assert isinstance(grandchild, int)
    child.send(Hang())
    begin = time.monotonic()
    child.kill()
    assert time.monotonic() - begin < 5
    assert gone(child.pid)
    assert happens(lambda: ended(grandchild))


def test_sending_does_not_wait_for_a_child_that_does_not_read(child: Child) -> None:
    ask(child, Echo(1))
    child.send(Hang())
    begin = time.monotonic()
    child.send(Echo(b"x" * HUGE))
    assert time.monotonic() - begin < 5
    child.kill()
    assert gone(child.pid)


def test_sending_to_a_dead_child_raises_nothing(child: Child) -> None:
    ask(child, Exit(0))
    child.send(Echo(b"x" * HUGE))
    child.send(Echo(1))


def test_nothing_stays_of_children_that_ended_or_were_killed() -> None:
    threads, files = threading.active_count(), psutil.Process().num_fds()
    for request in (Exit(0), Hang(), Abort(), Echo(b"x" * HUGE)):
        process: Child = ChildProcess(MODULE, "the child")
        ask(process, Echo(1))
        process.send(request)
        if not isinstance(request, Hang):
            process.reports.get(timeout=60)
        process.kill()
        assert gone(process.pid)
    del process
    assert happens(lambda: threading.active_count() <= threads)
    assert happens(lambda: psutil.Process().num_fds() <= files)


def test_an_interrupt_from_the_terminal_does_not_reach_the_child(child: Child) -> None:
    # The terminal sends it to the foreground group, which is the parent's.
    assert ask(child, Echo(1)) == 1
    assert os.getpgid(child.pid) == child.pid != os.getpgrp()
    os.kill(child.pid, signal.SIGINT)  # and one that does is ignored
    assert ask(child, Echo(2)) == 2


ORPHANS = """
import os, time
from tests.processes.orders import MODULE, Spawn
from wse_cp.processes.child_process import ChildProcess
process = ChildProcess(MODULE, "the child")
process.send(Spawn())
grandchild = process.reports.get()
holder = os.fork()  # has the ends of the pipes too
if holder:
    print(process.pid, grandchild, holder, flush=True)
time.sleep(600)
"""


def test_a_child_ends_with_its_parent_though_someone_holds_the_pipe_open() -> None:
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", ORPHANS], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child, grandchild, holder = map(int, parent.stdout.readline().split())
        try:
            assert not ended(child)
            parent.kill()
            assert happens(lambda: ended(child))
            assert happens(lambda: ended(grandchild))
            assert not ended(holder)
        finally:
            os.kill(holder, signal.SIGKILL)


def test_a_child_imports_this_package_and_nothing_from_the_directory_it_is_started_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("pickle", "wse_cp"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('not this one')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), str(tmp_path / "more")]))
    process: Child = ChildProcess(MODULE, "the child")
    path = ask(process, ImportPath())
    process.kill()
    assert isinstance(path, list)
    assert str(tmp_path / "more") in path  # what the user adds is kept
    assert str(tmp_path) not in path
    assert "" not in path


Idle = IdleProcess[object, object]


@pytest.fixture
def idle() -> Idle:
    return IdleProcess()


def started() -> Child:
    return ChildProcess(MODULE, "the child")


def test_there_is_no_idle_process_at_first(idle: Idle) -> None:
    assert idle.take() is None
    idle.clear()


def test_a_process_that_was_given_is_taken_once(idle: Idle, child: Child) -> None:
    idle.give(child)
    assert idle.take() is child
    assert idle.take() is None
    assert ask(child, Echo(1)) == 1


def test_one_idle_process_is_enough(idle: Idle, child: Child) -> None:
    second = started()
    idle.give(child)
    idle.give(second)
    assert gone(second.pid)
    assert idle.take() is child
    assert child.alive


def test_a_process_that_died_meanwhile_is_not_taken(idle: Idle) -> None:
    process = started()
    idle.give(process)
    os.kill(process.pid, signal.SIGKILL)
    assert happens(lambda: not process.alive)
    assert idle.take() is None
    assert gone(process.pid)


def test_clearing_ends_the_idle_process(idle: Idle) -> None:
    process = started()
    idle.give(process)
    idle.clear()
    assert gone(process.pid)
    assert idle.take() is None


def test_the_other_side_of_a_fork_leaves_the_process_alone(
    idle: Idle, child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle.give(child)
    with monkeypatch.context() as forked:
        forked.setattr(os, "getpid", lambda: -1)
        assert idle.take() is None
    assert ask(child, Echo(1)) == 1


LEAVING = """
from tests.processes.orders import MODULE
from wse_cp.processes.child_process import ChildProcess, IdleProcess
process, idle = ChildProcess(MODULE, "the child"), IdleProcess()
idle.give(process)
print(process.pid)
"""


def test_the_idle_process_ends_with_the_program() -> None:
    program = subprocess.run([sys.executable, "-c", LEAVING], capture_output=True, text=True, check=True)
    assert ended(int(program.stdout))


@pytest.mark.skipif(os.name != "posix", reason="what processes there are is asked for on POSIX systems only")
def test_a_child_whose_parent_is_gone_before_it_starts_ends_too() -> None:
    parent = subprocess.Popen([sys.executable, "-c", ""])
    parent.wait()
    child = subprocess.Popen(
        [sys.executable, "-P", START, MODULE, str(parent.pid)], stdin=subprocess.PIPE, process_group=0
    )
    try:
        child.wait(timeout=60)  # though its input stays open
    finally:
        child.kill()


@pytest.mark.skipif(os.name != "posix", reason="what processes there are is asked for on POSIX systems only")
def test_a_launcher_may_stand_between_a_child_and_its_parent() -> None:
    launcher = f"import subprocess, sys; subprocess.run([sys.executable, '-P', {START!r}, *sys.argv[1:]])"
    child = subprocess.Popen(
        [sys.executable, "-c", launcher, MODULE, str(os.getpid())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    answer, _ = child.communicate(pickle.dumps(Echo("here")), timeout=60)
    assert pickle.loads(answer) == "here"
