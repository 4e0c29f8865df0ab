"""Runs within a memory limit: how it is given, that it is kept, and what happens when a process is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from wse_cp import api
from wse_cp.bounds.background.process import IDLE
from wse_cp.errors import InputError
from wse_cp.options import RunOptions, parse_size, size_text
from wse_cp.processes.child_process import START
from wse_cp.progress import Event
from wse_cp.score import checked_score

MB = 10**6


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1.5GB", 1500 * MB),
        ("800MB", 800 * MB),
        ("800 mb", 800 * MB),
        ("2GiB", 2 << 30),
        (".5gib", 1 << 29),
        ("64MiB", 64 << 20),
        ("3g", 3000 * MB),
        ("1TB", 10**12),
        ("1.GB", 10**9),
        ("123456789", 123456789),
        ("100kB", 100_000),
        ("0.0000015MB", 1),
    ],
)
def test_sizes(text: str, size: int) -> None:
    assert parse_size(text, "--memory-limit") == size


@pytest.mark.parametrize(
    "text",
    [
        "",
        "GB",
        "1.5XB",
        "1,5GB",
        "-1GB",
        "1e9",
        "nan",
        "inf",
        "0",
        "0GB",
        "1.5.GB",
        "٣GB",
        "9999TB",
        "1" * 99,
    ],
)
def test_what_is_no_size_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(InputError) as error:
        parse_size(text, "--memory-limit")
    assert str(error.value).startswith("--memory-limit: expected a size")
    assert len(str(error.value).splitlines()) == 1


def test_limits_from_python_are_numbers_or_texts() -> None:
    assert RunOptions(memory_limit="1.5GB").memory_limit == 1500 * MB  # type: ignore[arg-type]
    assert RunOptions(memory_limit=np.int64(10**9)).memory_limit == 10**9  # type: ignore[arg-type]
    assert RunOptions().memory_limit is None
    for wrong in (0, -5, True, 1.5, float("nan"), 10**30, b"1GB", [1]):
        with pytest.raises(InputError, match="memory"):
            RunOptions(memory_limit=wrong)  # type: ignore[arg-type]


def test_sizes_for_people() -> None:
    assert [size_text(size) for size in (1, 800 * MB, 1500 * MB)] == ["0 MB", "800 MB", "1.50 GB"]


def test_what_the_interpreter_alone_exceeds_is_refused(instances: Path) -> None:
    instance = api.load(instances / "A.kgraph")
    with pytest.raises(InputError, match=r"memory limit: expected a memory limit of at least .*found 20 MB"):
        api.solve(instance, memory_limit="20MB")
    with pytest.raises(InputError, match=r"memory limit: expected a memory limit of at least .*found 20 MB"):
        api.lower_bound(instance, memory_limit=20 * MB)


def peak(command: list[str], folder: Path) -> tuple[int, str]:
    """Run a command to its end; return the most memory of its process tree (bytes), and what it said."""
    with open(folder / "said", "w+") as said:
        process = subprocess.Popen(command, cwd=folder, stdout=said, stderr=subprocess.STDOUT)
        most = 0
        while process.poll() is None:
            most = max(most, memory_of(process.pid))
            time.sleep(0.1)
        said.seek(0)
        text = said.read()
    assert process.returncode == 0, text
    return most, text


def memory_of(pid: int) -> int:
    try:
        root = psutil.Process(pid)
        members = [root, *root.children(recursive=True)]
        return sum(getattr(found := member.memory_full_info(), "pss", found.uss) for member in members)
    except psutil.Error:
        return 0


#: By this factor more than the limit may be seen for a moment.
ROOM = 1.25


@pytest.mark.parametrize(
    "limit", [450, pytest.param(350, marks=pytest.mark.slow), pytest.param(600, marks=pytest.mark.slow)]
)
def test_a_run_stays_below_its_limit(limit: int, instances: Path, tmp_path: Path) -> None:
    file, out = str(instances / "E.kgraph"), tmp_path / "E.paint"
    command = [sys.executable, "-m", "wse_cp", "solve", file, "-o", str(out), "--time-limit", "4"]
    most, text = peak([*command, "--memory-limit", f"{limit}MB"], tmp_path)
    assert most < ROOM * limit * MB, text
    instance = api.load(file)
    checked_score(instance, api.load_placement(out, instance))


def test_a_bound_stays_below_its_limit_and_is_verified(instances: Path, tmp_path: Path) -> None:
    file, out = str(instances / "E.kgraph"), tmp_path / "E.bound.json"
    command = [sys.executable, "-m", "wse_cp", "bound", file, "--certificate", str(out), "--time-limit", "3"]
    most, text = peak([*command, "--memory-limit", "320MB"], tmp_path)
    assert most < ROOM * 320 * MB, text
    assert api.verify(api.load(file), out) > 0


@pytest.mark.slow
def test_a_run_goes_on_when_its_processes_are_killed(instances: Path) -> None:
    """As the kernel does where a machine has no memory left."""
    IDLE.clear()
    instance = api.load(instances / "E.kgraph")
    killed: set[str] = set()
    events: list[Event] = []
    done = threading.Event()

    def begun_again() -> bool:
        return any("begun again" in event.message and "signal 9" in event.message for event in events)

    def kill(event: Event) -> None:
        if event.bound is not None and begun_again():
            done.set()
        events.append(event)
        for child in psutil.Process().children(recursive=True):
            try:
                command = child.cmdline()
            except psutil.Error:
                continue
            module = next((word for word in command if word.startswith("wse_cp.")), "")
            loaded = event.bound is not None or "begun again" in event.message
            if START in command and module not in killed and (loaded or "cpsat" in module):
                killed.add(module)
                os.kill(child.pid, signal.SIGKILL)

    result = api.solve(instance, time_limit=200, workers=1, observer=kill, stop=done)
    assert result.score == checked_score(instance, result.placement)
    assert result.stopped_by == "user"
    assert "wse_cp.bounds.background.child" in killed
    assert begun_again()
    assert result.lower_bound is not None
