"""`solve --cluster` on processes of this machine: killed workers, signals, and nothing left behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.checkpoint.cases import chain
from tests.cli.processes import PATIENCE, environment
from wse_cp.cli import run
from wse_cp.files.by_suffix import read_placement_file, write_instance_file
from wse_cp.score import checked_score

INSTANCE = chain(50)


def test_without_dask_one_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_instance_file(tmp_path / "x.kgraph", INSTANCE)
    monkeypatch.setitem(sys.modules, "distributed", None)
    status = run(
        ["solve", str(tmp_path / "x.kgraph"), "-o", str(tmp_path / "x.paint"), "--cluster", "local:1"]
    )
    assert status == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "pip install 'wse-cp[cluster]'" in line
    assert not (tmp_path / "x.paint").exists()


class Running:
    """The command on two worker processes."""

    def __init__(self, folder: Path, seconds: float) -> None:
        write_instance_file(folder / "x.kgraph", INSTANCE)
        self.output = folder / "x.paint"
        given = ["solve", "x.kgraph", "-o", "x.paint", "--time-limit", str(seconds), "--cluster", "local:2"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "wse_cp", *given],
            cwd=folder,
            env=environment(),
            stderr=subprocess.PIPE,
            text=True,
        )
        self.descendants: set[psutil.Process] = set()

    def until(self, text: str) -> str:
        """Read standard error until a line has a text."""
        assert self.process.stderr is not None
        lines = []
        while line := self.process.stderr.readline():
            lines.append(line)
            self.look()
            if text in line:
                return "".join(lines)
        raise AssertionError(f"no line with {text!r} in {lines}")

    def look(self) -> list[psutil.Process]:
        """Return the worker processes."""
        found = psutil.Process(self.process.pid).children()
        self.descendants |= {c for child in found for c in [child, *child.children(recursive=True)]}
        return [child for child in found if "spawn_main" in " ".join(child.cmdline())]

    def end(self) -> str:
        """Wait for the end, check that a legal placement stands there and nothing is left running."""
        _, rest = self.process.communicate(timeout=3 * PATIENCE)
        assert self.process.returncode == 0, rest
        placement = read_placement_file(self.output, INSTANCE)
        checked_score(INSTANCE, placement)
        end = time.monotonic() + PATIENCE
        while any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in self.descendants):
            assert time.monotonic() < end, "something is left running"
            time.sleep(0.1)
        return rest


@pytest.fixture
def dask() -> None:
    pytest.importorskip("distributed", reason="distributed is not installed (wse-cp[cluster])")


@pytest.mark.slow
def test_a_killed_worker_is_replaced_and_the_run_ends_in_time(tmp_path: Path, dask: None) -> None:
    running = Running(tmp_path, 15)
    running.until("2 workers with 2 threads")
    running.until("cost")
    running.look()[0].kill()
    text = running.until("1 worker gone") + running.end()
    assert "Traceback" not in text
    assert "distributed" not in text


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_run_and_all_its_processes(
    tmp_path: Path, dask: None, number: signal.Signals
) -> None:
    running = Running(tmp_path, 600)
    running.until("2 workers with 2 threads")
    running.until("cost")
    running.process.send_signal(number)
    assert "stopping with the best placement" in running.end()


@pytest.mark.slow
def test_workers_do_not_outlive_a_client_that_is_killed(tmp_path: Path, dask: None) -> None:
    running = Running(tmp_path, 600)
    running.until("2 workers with 2 threads")
    running.until("cost")
    running.look()
    running.process.kill()
    running.process.communicate()
    end = time.monotonic() + PATIENCE
    while any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in running.descendants):
        assert time.monotonic() < end, "something is left running"
        time.sleep(0.1)


@pytest.mark.slow
def test_nothing_of_dasks_own_log_is_printed_when_the_scheduler_goes(tmp_path: Path, dask: None) -> None:
    from tests.cluster.clusters import scheduler, worker

    write_instance_file(tmp_path / "x.kgraph", INSTANCE)
    with scheduler(tmp_path) as (running, file), worker(file, tmp_path / "w"):
        given = ["solve", "x.kgraph", "-o", "x.paint", "--time-limit", "600", "--cluster", file]
        with subprocess.Popen(
            [sys.executable, "-m", "wse_cp", *given],
            cwd=tmp_path,
            env=environment(),
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stderr is not None
            while "1 worker with 1 thread" not in process.stderr.readline():
                assert process.poll() is None
            running.kill()
            _, rest = process.communicate(timeout=3 * PATIENCE)
    assert process.returncode == 0
    assert "the run ends with the best placement so far" in rest
    assert "distributed" not in rest
    assert "Traceback" not in rest
    read_placement_file(tmp_path / "x.paint", INSTANCE)
