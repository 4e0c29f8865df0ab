"""Cases in processes that are watched: one that hangs, crashes or fills the memory is named and left."""

from __future__ import annotations

import faulthandler
import io
import multiprocessing
import os
import resource
import signal
import sys
import tempfile
import traceback
import zlib
from collections import Counter
from collections.abc import Iterable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

from benchmarks.mutations.formats import FORMATS, Case, Format, check_input
from benchmarks.mutations.judging import FaultError, check_refusal, require
from wse_cp.cli.entry import run
from wse_cp.errors import shorten

#: Seconds of processor time that an input may take, and of wall time, if the machine is busy.
HANG, PATIENCE = 5.0, 120.0
#: Bytes that a process may have more than it began with.
MEMORY = 4 << 30
#: Every so many cases are read by the command line too.
BY_COMMAND = 8


@dataclass
class Outcome:
    """What came of some cases, by format."""

    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        """Add what came of others."""
        self.accepted += other.accepted
        self.refused += other.refused
        self.faults += other.faults


def case_of(name: str, number: int, seed: int) -> tuple[Case, Random]:
    """Return the mutated input of a format with a number, and the generator that is left."""
    random = Random(f"{seed} {name} {number}")
    return FORMATS[name].make(random), random


def one(name: str, number: int, seed: int, folder: Path) -> bool:
    """Tell whether an input was accepted; raises what is wrong."""
    case, random = case_of(name, number, seed)
    accepted = check_input(FORMATS[name], case, folder)
    if random.randrange(BY_COMMAND) == 0:
        by_command(FORMATS[name], case, folder, accepted)
    return accepted


def by_command(given: Format, case: Case, folder: Path, accepted: bool) -> None:
    """Raise `FaultError` unless the command line says the same of an input, in one line and by its status."""
    if given.command is None:
        return
    path = folder / case.name
    path.write_bytes(case.data)
    line = given.command(path, case.about, folder)
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = run(line)
    lines = (err.getvalue() if status == 2 else out.getvalue()).splitlines()
    allowed = {"verify": {0, 1, 2}, "check": {0, 1, 2}, "import": {0, 2}, "info": {0, 2}}[line[0]]
    require(status in allowed, f"status {status} of {line[0]}: {err.getvalue()}")
    if status == 2:
        require(len(lines) == 1, f"{len(lines)} lines: {err.getvalue()[:300]}")
        check_refusal(lines[0])
    require(
        line[0] == "check" or accepted <= (status == 0), f"status {status} of what was accepted: {lines[:1]}"
    )


def _serve(names: list[str], numbers: list[int], seed: int, folder: Path, pipe: Connection) -> None:
    """Run cases in a child; tell the parent of each before it begins and after it ends."""
    faulthandler.disable()
    soft = resource.getrlimit(resource.RLIMIT_AS)[1]
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, soft))
    try:
        for name, number in zip(names, numbers, strict=True):
            pipe.send((name, number))
            signal.setitimer(
                signal.ITIMER_PROF, HANG
            )  # what takes too long dies of SIGPROF, whatever it is at
            signal.setitimer(signal.ITIMER_REAL, PATIENCE)
            pipe.send(_result(name, number, seed, folder))
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)
            _empty(folder)
    finally:
        pipe.close()
        os._exit(0)


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def _result(name: str, number: int, seed: int, folder: Path) -> bool | str:
    """Return whether an input was accepted, or what is wrong, in a line."""
    try:
        return one(name, number, seed, folder)
    except FaultError as error:
        return f"wrong: {shorten(' '.join(str(error).split()), 300)}"
    except BaseException as error:
        frames = traceback.extract_tb(error.__traceback__)
        place = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames[:-6:-1])
        return f"traceback: {type(error).__name__}: {shorten(' '.join(str(error).split()), 200)} at {place}"


def run_cases(cases: Iterable[tuple[str, int]], seed: int, outcome: Outcome) -> None:
    """Run cases of (format, number) in children, one child at a time, until all are done."""
    rest = list(cases)
    context = multiprocessing.get_context("fork")
    while rest:
        reading, writing = context.Pipe(duplex=False)
        names, numbers = [name for name, _ in rest], [number for _, number in rest]
        with tempfile.TemporaryDirectory(prefix="mutated-") as folder:
            child = context.Process(target=_serve, args=(names, numbers, seed, Path(folder), writing))
            child.start()
            writing.close()
            begun = _follow(reading, outcome)
            child.join()
            reading.close()
        if begun <= len(rest) and child.exitcode and begun:
            name, number = rest[begun - 1]
            outcome.faults.append(f"{name}:{number} {_end(child.exitcode)}")
        rest = rest[max(begun, 1) :]


def _follow(pipe: Connection, outcome: Outcome) -> int:
    """Take note of what a child tells until its end; return how many cases it began."""
    begun = 0
    name, number = "", 0
    while True:
        try:
            told = pipe.recv()
        except EOFError:
            return begun
        if isinstance(told, tuple):
            (name, number), begun = told, begun + 1
        elif isinstance(told, str):
            outcome.faults.append(f"{name}:{number} {told}")
        else:
            (outcome.accepted if told else outcome.refused)[name] += 1


def _end(code: int) -> str:
    if code == -signal.SIGPROF:
        return f"hang: more than {HANG:g} s of processor time"
    if code == -signal.SIGALRM:
        return f"hang: more than {PATIENCE:g} s"
    return f"crash: ended with {code}"


def shuffled(cases: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return cases in an order that mixes formats."""
    return sorted(cases, key=lambda case: zlib.crc32(f"{case}".encode()))


def progress(text: str) -> None:
    """Print a line on standard error."""
    print(text, file=sys.stderr, flush=True)
