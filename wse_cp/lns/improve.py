"""One thread of large neighbourhood search on a shared incumbent.

As in Shaw (1998, doi 10.1007/3-540-49481-2_30), a constraint solver solves the sub-problems.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import NamedTuple, Protocol

import numpy as np

from wse_cp.clock import WALL, Clock
from wse_cp.cpsat.outcome import Limits, Outcome
from wse_cp.cpsat.problem import Problem
from wse_cp.cpsat.session import Session
from wse_cp.cpsat.whole import free_kernels, model_cost
from wse_cp.errors import IllegalPlacementError
from wse_cp.incremental.state import PlacementState
from wse_cp.incumbent import Incumbent, Kind, Scored
from wse_cp.lns.alignment import aligned, aligned_kernels
from wse_cp.lns.exchange import exchanged
from wse_cp.lns.operators import POLISH, Arm, Choice, operators
from wse_cp.lns.selections import MOST as SMALL
from wse_cp.lns.solvers import Solvers
from wse_cp.lns.subproblem import sub_problem
from wse_cp.lns.tables import Tables
from wse_cp.placement import PlacedKernel
from wse_cp.processes.tries import Tries

#: Under this name the search appears in statistics and messages.
NAME = "lns"
#: Wall time of one sub-model (seconds), and the period of looks at `stop`.
MODEL_SECONDS = 1.5
#: In a large network sub-models are smaller: their wall time (seconds) and rounds of presolve.
LOCAL_SECONDS, LOCAL_PRESOLVE = 0.5, 1
STOP_PERIOD = 0.05
#: How many kernels at most are settled in one go.
SETTLED = 60
#: Where the clock is deterministic: wall time a sub-model may take for each second of the solver's own clock;
#: seconds that aligning, building a model and settling take per kernel, roughly.
DETERMINISTIC_WALL = 100.0
ALIGNING_WORK, BUILDING_WORK, SETTLING_WORK = 1e-3, 2e-3, 3e-4

Move = Callable[[PlacementState, Sequence[str]], list[PlacedKernel]]


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
    solvers: Solvers | None = None,
    worker: int = 0,
    tries: Tries | None = None,
) -> Iterator[Search]:
    """Open a search that can be run again and again; it ends with the context, or when `stop` is set.

    Parameters
    ----------
    incumbent
        Holds a placement; other threads may improve it at the same time.
    solver
        A session of its own; by default one is opened and closed here.
    solvers, worker
        Who says whether the worker of this number may have a solver process: else the search ends.
    tries
        Counts how solver processes ended, for all searches of a run.
    """
    session = nullcontext(solver) if solver is not None else Session(tries=tries)
    with session as opened, interrupted_by(stop, opened):
        yield Search(incumbent, generator, stop, opened, clock, solvers or Solvers(), worker)


class _Seen(NamedTuple):
    """The incumbent that a search works on: its number, itself, its state."""

    version: int
    best: Scored
    state: PlacementState


@dataclass
class Search:
    """The state of one search thread."""

    incumbent: Incumbent
    generator: np.random.Generator
    stop: threading.Event
    solver: Solver
    clock: Clock = WALL
    solvers: Solvers = field(default_factory=Solvers)
    worker: int = 0
    deadline: float = 0.0
    hopeless: bool = False  #: whether there is no solver any more
    _complained: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        instance = self.incumbent.instance
        self._tables = Tables(instance)
        self.choice = Choice(operators(instance), len(instance.kernels))
        self._polish = Arm(POLISH, 1, 1)
        self._polished = 0
        self._seen: _Seen | None = None

    def run(self, deadline: float) -> None:
        """Call one operator after the other until the time is over; may be called again.

        Returns early when there is no solver any more; see `hopeless`.
        """
        self.deadline = deadline
        while not self._over():
            seen = self._follow()
            if seen is None:
                return
            if self._settle(seen):
                continue
            if self.hopeless:
                return
            if seen.version == self._polished or len(seen.state) > SMALL:
                self._call(self.choice.next(self.generator), seen)
            else:
                self._align(seen)
                seen = self._follow() or seen
                self._polished = seen.version
                self._call(self._polish, seen)

    def _follow(self) -> _Seen | None:
        """Return the newest incumbent, with its state: changed where it is known what changed, else built."""
        update = self.incumbent.since(self._seen.version if self._seen else 0)
        if update is None:
            return None
        if self._seen is None or update.changed is None:
            state = PlacementState(self.incumbent.instance, update.best.placement, self.incumbent.links)
        else:
            state = self._seen.state
            state.apply({kernel.name: kernel for kernel in update.changed})
        self._seen = _Seen(update.version, update.best, state)
        return self._seen

    def _align(self, seen: _Seen) -> None:
        begin, source, placement = self.clock.now(), _source("align"), seen.best.placement
        with self.incumbent.working(source):
            self.clock.spend(ALIGNING_WORK * len(placement))
            better = aligned(self.incumbent.instance, placement)
            if better is not None:
                self.incumbent.offer_change(placement, better.values(), source)
        self.incumbent.count(source, self.clock.now() - begin, Kind.NEIGHBOURHOOD)

    def _call(self, arm: Arm, seen: _Seen) -> None:
        begin, source = self.clock.now(), _source(arm.operator.name)
        with self.incumbent.working(source):
            gain, finished = self._solved(arm, seen)
        seconds = self.clock.now() - begin
        arm.record(float(gain), seconds, finished)
        self.incumbent.count(source, seconds, Kind.NEIGHBOURHOOD)

    def _over(self) -> bool:
        over = self.stop.is_set() or self.clock.now() > self.deadline
        return over or not self.solvers.allows(self.worker)

    def _settle(self, seen: _Seen) -> bool:
        """Let restless kernels of a large network slide, change places or align; tell if there were any."""
        if len(seen.state) <= SMALL:
            return False
        names = self.incumbent.restless.take(seen.state.grid, SETTLED, self.generator)
        if names and not self._moved("exchange", exchanged, names, seen):
            self._moved("align", aligned_kernels, names, seen)
        return bool(names)

    def _moved(self, what: str, move: Move, names: Sequence[str], seen: _Seen) -> bool:
        """Offer what a way of moving kernels finds; tell whether it found something."""
        begin, source = self.clock.now(), _source(what)
        with self.incumbent.working(source):
            self.clock.spend(SETTLING_WORK * len(names))
            kernels = move(seen.state, names)
            if kernels and not self.incumbent.offer_change(seen.best.placement, kernels, source).taken:
                self.incumbent.restless.disturb(names)  # others were there first
        self.incumbent.count(source, self.clock.now() - begin, Kind.NEIGHBOURHOOD)
        return bool(kernels)

    def _solved(self, arm: Arm, seen: _Seen) -> tuple[Fraction, bool]:
        """Let the solver place a neighbourhood anew; return the gain and whether it was solved to the end."""
        size = max(1, round(arm.size))
        problem = sub_problem(seen.state, self._tables, arm.operator, size, self.generator)
        most = LOCAL_SECONDS if len(seen.state) > SMALL else MODEL_SECONDS
        seconds = min(most, self.deadline - self.clock.now())
        if self.stop.is_set() or seconds <= 0:
            return Fraction(0), True
        seed = int(self.generator.integers(1 << 31))
        limits = self._limits(seconds, seed)
        if len(seen.state) > SMALL:
            limits = replace(limits, presolve=LOCAL_PRESOLVE)
        outcome = self.solver.solve(problem, limits)
        self.clock.spend(BUILDING_WORK * len(problem.free) + outcome.deterministic_time)
        return self._take(arm, problem, outcome, seen), outcome.status in ("optimal", "infeasible")

    def _limits(self, seconds: float, seed: int) -> Limits:
        if self.clock.deterministic:
            return Limits(DETERMINISTIC_WALL * seconds, seed=seed, deterministic_time=seconds)
        return Limits(seconds, seed=seed, memory=self.solvers.model)

    def _take(self, arm: Arm, problem: Problem, outcome: Outcome, seen: _Seen) -> Fraction:
        """Offer what a sub-model found; return by how much that lowers the cost of the newest incumbent."""
        self.hopeless = outcome.status == "gone"
        if outcome.status in ("crashed", "invalid", "gone"):
            self._complain(outcome.message)
        if not outcome.choices:
            return Fraction(0)
        kernels = free_kernels(self.incumbent.instance, problem, outcome.choices)
        try:
            offer = self.incumbent.offer_change(seen.best.placement, kernels, _source(arm.operator.name))
        except IllegalPlacementError as error:
            self._complain(f"the solver's placement is illegal: {error}")
            return Fraction(0)
        self._compare(problem, outcome, kernels, seen)
        return offer.gain

    def _compare(
        self, problem: Problem, outcome: Outcome, kernels: Sequence[PlacedKernel], seen: _Seen
    ) -> None:
        """Complain if a change gains another cost than the solver claims."""
        assert outcome.cost is not None
        assert problem.upper_bound is not None
        cost = seen.state.score_of(seen.state.parts_after({kernel.name: kernel for kernel in kernels})).cost
        claimed = problem.upper_bound - outcome.cost
        if model_cost(self.incumbent.instance, seen.best.score.cost - cost) != claimed:
            self._complain(f"the solver's placement costs {cost}, not what it claims")

    def _complain(self, message: str) -> None:
        """Tell of a failure of the solver, of each kind once; all are counted."""
        self.incumbent.count(_source("failed"), 0.0, Kind.NEIGHBOURHOOD)
        if message and message not in self._complained:
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
