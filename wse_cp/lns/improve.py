"""One thread of large neighbourhood search on a shared incumbent.

The search is that of Shaw (1998, doi 10.1007/3-540-49481-2_30), with a constraint solver for the sub-problems.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

import numpy as np

from wse_cp.clock import WALL, Clock
from wse_cp.cpsat.outcome import Limits, Outcome
from wse_cp.cpsat.problem import Problem
from wse_cp.cpsat.session import Session
from wse_cp.cpsat.whole import RefusedError, placement_from, problem_from
from wse_cp.incumbent import Incumbent
from wse_cp.lns.alignment import aligned
from wse_cp.lns.operators import POLISH, Arm, Choice, operators
from wse_cp.lns.tables import Tables, time_limits
from wse_cp.placement import Placement
from wse_cp.score import Score

#: Wall time of one sub-model (seconds), bytes it may allocate, and the period of looks at `stop`.
MODEL_SECONDS = 1.5
MODEL_MEMORY = 1 << 30
STOP_PERIOD = 0.05
#: Where the clock is deterministic: wall time a sub-model may take for each second of the solver's own clock;
#: seconds that aligning and building a model take per kernel, roughly.
DETERMINISTIC_WALL = 100.0
ALIGNING_WORK, BUILDING_WORK = 1e-3, 2e-3


class Solver(Protocol):
    """What a search needs of a session."""

    def solve(self, problem: Problem, limits: Limits) -> Outcome:
        """Solve a problem; always returns."""

    def interrupt(self) -> None:
        """End the running model promptly; may be called from any thread."""


def improve(
    incumbent: Incumbent,
    *,
    deadline: float,
    generator: np.random.Generator,
    stop: threading.Event,
    solver: Solver | None = None,
    name: str = "lns",
    clock: Clock = WALL,
) -> None:
    """Improve the incumbent until the deadline, or until `stop` is set.

    Parameters
    ----------
    incumbent
        Holds a placement; other threads may improve it at the same time.
    deadline
        By the clock.
    solver
        A session of its own; by default one is opened and closed here.
    name
        Stands before the operators' names in statistics and messages.
    """
    with searching(
        incumbent, generator=generator, stop=stop, solver=solver, name=name, clock=clock
    ) as search:
        search.run(deadline)


@contextmanager
def searching(
    incumbent: Incumbent,
    *,
    generator: np.random.Generator,
    stop: threading.Event,
    solver: Solver | None = None,
    name: str = "lns",
    clock: Clock = WALL,
) -> Iterator[Search]:
    """Open a search that can be run again and again; its session, if none is given, ends with the context."""
    if solver is None:
        with (
            Session() as session,
            searching(
                incumbent, generator=generator, stop=stop, solver=session, name=name, clock=clock
            ) as search,
        ):
            yield search
        return
    with interrupted_by(stop, solver):
        yield Search(incumbent, generator, stop, solver, name, clock)


@dataclass
class Search:
    """The state of one search thread."""

    incumbent: Incumbent
    generator: np.random.Generator
    stop: threading.Event
    solver: Solver
    name: str = "lns"
    clock: Clock = WALL
    deadline: float = 0.0
    _complained: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        instance = self.incumbent.instance
        self._tables = Tables(instance)
        self._choice = Choice(operators(instance), len(instance.kernels))
        self._polish = Arm(POLISH, 1, 1)
        self._polished: Placement | None = None

    def run(self, deadline: float) -> None:
        """Call one operator after the other until the time is over; may be called again."""
        self.deadline = deadline
        while not self._over():
            best = self.incumbent.best
            if best is None:
                return
            if best[0] is not self._polished:
                self._align(*best)
                best = self.incumbent.best or best
                self._polished = best[0]
                self._call(self._polish, *best)
            else:
                self._call(self._choice.next(self.generator), *best)

    def _align(self, placement: Placement, found: Score) -> None:
        begin = self.clock.now()
        self.incumbent.working(f"{self.name}:align")
        self.clock.spend(ALIGNING_WORK * len(placement))
        better = aligned(self.incumbent.instance, placement)
        if better is not None:
            self._offer(better, "align", found)
        self.incumbent.count(f"{self.name}:align", self.clock.now() - begin)

    def _call(self, arm: Arm, placement: Placement, found: Score) -> None:
        begin = self.clock.now()
        self.incumbent.working(self._source(arm))
        gain, finished = self._solved(arm, placement, found)
        seconds = self.clock.now() - begin
        arm.record(float(gain), seconds, finished)
        self.incumbent.count(self._source(arm), seconds)

    def _over(self) -> bool:
        return self.stop.is_set() or self.clock.now() > self.deadline

    def _solved(self, arm: Arm, placement: Placement, found: Score) -> tuple[Fraction, bool]:
        """Let the solver place a neighbourhood anew; return the gain and whether it was solved to the end."""
        problem = self._problem(arm, placement, found)
        seconds = min(MODEL_SECONDS, self.deadline - self.clock.now())
        if self.stop.is_set() or seconds <= 0:
            return Fraction(0), True
        seed = int(self.generator.integers(1 << 31))
        outcome = self.solver.solve(problem, self._limits(seconds, seed))
        self.clock.spend(BUILDING_WORK * len(placement) + outcome.deterministic_time)
        return self._take(arm, problem, outcome, found), outcome.status in ("optimal", "infeasible")

    def _limits(self, seconds: float, seed: int) -> Limits:
        if self.clock.deterministic:
            return Limits(DETERMINISTIC_WALL * seconds, seed=seed, deterministic_time=seconds)
        return Limits(seconds, seed=seed, memory=MODEL_MEMORY)

    def _problem(self, arm: Arm, placement: Placement, found: Score) -> Problem:
        instance = self.incumbent.instance
        region = arm.operator(instance, placement, max(1, round(arm.size)), self.generator)
        times = time_limits(instance, placement, region.reshaped, self.generator)
        return problem_from(
            instance,
            self._tables.options(placement, region, times, self.generator),
            placement,
            free=region.free,
            keep_relations=region.keep_relations,
            loose=region.loose,
            regions=region.regions,
            upper_bound=found.cost,
        )

    def _take(self, arm: Arm, problem: Problem, outcome: Outcome, found: Score) -> Fraction:
        """Offer what a sub-model found; return by how much the cost fell."""
        if outcome.status in ("crashed", "invalid"):
            self._complain(outcome.message)
        if not outcome.choices:
            return Fraction(0)
        try:
            placement = placement_from(self.incumbent.instance, problem, outcome)
        except RefusedError as error:
            self._complain(str(error))
            return Fraction(0)
        return self._offer(placement, arm.operator.name, found)

    def _offer(self, placement: Placement, operator: str, found: Score) -> Fraction:
        """Offer a placement; return by how much it lowers the cost from which the call started."""
        if not self.incumbent.offer(placement, f"{self.name}:{operator}"):
            return Fraction(0)
        best = self.incumbent.best
        return found.cost - best[1].cost if best is not None else Fraction(0)

    def _complain(self, message: str) -> None:
        """Tell of a failure of the solver, of each kind once; all are counted."""
        self.incumbent.count(f"{self.name}:failed", 0.0)
        if message not in self._complained:
            self._complained.add(message)
            self.incumbent.say(self.name, message)

    def _source(self, arm: Arm) -> str:
        return f"{self.name}:{arm.operator.name}"


@contextmanager
def interrupted_by(stop: threading.Event, solver: Solver) -> Iterator[None]:
    """Interrupt the solver again and again once `stop` is set, until the context ends."""
    over = threading.Event()

    def watch() -> None:
        while not over.is_set():
            if stop.wait(STOP_PERIOD):
                solver.interrupt()
                over.wait(STOP_PERIOD)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
