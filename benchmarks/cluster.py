"""Runs on a cluster of this machine beside runs without one, and what an exchange costs the scheduler.

`pairs` solves cases in both ways with as many cores, one after the other; `exchange` sends texts of several
sizes through a scheduler in a process of its own, and measures its processor time.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import mean
from typing import Annotated, Any

import psutil
import typer

from benchmarks.measure import machine, measure
from benchmarks.project import PROJECT, RunFailedError, instance_file, reported_errors, words

#: Characters of the texts that are sent, both ways.
SIZES = (100, 3_000, 30_000, 300_000)
#: Exchanges of each size.
_MANY = 200
#: Seconds that a scheduler and its workers may take to begin.
_PATIENCE = 60.0

app = typer.Typer(add_completion=False)


@app.command()
def pairs(
    cases: Annotated[str, typer.Option(help="Cases, separated by commas.")] = "B,C,G,J",
    time_limit: Annotated[float, typer.Option(help="Seconds a run.")] = 60.0,
    workers: Annotated[int, typer.Option(help="Threads of a run, and workers of a cluster.")] = 2,
    seeds: Annotated[str, typer.Option(help="Seeds, separated by commas.")] = "0",
) -> None:
    """Print for each case and seed the cost without and with a cluster, and their ratio."""
    print(f"{machine()}\n")
    print("| case | seed | one run | cluster | ratio | wall (s) | exchanges |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | --- |")
    ratios = []
    with reported_errors():
        for number, (case, seed) in enumerate((c, s) for s in words(seeds) for c in words(cases)):
            ways: list[tuple[str, list[str]]] = [
                ("run", ["--workers", str(workers)]),
                ("cluster", ["--cluster", f"local:{workers}"]),
            ]
            found = {
                name: _solved(case, seed, time_limit, more) for name, more in ways[:: -1 if number % 2 else 1]
            }
            (cost, wall, _), (other, longer, traffic) = found["run"], found["cluster"]
            ratios.append(other / cost)
            numbers = f"{cost:g} | {other:g} | {other / cost:.4f} | {wall:.0f}, {longer:.0f}"
            print(f"| {case} | {seed} | {numbers} | {traffic} |", flush=True)
    print(f"\nmean ratio: {mean(ratios):.4f}")


def _solved(case: str, seed: str, time_limit: float, more: list[str]) -> tuple[float, float, str]:
    """Return cost, wall time and what was exchanged."""
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.json"
        given = ["--time-limit", str(time_limit), "--seed", seed, "--json", str(report), *more]
        command = [sys.executable, "-m", "wse_cp", "--log-level", "info", "solve"]
        command += [str(instance_file(PROJECT, case)), "-o", str(Path(scratch) / "x.paint"), *given]
        measured = measure(command, stderr_limit=1_000_000)
        if measured.status or not report.exists():
            raise RunFailedError(f"{case}: status {measured.status}: {measured.stderr[-500:]}")
        traffic = re.findall(r"\d+ exchanges; each .*", measured.stderr)
        cost = float(json.loads(report.read_text())["cost"])
        return cost, measured.wall_seconds, traffic[-1] if traffic else "-"


@app.command()
def exchange(workers: Annotated[int, typer.Option(help="Worker processes.")] = 2) -> None:
    """Print for each size of text what an exchange takes, alone and with others."""
    print(f"{machine()}\n")
    print("| bytes each way | ms alone | exchanges a second | scheduler (ms of processor) |")
    print("| ---: | ---: | ---: | ---: |")
    with _cluster(workers) as (client, scheduler):
        addresses = list(client.nthreads())
        for size in SIZES:
            text = "x" * size
            ask = _asking(client, text)
            ask(addresses[0])
            begin = time.monotonic()
            for number in range(_MANY // 4):
                ask(addresses[number % len(addresses)])
            alone = (time.monotonic() - begin) / (_MANY // 4)
            begin, before = time.monotonic(), _spent(scheduler)
            with ThreadPoolExecutor(8) as pool:
                list(pool.map(ask, [addresses[i % len(addresses)] for i in range(_MANY)]))
            rate, spent = _MANY / (time.monotonic() - begin), (_spent(scheduler) - before) / _MANY
            print(f"| {size} | {1e3 * alone:.1f} | {rate:.0f} | {1e3 * spent:.2f} |", flush=True)


def _asking(client: Any, text: str) -> Any:
    """Return what sends a text to a worker and has it back, in the way in which orders and reports go."""

    def ask(address: str) -> None:
        assert client.run(str, text, workers=[address])[address] == text

    return ask


def _spent(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


@contextmanager
def _cluster(workers: int) -> Iterator[tuple[Any, psutil.Process]]:
    """Give a client of a cluster of processes, and the scheduler's."""
    from distributed import Client

    make: Any = Client
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "scheduler.json"
        here = ["--scheduler-file", str(file), "--no-dashboard"]
        dask = [sys.executable, "-m", "dask"]
        commands = [[*dask, "scheduler", "--port", "0", "--host", "127.0.0.1", *here]]
        nearby = ["--no-nanny", "--nthreads", "1", "--local-directory", scratch]
        commands += [[*dask, "worker", *here, *nearby]] * workers
        quiet: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": PROJECT}
        running = [subprocess.Popen(command, **quiet) for command in commands]
        try:
            with make(scheduler_file=str(file), timeout=_PATIENCE, set_as_default=False) as client:
                client.wait_for_workers(workers, timeout=_PATIENCE)
                yield client, psutil.Process(running[0].pid)
        finally:
            for process in running:
                process.kill()
                process.wait()


if __name__ == "__main__":
    app()
