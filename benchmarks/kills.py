"""Runs that are killed at random moments: what stands in their files, and what a later run makes of it.

Usage: ``python -m benchmarks.kills [--kills N] [--searches N] [--full N] [--jobs N] [--folder DIR]
[--disk DIR]``.

Each run writes its best placement and a checkpoint, and tells of each incumbent until it is killed (-9). Then
whatever it had told of more than a second before has to stand in both places, or something better, whole and
legal. ``--kills`` runs find a better placement every few hundredths of a second; in ``--full`` ones of these
files cannot grow at times, as on a full disk, which does not count towards that second. ``--searches`` runs
search as always, but for bound and solver, and are resumed with other times and numbers of workers. With
``--disk``, a folder on a small file system, ``--full`` runs are there and fill it (with ``--jobs 1``).
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import resource
import select
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Any

import wse_cp as wse
import wse_cp.checkpoint.document
from wse_cp.api import solve
from wse_cp.checkpoint.folder import PLACEMENT, STATE, read_checkpoint
from wse_cp.errors import InputError
from wse_cp.incumbent import Incumbent
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv, DBlock, Kernel
from wse_cp.progress import Event

#: Seconds after which what was told has to stand in the files.
PROMISE = 1.0
#: Seconds until a run is killed, and between two placements of a run of steps.
_LONGEST, _STEP = 4.0, 0.03
#: Runs of fewer seconds than the first are killed at any moment, others once they have told something, for
#: which they have the second.
_EARLY, _PATIENCE = 0.5, 120.0
#: Size that files cannot exceed while the disk counts as full (bytes).
_FULL = 100
#: Width of the wafer for runs of steps (tiles).
_WIDTH = 4000
_SOLVE, _PHASES = import_module("wse_cp.solve"), import_module("wse_cp.running.phases")


@dataclass
class Told:
    """What a run told of before it was killed: by `time.monotonic()`, costs, and when the disk was full."""

    costs: list[tuple[float, Fraction]] = field(default_factory=list)
    full: list[tuple[float, bool]] = field(default_factory=list)

    def due(self, end: float) -> Fraction | None:
        """Return the cost that has to stand in the files at `end`, None if nothing has."""
        latest = -1.0
        for begin, finish in self._free(end):
            if finish - begin > PROMISE:
                latest = finish - PROMISE
        return min((cost for at, cost in self.costs if at < latest), default=None)

    def _free(self, end: float) -> Iterator[tuple[float, float]]:
        """Yield the times in which the disk was not full."""
        begin: float | None = 0.0
        for at, full in self.full:
            if full and begin is not None:
                yield begin, at
            begin = None if full else at
        if begin is not None:
            yield begin, end


class NoBound:
    """Stands in for the process of the bound, which takes a second to start."""

    best = None
    verified = False

    def __enter__(self) -> NoBound:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def run(self, *_: object) -> bool:
        """Find nothing."""
        return False


def steps_instance(kernels: int = 60) -> Instance:
    """Return a chain whose last kernel stands far off at first."""
    nodes = tuple(Node(i, f"k{i}", Conv(4, 4, 3, 3, 4, 8, 1)) for i in range(kernels))
    edges = tuple(Edge(f"k{i}", f"k{i + 1}") for i in range(kernels - 1))
    return Instance(Settings(_WIDTH, 40, 1, 2, 0, 3000), nodes, edges)


def search_instance() -> Instance:
    """Return a small instance whose search goes on for a while."""
    kernels: list[Kernel] = [
        Conv(4, 4, 3, 3, 4, 8, 1),
        *[DBlock(4, 4, 16)] * 4,
        Conv(4, 4, 3, 3, 4, 8, 1),
    ] * 2
    nodes = tuple(Node(i, f"k{i}", kernel) for i, kernel in enumerate(kernels))
    edges = tuple(Edge(f"k{i}", f"k{j}") for i in range(12) for j in (i + 1, i + 3) if j < 12)
    return Instance(Settings(120, 90, 1, 7, 50, 3000), nodes, edges)


def steps(incumbent: Incumbent, over: Callable[[], bool]) -> None:
    """Offer a better placement every few hundredths of a second: the last kernel comes nearer."""
    arguments = wse.Arguments(1, 1, (1,), (1,))
    placed = [
        wse.PlacedKernel(name, kernel, arguments, 3 * i, 0)
        for i, (name, kernel) in enumerate(incumbent.instance.kernels.items())
    ]
    placement, last = wse.Placement(placed), placed[-1]
    for x in range(_WIDTH - 3, last.x, -1):
        if over():
            return
        incumbent.offer(placement.replace([replace(last, x=x)]), "steps")
        time.sleep(_STEP)


@dataclass(frozen=True)
class Fill:
    """How the disk is to be filled at times, if at all."""

    wanted: bool = False
    ballast: Path | None = None


def work(folder: Path, instance: Instance, pipe: int, fill: Fill, seed: int, **more: Any) -> None:
    """Run in a child until killed; tell through a pipe."""
    filling = threading.Thread(target=_fill, args=(pipe, random.Random(seed), fill.ballast), daemon=True)

    def observe(event: Event) -> None:
        if event.score is not None:
            os.write(pipe, f"{time.monotonic()} {event.score.cost}\n".encode())
            if fill.wanted and filling.ident is None:
                filling.start()

    output = folder / ("x.json" if seed % 2 else "x.paint")
    solve(
        instance, time_limit=60, output=output, checkpoint=folder / "run", observer=observe, seed=seed, **more
    )


def _fill(pipe: int, generator: random.Random, ballast: Path | None) -> None:
    """Let files not grow at times; with `ballast`, by a file that takes all the room there is."""
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    while True:
        time.sleep(generator.uniform(0.1, 2.0))
        os.write(pipe, f"{time.monotonic()} full\n".encode())
        if ballast is None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (_FULL, hard))
        else:
            _take_all_room(ballast)
        time.sleep(generator.uniform(0.1, 2.0))
        if ballast is None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        else:
            ballast.unlink()
        os.write(pipe, f"{time.monotonic()} free\n".encode())


def _take_all_room(ballast: Path) -> None:
    descriptor = os.open(ballast, os.O_WRONLY | os.O_CREAT)
    try:
        while os.write(descriptor, bytes(1024)):
            pass
    except OSError:
        os.close(descriptor)


def killed(folder: Path, seconds: float | None, run: Callable[[int], None]) -> tuple[Told, float, str]:
    """Run in a child, and kill it so many seconds after it told something, or wait for its end.

    Returns what it told, when it was killed, and what it printed on standard error.
    """
    reading, writing = os.pipe()
    errors = tempfile.TemporaryFile("w+")  # noqa: SIM115  (not in the folder, whose disk may be full)
    child = os.fork()
    if not child:
        try:
            os.close(reading)
            os.dup2(errors.fileno(), 2)
            run(writing)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    os.close(writing)
    if seconds is not None:
        select.select([reading], [], [], _PATIENCE if seconds > _EARLY else seconds)
        time.sleep(max(seconds - _EARLY, 0.0))
    end = time.monotonic()
    if seconds is not None:
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading) as pipe:
        lines = [line.split() for line in pipe if line.endswith("\n")]
    told = Told(
        [(float(at), Fraction(what)) for at, what in lines if what not in ("full", "free")],
        [(float(at), what == "full") for at, what in lines if what in ("full", "free")],
    )
    with errors:
        errors.seek(0)
        return told, end, errors.read()


def faults(folder: Path, instance: Instance, due: Fraction | None) -> Iterator[str]:
    """Yield what is wrong with the files that a killed run left, if anything is."""
    for path in (folder / "x.paint", folder / "x.json", folder / "run" / PLACEMENT):
        other = path.with_suffix(".json" if path.suffix == ".paint" else ".paint")
        if not path.exists() and not (path.parent == folder and other.exists()) and due is not None:
            yield f"{path.name} is missing"
        try:
            cost = wse.score(instance, wse.load_placement(path, instance)).cost if path.exists() else due
        except (InputError, wse.IllegalPlacementError) as error:
            yield f"{path.name}: {error}"
            continue
        if due is not None and cost is not None and cost > due:
            yield f"{path.name} costs {float(cost)}, not {float(due)}"
    if (folder / "run" / STATE).exists():
        try:
            read_checkpoint(folder / "run", instance)
        except InputError as error:
            yield str(error)
    elif due is not None:
        yield f"{STATE} is missing"


@dataclass
class Count:
    """What came of some runs."""

    runs: int = 0
    due: int = 0  #: with something that had to stand in the files
    resumed: int = 0
    leftovers: int = 0  #: temporary files left by kills
    faults: list[str] = field(default_factory=list)


def by_steps(count: Count, folder: Path, generator: random.Random, fill: Fill) -> None:
    """Kill one run of steps."""
    instance, seed = steps_instance(), generator.randrange(1000)
    # shelves would be better than all steps
    _SOLVE._offer_shelves = lambda *_: None  # type: ignore[attr-defined]
    _PHASES.search = lambda run: steps(run.incumbent, lambda: run.left() < 0)  # type: ignore[attr-defined]

    def run(pipe: int) -> None:
        work(folder, instance, pipe, fill, seed, workers=1)

    told, end, errors = killed(folder, generator.uniform(0.0, _LONGEST * (1.5 if fill.wanted else 1)), run)
    due = told.due(end)
    lines = errors.split("\n")[:-1]  # a kill may cut the last one short
    count.faults += [f"printed: {errors}"] * (len(lines) > 2 or any("goes on" not in line for line in lines))
    _judge(count, folder, instance, due)


def by_search(
    count: Count,
    folder: Path,
    generator: random.Random,
    search: Callable[..., None],
    shelves: Callable[..., None],
) -> None:
    """Kill one run of the search, then go on from its checkpoint; the result may not be worse."""
    instance = search_instance()
    _PHASES.search, _SOLVE._offer_shelves = search, shelves  # type: ignore[attr-defined]
    without = ("neighbourhoods",)

    def run(pipe: int) -> None:
        workers = generator.randrange(1, 4)
        work(folder, instance, pipe, Fill(), generator.randrange(1000), workers=workers, without=without)

    told, end, _ = killed(folder, generator.uniform(0.0, _LONGEST), run)
    due = told.due(end)
    _judge(count, folder, instance, due)
    if (folder / "run" / STATE).exists():
        kept = read_checkpoint(folder / "run", instance).placement
        least = [*([due] if due is not None else []), *([wse.score(instance, kept).cost] if kept else [])]
        seconds, workers = generator.uniform(0.2, 1.5), generator.randrange(1, 4)

        def resume(pipe: int) -> None:
            result = solve(
                instance, resume=folder / "run", without=without, time_limit=seconds, workers=workers
            )
            os.write(pipe, f"0 {result.score.cost}\n".encode())

        told, _, errors = killed(folder, None, resume)
        found = min((cost for _, cost in told.costs), default=None)
        count.resumed += 1
        if found is None or (least and found > min(least)):
            count.faults.append(f"resumed: {found}, not {min(least, default=None)} {errors[-300:]}")


def _judge(count: Count, folder: Path, instance: Instance, due: Fraction | None) -> None:
    count.runs += 1
    count.due += due is not None
    count.leftovers += len([path for path in folder.rglob("*.tmp") if path.is_file()])
    count.faults += faults(folder, instance, due)


def job(number: int, places: dict[str, str | None], amounts: dict[str, int]) -> dict[str, Count]:
    """Make a share of the runs, one after the other."""
    generator = random.Random(number)
    search, shelves, disk = _PHASES.search, _SOLVE._offer_shelves, places["disk"]
    ballast = None if disk is None else Path(disk) / "ballast"
    ways: dict[str, Callable[[Count, Path], None]] = {
        "kills": lambda count, folder: by_steps(count, folder, generator, Fill()),
        "full": lambda count, folder: by_steps(count, folder, generator, Fill(True, ballast)),
        "searches": lambda count, folder: by_search(count, folder, generator, search, shelves),
    }
    counts = {name: Count() for name in ways}
    for name, way in ways.items():
        for _ in range(amounts[name]):
            place = (disk if name == "full" else None) or places["folder"]
            with tempfile.TemporaryDirectory(dir=place) as folder:
                way(counts[name], Path(folder))
                if ballast is not None:
                    ballast.unlink(missing_ok=True)
    return counts


def _into(pipe: Any, *arguments: Any) -> None:
    pipe.send(job(*arguments))


def main(arguments: list[str] | None = None) -> int:
    """Print a line for each kind of run; the status is 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description="Kill runs and look at their files.")
    for name in ("kills", "searches", "full"):
        parser.add_argument(f"--{name}", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--folder")
    parser.add_argument("--disk")
    given = parser.parse_args(arguments)
    _SOLVE.BoundProcess = NoBound  # type: ignore[attr-defined]
    solve(steps_instance(2), time_limit=0.2, workers=1, without=["neighbourhoods"])  # loads what is compiled
    context = multiprocessing.get_context("fork")
    pipes = []
    for k in range(given.jobs):
        amounts = {n: len(range(k, getattr(given, n), given.jobs)) for n in ("kills", "searches", "full")}
        reading, writing = context.Pipe(duplex=False)
        context.Process(
            target=_into, args=(writing, k, {"folder": given.folder, "disk": given.disk}, amounts)
        ).start()
        writing.close()
        pipes.append(reading)
    found: list[dict[str, Count]] = [pipe.recv() for pipe in pipes]
    wrong = 0
    for name in found[0]:
        parts = [counts[name] for counts in found]
        every = [fault for part in parts for fault in part.faults]
        wrong += len(every)
        total = {
            key: sum(getattr(part, key) for part in parts) for key in ("runs", "due", "resumed", "leftovers")
        }
        print(
            f"{name}: {total['runs']} killed, {total['due']} with something that had to be kept, "
            f"{total['resumed']} resumed, {total['leftovers']} temporary files left, {len(every)} faults"
        )
        for fault in every[:20]:
            print(f"  {fault}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
