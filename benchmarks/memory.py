"""The most memory that runs and bounds take, and which of their processes takes it.

Usage: ``python -m benchmarks.memory [--cases G,H,P] [--commands solve,bound] [--time-limit 600]
[--memory-limit SIZE]``. Prints a row of a table for each, with the proportional set size (PSS) of the process
tree at its largest: what processes share counts once.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import psutil
import typer

from benchmarks.measure import INTERVAL, commit, machine
from benchmarks.project import PROJECT, RunFailedError, instance_file, words
from wse_cp.options import DEFAULT_WORKERS

#: What the processes are called in the table, by a word of their command lines.
_NAMES = {
    "wse_cp.bounds.background.child": "bound",
    "wse_cp.bounds.verifier.value": "verifier",
    "wse_cp.cpsat.child": "solver",
    "wse_cp.ahead.child": "compiler",
}
#: What a command says of its result.
_RESULT = re.compile(r"^(cost|lower bound)\s+(\S+)", re.MULTILINE)


class Peak(NamedTuple):
    """The largest memory of a process tree (MB, 10^6 bytes), when it was seen (seconds), and of what."""

    total: float
    seconds: float
    parts: tuple[tuple[str, float], ...]


def processes(pid: int) -> Iterator[tuple[str, float]]:
    """Yield what each process of a tree is called, and its memory (MB)."""
    with suppress(psutil.Error):
        root = psutil.Process(pid)
        for process in [root, *root.children(recursive=True)]:
            with suppress(psutil.Error):
                found = process.memory_full_info()
                name = next((_NAMES[word] for word in process.cmdline() if word in _NAMES), "main")
                yield name, getattr(found, "pss", found.uss) / 1e6


def peak_of(command: Sequence[str]) -> tuple[Peak, str]:
    """Run a command to its end; return its peak and what it printed.

    Raises `RunFailedError` if it fails.
    """
    peak, begin = Peak(0.0, 0.0, ()), time.monotonic()
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as answer:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=answer, stderr=said)
        while process.poll() is None:
            parts = tuple(processes(process.pid))
            total = sum(memory for _, memory in parts)
            peak = max(peak, Peak(total, time.monotonic() - begin, parts))
            time.sleep(INTERVAL)
        for file in (said, answer):
            file.seek(0)
        if process.returncode:
            raise RunFailedError(said.read()[-500:])
        return peak, answer.read()


def row(case: str, name: str, peak: Peak, answer: str) -> str:
    """Return a row of the table."""
    found = _RESULT.search(answer)
    shares = ", ".join(f"{part} {memory:.0f}" for part, memory in peak.parts)
    result = f"{found[1]} {found[2]}" if found else "-"
    return f"| {case} | {name} | {result} | {peak.total:.0f} | {peak.seconds:.0f} | {shares} |"


def main(
    cases: Annotated[str, typer.Option(help="Letters, separated by commas.")] = "G,H,P",
    commands: Annotated[str, typer.Option(help="solve, bound, or both.")] = "solve,bound",
    time_limit: Annotated[float, typer.Option(help="Seconds.")] = 600.0,
    workers: Annotated[int, typer.Option(help="Processor cores.")] = DEFAULT_WORKERS,
    memory_limit: Annotated[str, typer.Option(help="As of wse-cp solve.")] = "",
) -> None:
    """Measure and print."""
    print(f"{machine()}; commit {commit(PROJECT)}; {datetime.now(UTC):%Y-%m-%d}; {time_limit:g} s")
    print("| case | command | result | peak, MB | after, s | processes then, MB |")
    print("| --- | --- | ---: | ---: | ---: | --- |")
    for case in words(cases):
        for name in words(commands):
            with tempfile.TemporaryDirectory() as folder:
                output = "-o" if name == "solve" else "--certificate"
                command = [sys.executable, "-m", "wse_cp", name, str(instance_file(PROJECT, case)), "--quiet"]
                command += [output, str(Path(folder) / "out"), "--time-limit", f"{time_limit:g}"]
                command += ["--workers", str(workers)]
                command += ["--memory-limit", memory_limit] if memory_limit else []
                print(row(case, name, *peak_of(command)), flush=True)


if __name__ == "__main__":
    typer.run(main)
