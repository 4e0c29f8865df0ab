"""One thread of large neighbourhood search on a shared incumbent.

As in Shaw (1998, doi 10.1007/3-540-49481-2_30), a constraint solver solves the sub-problems.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

import numpy as np

from wse_cp.clock import WALL, Clock
from wse_cp.cpsat.outcome import Limits, Outcome
from wse_cp.cpsat.problem import Problem
from wse_cp.cpsat.session import Session
from wse_cp.cpsat.whole import model_cost, placement_from, problem_from
from wse_cp.errors import IllegalPlacementError
from wse_cp.incumbent import Incumbent, Kind, Scored
from wse_cp.lns.alignment import aligned
from wse_cp.lns.operators import POLISH, Arm, Choice, operators
from wse_cp.lns.tables import Tables, cycle_limits
from wse_cp.placement import Placement

#: Under this name the search appears in statistics and messages.
NAME = "lns"
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


@contextmanager
def searching(
    incumbent: Incumbent,
    *,
    generator: np.random.Generator,
    stop: threading.Event,
    solver: Solver | None = None,
    clock: Clock = WALL,
) -> Iterator[Search]:
    """Open a search that can be run again and again; it ends with the context, or when `stop` is set.

    Parameters
    ----------
    incumbent
        Holds a placement; other threads may improve it at the same time.
    solver
        A session of its own; by default one is opened and closed here.
    """
    with nullcontext(solver) if solver is not None else Session() as opened, interrupted_by(stop, opened):
        yield Search(incumbent, generator, stop, opened, clock)


@dataclass
class Search:
    """The state of one search thread."""

    incumbent: Incumbent
    generator: np.random.Generator
    stop: threading.Event
    solver: Solver
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
            if best.placement is not self._polished:
                self._align(best)
                best = self.incumbent.best or best
                self._polished = best.placement
                self._call(self._polish, best)
            else:
                self._call(self._choice.next(self.generator), best)

    def _align(self, best: Scored) -> None:
        begin, source = self.clock.now(), _source("align")
        with self.incumbent.working(source):
            self.clock.spend(ALIGNING_WORK * len(best.placement))
            better = aligned(self.incumbent.instance, best.placement)
            if better is not None:
                self.incumbent.offer(better, source, Kind.NEIGHBOURHOOD)
        self.incumbent.count(source, self.clock.now() - begin, Kind.NEIGHBOURHOOD)

    def _call(self, arm: Arm, best: Scored) -> None:
        begin, source = self.clock.now(), _source(arm.operator.name)
        with self.incumbent.working(source):
            gain, finished = self._solved(arm, best)
        seconds = self.clock.now() - begin
        arm.record(float(gain), seconds, finished)
        self.incumbent.count(source, seconds, Kind.NEIGHBOURHOOD)

    def _over(self) -> bool:
        return self.stop.is_set() or self.clock.now() > self.deadline

    def _solved(self, arm: Arm, best: Scored) -> tuple[Fraction, bool]:
        """Let the solver place a neighbourhood anew; return the gain and whether it was solved to the end."""
        problem = self._problem(arm, best)
        seconds = min(MODEL_SECONDS, self.deadline - self.clock.now())
        if self.stop.is_set() or seconds <= 0:
            return Fraction(0), True
        seed = int(self.generator.integers(1 << 31))
        outcome = self.solver.solve(problem, self._limits(seconds, seed))
        self.clock.spend(BUILDING_WORK * len(best.placement) + outcome.deterministic_time)
        return self._take(arm, problem, outcome, best), outcome.status in ("optimal", "infeasible")

    def _limits(self, seconds: float, seed: int) -> Limits:
        if self.clock.deterministic:
            return Limits(DETERMINISTIC_WALL * seconds, seed=seed, deterministic_time=seconds)
        return Limits(seconds, seed=seed, memory=MODEL_MEMORY)

    def _problem(self, arm: Arm, best: Scored) -> Problem:
        instance, placement = self.incumbent.instance, best.placement
        region = arm.operator(instance, placement, max(1, round(arm.size)), self.generator)
        limits = cycle_limits(instance, placement, region.reshaped, self.generator)
        return problem_from(
            instance,
            self._tables.options(placement, region, limits, self.generator),
            placement,
            free=region.free,
            keep_relations=region.keep_relations,
            loose=region.loose,
            regions=region.regions,
            upper_bound=best.score.cost,
        )

    def _take(self, arm: Arm, problem: Problem, outcome: Outcome, best: Scored) -> Fraction:
        """Offer what a sub-model found; return by how much that lowers the cost it started from."""
        if outcome.status in ("crashed", "invalid"):
            self._complain(outcome.message)
        if not outcome.choices:
            return Fraction(0)
        instance = self.incumbent.instance
        try:
            placement = placement_from(instance, problem, outcome.choices)
            offer = self.incumbent.offer(placement, _source(arm.operator.name), Kind.NEIGHBOURHOOD)
        except IllegalPlacementError as error:
            self._complain(f"the solver's placement is illegal: {error}")
            return Fraction(0)
        if model_cost(instance, offer.score.cost) != outcome.cost:
            self._complain(f"the solver's placement costs {offer.score.cost}, not what it claims")
        return best.score.cost - offer.score.cost if offer.taken else Fraction(0)

    def _complain(self, message: str) -> None:
        """Tell of a failure of the solver, of each kind once; all are counted."""
        self.incumbent.count(_source("failed"), 0.0, Kind.NEIGHBOURHOOD)
        if message not in self._complained:
            self._complained.add(message)
            self.incumbent.say(NAME, message)


def _source(operator: str) -> str:
    """Return the name under which an operator appears in statistics and messages."""
    return f"{NAME}:{operator}"


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
