"""A case of two kernels, and a solver that returns a fixed placement."""

from __future__ import annotations

import atexit
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

from wse_cp.files.by_suffix import write_placement_file
from wse_cp.files.kgraph import parse_kgraph
from wse_cp.instance import Instance
from wse_cp.kernels import Arguments, Conv
from wse_cp.options import RunOptions
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.progress import Event
from wse_cp.result import Result
from wse_cp.score import score

KERNEL = Conv(H=4, W=4, R=3, S=3, C=4, K=4, T=2)
TEXT = """(*
test=small
width=40
height=30
wdeltat=1
wlength=2
wadapter=3
memlimit=24576
*)
conv[1] H=4 W=4 R=3 S=3 C=4 K=4 T=2 U=2 name='k1'
conv[2] H=4 W=4 R=3 S=3 C=4 K=4 T=2 U=2 name='k2'
conv[1]:y -> conv[2]:x, shape:[4][4][4]
"""
#: cost = 1 * 576 + 2 * 3.5 + 3 * 1 (k of k1 differs from c of k2)
COST = 586


def instance() -> Instance:
    return parse_kgraph(TEXT, "small.kgraph")


def placement() -> Placement:
    first = PlacedKernel("k1", KERNEL, Arguments(1, 1, (1,), (1,)), 0, 0)
    second = PlacedKernel("k2", KERNEL, Arguments(1, 1, (2,), (1,)), 3, 0, rotated=True)
    return Placement([first, second])


def write_instance(folder: Path) -> Path:
    path = folder / "small.kgraph"
    path.write_text(TEXT)
    return path


def write_solution(folder: Path, placed: Placement | None = None) -> Path:
    path = folder / "given.paint"
    write_placement_file(path, instance(), placed or placement())
    return path


class StubSolver:
    """Stands in for wse_cp.solve: notes how it was called, reports progress, returns a placement."""

    def __init__(self, placed: Placement | None = None, during: Callable[[], None] = lambda: None) -> None:
        self.placed, self.during = placed or placement(), during
        self.given: dict[str, Any] = {}
        self.lower_bound: Fraction | None = None
        self.history: tuple[tuple[float, Fraction], ...] = ()

    def solve(self, instance: Instance, options: RunOptions, **more: Any) -> Result:
        self.given = {"instance": instance, **asdict(options), **more}
        found = score(instance, self.placed)
        for observer in more["observers"]:
            observer(Event(0.0, "stub", "starting"))
            observer(Event(0.1, "stub", score=found))
        self.during()
        stop = more["stop"]
        stopped = "interrupted" if stop is not None and stop.is_set() else "finished"
        return Result(
            instance,
            self.placed,
            found,
            0.25,
            options.seed,
            stopped_by=stopped,
            lower_bound=self.lower_bound,
            history=self.history,
        )


def stub_module(stub: StubSolver) -> ModuleType:
    module = ModuleType("wse_cp.solve")
    module.solve = stub.solve  # type: ignore[attr-defined]
    return module


def run_with_stub(mode: str) -> None:
    """Run the command line with a solver that waits to be stopped ("obey"), ignores that, or just ends.

    While it waits, there is a file "ready" in the current directory. In the mode "linger" the process waits
    when all is done, in the mode "bound" the search for a bound waits to be stopped.
    """
    from wse_cp.cli import main

    waiting = threading.Event()

    def linger() -> None:
        Path("ready").touch()
        waiting.wait(100)

    if mode == "linger":
        atexit.register(linger)

    def during() -> None:
        if mode != "linger":
            Path("ready").touch()
        stop = stub.given["stop"]
        while mode == "ignore" or (mode == "obey" and not stop.is_set()):
            waiting.wait(0.02)

    if mode == "bound":
        wait_for_stop_with_a_bound()
    stub = StubSolver(during=during)
    sys.modules["wse_cp.solve"] = stub_module(stub)
    main()


def wait_for_stop_with_a_bound() -> None:
    """Put a search for bounds in place that waits to be stopped and returns one that holds."""
    from tests.cli.bound_case import true_certificate
    from wse_cp.bounds.halftiles import lower_bound
    from wse_cp.bounds.result import Bound

    def search(instance: Instance, *, stop: threading.Event, **options: Any) -> Bound:
        Path("ready").touch()
        stop.wait(100)
        return Bound(Fraction(13), None, "stopped", 0.25, true_certificate(13))

    lower_bound.lower_bound = search  # type: ignore[assignment]


if __name__ == "__main__":
    run_with_stub(sys.argv.pop(1))
