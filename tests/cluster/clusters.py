"""Clusters for tests: in this process, or of processes of their own."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.paths import ROOT

#: Seconds within which something has to happen on a busy machine.
PATIENCE = 120.0


def wait_until(true: Callable[[], object], what: str = "it") -> None:
    """Wait until something is true."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"{what} has not happened within {PATIENCE:.0f} s"
        time.sleep(0.05)


@contextmanager
def inside(workers: int) -> Iterator[tuple[Any, Any]]:
    """Give a cluster in threads of this process, and a client of it."""
    from distributed import Client, LocalCluster

    # A client that never found its cluster closes itself when it is collected. Were that while another one
    # starts, in the same thread, it would wait for a lock that this thread holds.
    gc.collect()
    start: Any = LocalCluster
    make: Any = Client
    with (
        start(
            n_workers=workers, threads_per_worker=1, processes=False, dashboard_address="127.0.0.1:0"
        ) as cluster,
        make(cluster, set_as_default=False) as client,
    ):
        yield cluster, client


@contextmanager
def process(*arguments: str, path: Path = ROOT) -> Iterator[subprocess.Popen[bytes]]:
    """Start `dask` with some arguments in a process of its own, with the package of a folder."""
    environment = {**os.environ, "PYTHONPATH": str(path)}
    command = [sys.executable, "-m", "dask", *arguments]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=path, env=environment, **quiet) as running:  # type: ignore[call-overload]
        try:
            yield running
        finally:
            running.kill()


@contextmanager
def scheduler(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Start a scheduler in a process of its own; give it with the file that says where it is."""
    file = folder / "scheduler.json"
    given = ("--port", "0", "--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file))
    with process("scheduler", *given) as running:
        wait_until(file.exists, "the scheduler's file")
        yield running, str(file)


def worker(file: str, folder: Path, path: Path = ROOT) -> Any:
    """Start a worker process without a nanny; a context manager."""
    given = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(folder))
    return process("worker", "--scheduler-file", file, *given, path=path)
