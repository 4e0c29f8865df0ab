"""Thousands of kernels: the time limit holds, a signal ends the run, and a legal placement is there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.marks import with_slow
from tests.paths import ROOT
from tests.processes.waiting import happens
from wse_cp.api import load_placement, save_instance, solve
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv, DBlock, Kernel
from wse_cp.score import checked_score

#: Kernels of a network, seconds of a run, and seconds after which it is taken to have no end: a busy machine
#: needs a tenth of them, and a search that knew no clock needed 34 s for a chain.
COUNT, LIMIT, ENDLESS = 2000, 0.5, 30.0
SMALL = Conv(7, 7, 1, 1, 16, 16, 1)
KINDS: tuple[Kernel, ...] = (
    SMALL,
    Conv(7, 7, 3, 3, 16, 16, 1),
    DBlock(8, 8, 16),
    Conv(14, 14, 1, 1, 8, 32, 2),
)


def links_of(kind: str, count: int) -> Iterator[tuple[int, int]]:
    """The edges of a network of a kind."""
    if kind in ("chain", "kinds"):
        yield from pairwise(range(count))
    elif kind == "star":
        yield from ((0, i) for i in range(1, count))
    elif kind == "pairs":
        yield from ((i, i + 1) for i in range(0, count - 1, 2))
    elif kind == "skips":
        yield from ((i, j) for i in range(count) for j in (i + 1, i + 7) if j < count)


def network(kind: str, count: int = COUNT) -> Instance:
    """Many kernels on a wafer with room; only in "kinds" are they not all alike."""
    kernels = [KINDS[i % len(KINDS)] if kind == "kinds" else SMALL for i in range(count)]
    nodes = tuple(Node(i, f"k{i}", kernel) for i, kernel in enumerate(kernels))
    edges = tuple(Edge(f"k{u}", f"k{v}") for u, v in links_of(kind, count))
    side = 1200 if count <= COUNT else 2400
    return Instance(Settings(side, side, 1, 4), nodes, edges)


def check(instance: Instance) -> None:
    """Solve an instance in little time."""
    begin = time.monotonic()
    result = solve(instance, time_limit=LIMIT, workers=2)
    assert time.monotonic() - begin < ENDLESS
    assert result.stopped_by == "time limit"
    assert result.score == checked_score(instance, result.placement)


@pytest.mark.parametrize("kind", ["chain", "kinds"])
def test_the_time_limit_holds(kind: str) -> None:
    check(network(kind))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["star", "pairs", "skips", "no edges"])
def test_the_time_limit_holds_for_networks_of_other_kinds(kind: str) -> None:
    check(network(kind))


@pytest.mark.slow
def test_the_time_limit_holds_for_as_many_kernels_as_are_allowed() -> None:
    check(network("chain", 10_000))


def started(folder: Path) -> subprocess.Popen[bytes]:
    """Start a long run of the instance in the folder."""
    words = ["solve", "many.json", "-o", "x.paint", "--time-limit", "600", "-q"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, "-m", "wse_cp", *words], cwd=folder, env=environment)


@pytest.mark.parametrize("number", with_slow([signal.SIGTERM, signal.SIGINT], signal.SIGTERM))
def test_a_signal_ends_a_run_of_many_kernels(tmp_path: Path, number: signal.Signals) -> None:
    instance = network("chain")
    save_instance(tmp_path / "many.json", instance)
    with started(tmp_path) as process:
        try:
            assert happens((tmp_path / "x.paint").exists, ENDLESS)
            process.send_signal(number)
            assert process.wait(ENDLESS) == 0
        finally:
            process.kill()
    checked_score(instance, load_placement(tmp_path / "x.paint", instance))


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.3, 0.6, 0.9, 1.2, 2.0])
def test_a_signal_at_any_moment_ends_a_run_of_as_many_kernels_as_are_allowed(
    tmp_path: Path, seconds: float
) -> None:
    instance = network("chain", 10_000)
    save_instance(tmp_path / "many.json", instance)
    with started(tmp_path) as process:
        try:
            time.sleep(seconds)
            process.send_signal(signal.SIGTERM)
            status = process.wait(ENDLESS)
        finally:
            process.kill()
    if status == 0:
        checked_score(instance, load_placement(tmp_path / "x.paint", instance))
    else:  # before the command's handler stood, or before anything was found
        assert status in (1, -signal.SIGTERM)
