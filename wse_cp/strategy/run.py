"""What all threads of one run share: its incumbent, its time, its random streams."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from fractions import Fraction
from functools import partial
from typing import TypeVar

import numpy as np

from wse_cp.bounds.background.messages import ProofSigns
from wse_cp.checkpoint.memory import Memory
from wse_cp.clock import WALL, Clock
from wse_cp.construct.rows.layout import RowLayout
from wse_cp.incumbent import Incumbent
from wse_cp.lns.alignment import aligned
from wse_cp.lns.improve import Search, searching
from wse_cp.lns.solvers import Solvers
from wse_cp.options import RunOptions
from wse_cp.placement import Placement
from wse_cp.processes.reliefs import spared
from wse_cp.processes.tries import Tries
from wse_cp.score import Score

T = TypeVar("T")
Layouts = list[tuple[Placement, RowLayout]]

#: Placements that cost at most this many times the incumbent are worth aligning.
_NEAR = 1.05
#: Seconds kept for the last check, and seconds after the end for which a late search is waited for.
RESERVE, _PATIENCE = 0.3, 1.0
#: Seconds between looks at a proof being verified.
_POLL = 0.05
#: The number of no worker.
_NOBODY = (1 << 32) - 1
#: Seconds that an offer takes per kernel, roughly.
_OFFER_WORK = 1e-3


class Stream(IntEnum):
    """Who draws random numbers: each has a stream of its own, which the others do not disturb."""

    QUICK_ROWS = 0
    ANNEALING = 1
    NEIGHBOURHOODS = 2
    STACKS = 3
    SPANS = 4
    ROWS = 5
    CAPS = 6
    COLUMNS = 7
    ORDERS = 8
    WHOLE = 9


@dataclass(frozen=True)
class Run:
    """One call of solve()."""

    incumbent: Incumbent
    options: RunOptions
    deadline: float  #: by the clock
    stop: threading.Event
    least_time: Fraction  #: below it nothing fits (cycles)
    clock: Clock = WALL
    proof: ProofSigns = field(default_factory=ProofSigns)
    memory: Memory = field(default_factory=Memory)
    closed: threading.Event = field(default_factory=threading.Event)  #: nothing cheaper is to be sought
    _words: set[Fraction] = field(default_factory=set)  #: the least cost by the word of each solver
    solvers: Solvers = field(default_factory=Solvers)
    tries: Tries = field(default_factory=Tries)  #: of solver processes
    _stopped_at: list[float] = field(default_factory=list)  #: when `stop` was first seen set

    def left(self) -> float:
        """Seconds until the search must end; negative once `stop` is set."""
        return -1.0 if self.stop.is_set() else self.deadline - RESERVE - self.clock.now()

    def close(self, cost: Fraction) -> None:
        """Take note that, by the solver's word, no placement is cheaper: the search ends, proofs go on."""
        self.take_word(cost)
        self.incumbent.say("solver", "no placement is cheaper, by the solver's word; not certified")

    def take_word(self, cost: Fraction) -> None:
        """Take note of the least cost by the word of a solver, here or elsewhere, and say nothing."""
        self._words.add(cost)
        self.closed.set()

    @property
    def solver_least(self) -> Fraction | None:
        """The least cost by the solver's word, None if it has said nothing."""
        return min(self._words, default=None)

    @property
    def solver_says_optimal(self) -> bool:
        """Whether the incumbent costs the least by the solver's word."""
        best = self.incumbent.best
        return best is not None and best.score.cost in self._words

    def spared(self, what: str, step: Callable[[], T], tries: int = 1) -> T | None:
        """Take a step of the search; without memory for it give it up and return None (see `reliefs`)."""
        return spared(what, step, partial(self.incumbent.say, "memory"), tries)

    def wait_for_proof(self) -> None:
        """Wait until the time is over, or the run is stopped, as it is by a proof."""
        while self.left() > 0:
            time.sleep(_POLL)
            self.clock.spend(_POLL)

    def give_way(self, only_to_verifier: bool = False) -> float:
        """Wait while a proof of the incumbent is near: the cores are better used there.

        With `only_to_verifier` only while one is verified: for those who may find the cost to be proven.
        Returns for how long (seconds by the clock), so that who waits may do its work later.
        """
        begin = self.clock.now()
        near, verifying = self.proof.near, self.proof.verifying
        while (verifying.is_set() or (near.is_set() and not only_to_verifier)) and self.left() > 0:
            time.sleep(_POLL)
        return self.clock.now() - begin

    def overdue(self) -> bool:
        """Tell whether the search should have ended a while ago; first asked after `stop`, false once."""
        if self.stop.is_set() and not self._stopped_at:
            self._stopped_at.append(time.monotonic())
        ends = [*self._stopped_at] if self.clock.deterministic else [self.deadline, *self._stopped_at]
        return bool(ends) and time.monotonic() > min(ends) + _PATIENCE

    def generator(self, stream: Stream, worker: int | None = None) -> np.random.Generator:
        """Return the beginning of a random stream, of one worker if each has its own.

        A run that goes on from others draws other numbers than they did.
        """
        place = [self.options.seed, stream, *([] if worker is None else [worker])]
        before = self.memory.kept.runs
        return np.random.default_rng([*place, *[_NOBODY] * (3 - len(place)), before] if before else place)

    @contextmanager
    def searching(self, generator: np.random.Generator, worker: int) -> Iterator[Search]:
        """Open a large neighbourhood search of a worker; it ends with the context or the run."""
        with searching(
            self.incumbent,
            generator=generator,
            stop=self.stop,
            clock=self.clock,
            solvers=self.solvers,
            worker=worker,
            tries=self.tries,
        ) as search:
            yield search

    def offer(self, placement: Placement, source: str) -> Score:
        """Offer a placement and, if it could become the incumbent, its aligned form; return its score."""
        found = self.incumbent.offer(placement, source).score
        self.clock.spend(_OFFER_WORK * len(placement))
        best = self.incumbent.best
        if best is not None and found.cost <= _NEAR * best.score.cost:
            better = aligned(self.incumbent.instance, placement)
            if better is not None:
                self.incumbent.offer(better, f"{source}+align")
        return found
