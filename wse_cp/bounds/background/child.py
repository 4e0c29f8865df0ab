"""The process that searches for a bound beside a search for placements.

`process` starts it as ``python -m wse_cp.bounds.background.child``. It reads requests from stdin, writes
reports to what was stdout, and serves one run after the other. At first it uses a whole core, later a share
of one.
"""

from __future__ import annotations

import os
import pickle
import queue
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import IO

from wse_cp.bounds.background.messages import (
    Begin,
    Better,
    Cost,
    Known,
    Learn,
    Over,
    Placed,
    Ready,
    Refused,
    Signs,
)
from wse_cp.bounds.halftiles.search import RefinedSearch
from wse_cp.bounds.result import Bound
from wse_cp.bounds.search.best_first import BoundSearch
from wse_cp.bounds.verifier import CertificateError, EndedError, verify
from wse_cp.instance import Instance
from wse_cp.machine.memory import release
from wse_cp.placement import Placement
from wse_cp.processes.budget import verifiers
from wse_cp.processes.guard import MemoryGuard
from wse_cp.processes.pipes import Sender, take_pipes

#: The search works without rests for so many seconds; for more where adapters cost something, because at
#: first it leaves them out, and where stars say most, because those that reach farther take long to be found.
_EAGER_SECONDS, _EAGER_FOR_LONG = 8.0, 40.0
#: It also works without rests while the gap is at most this: then a proof is near.
_EAGER_GAP = Fraction(1, 100)
#: So it does while the gap is more than this and the bound rises: its last rise of this share was at most so
#: many seconds ago. With adapters a few evaluations take that long, and there are dozens to make; where stars
#: say most, those that reach farther are sought for longer before they say more.
_WIDE_GAP, _RISE, _RISING_SECONDS, _SEEKING_SECONDS = Fraction(1, 10), Fraction(1, 100), 15.0, 30.0
#: Else it works for this share of the time, and rests at most so long (seconds).
_SHARE, _REST = 0.2, 5.0
#: So near to a proof, others are asked to leave the cores to the bound for so many seconds in all.
_ALONE_SECONDS = 4.0
#: So they are for so many seconds while a proof by search is at work, which finds placements too.
_ALONE_PROVING = 30.0
#: Seconds between two reports, and between looks at the incumbent once the bound is as good as it gets.
_PAUSE, _LOOK = 1.0, 0.1


class BoundWork:
    """Improves a bound until the run is over or the gap is closed.

    Parameters
    ----------
    cost
        Returns the cost of the incumbent, None as long as there is none.
    over
        Tells whether the run is over.
    tell
        Told of better bounds, and whether the verifier has agreed to them.
    offer
        Given a placement that a proof came with.
    show
        Told of the signs whenever they change. A proof counts as near for a limited time only, since others
        leave the cores to it for so long.
    workers
        Processes that verify.
    known, refuse
        What is known before the run; told why a certificate does not hold, if it does not.
    learnt
        Returns a certificate that others have found since it was last asked, if there is one.
    """

    def __init__(
        self,
        instance: Instance,
        cost: Callable[[], Fraction | None],
        over: Callable[[], bool],
        tell: Callable[[Bound, bool], object],
        offer: Callable[[Placement], object],
        show: Callable[[Signs], object],
        workers: int = 1,
        known: Known | None = None,
        refuse: Callable[[str], object] = lambda reason: None,
        learnt: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._instance, self._cost, self._over, self._tell = instance, cost, over, tell
        self._offer, self._show, self._workers = offer, show, workers
        self._offered = False
        self._signs = Signs()
        self._certificate, self._refuse = known.certificate if known else None, refuse
        self._learnt = learnt
        self._best: Bound | None = known.bound if known else None
        self._verified = self._best is not None

    def run(self) -> bool:
        """Work until the run is over (False), or the verifier agrees that the incumbent is optimal (True)."""
        search, next_report, doubted = RefinedSearch(self._instance, self._over), 0.0, False
        effort, alone = _Effort(), 0.0
        self._recall(self._certificate)
        while not self._over():
            self._recall(self._learnt())
            begin = time.monotonic()
            if (cost := self._cost()) is not None:
                if self._met(cost):
                    return True
                search.aim(cost)
            search.step()
            self._pass_on(search)
            if begin >= next_report and self._better(search):
                next_report = time.monotonic() + _PAUSE
            cost = self._cost()
            if cost is not None and search.value >= cost and not doubted:
                if self._closes(search.bound(ceiling=cost)):
                    return True
                doubted = True
            worked = time.monotonic() - begin
            effort.add(worked, search.value)
            near = not search.finished and self._near(search, cost)
            if search.searched and not (near or self._verified or doubted):
                doubted = not self._holds(search.bound())
            alone += worked if near or search.proving else 0.0
            enough = _ALONE_PROVING if search.proving else _ALONE_SECONDS
            self._sign(Signs(near=(near or search.proving) and alone < enough))
            if search.finished:  # nothing left to do but to look at the incumbent now and then
                self._rest(_LOOK)
            elif not (near or search.proving or effort.goes_on(*self._patience(search), cost)):
                self._rest(min(worked * (1 / _SHARE - 1), _REST))
        self._sign(Signs())
        self._better(search)
        return False

    def _patience(self, search: BoundSearch) -> tuple[float, float]:
        """Return for how many seconds the search works without rests, and for how many without a rise."""
        stars = search.by_stars
        eager = _EAGER_FOR_LONG if self._instance.settings.wadapter or stars else _EAGER_SECONDS
        return eager, _SEEKING_SECONDS if stars else _RISING_SECONDS

    def _recall(self, certificate: str | None) -> None:
        """Take up the bound of a certificate that others have found, if the verifier agrees to it."""
        if certificate is None:
            return
        try:
            value = verify(self._instance, certificate, self._workers, self._over)
        except EndedError:
            return
        except CertificateError as error:
            self._refuse(str(error))
            return
        if self._best is None or value > self._best.value:
            self._best, self._verified = Bound(value, None, "known before", 0.0, certificate), True
            self._tell(self._best, True)

    def _met(self, cost: Fraction) -> bool:
        """Tell whether a verified bound proves a cost to be the least."""
        return self._verified and self._best is not None and self._best.value >= cost

    def _pass_on(self, search: BoundSearch) -> None:
        """Offer the placement that a proof came with."""
        if search.placement is not None and not self._offered:
            self._offered = True
            self._offer(search.placement)

    def _near(self, search: BoundSearch, cost: Fraction | None) -> bool:
        """Tell whether little is missing to a proof of the incumbent."""
        return cost is not None and cost - search.value <= _EAGER_GAP * search.value

    def _better(self, search: BoundSearch) -> bool:
        """Take up the bound so far if it is better, and more than nothing; return whether it is."""
        if search.value <= (0 if self._best is None else self._best.value):
            return False
        self._best, self._verified = search.bound(), False
        self._tell(self._best, False)
        return True

    def _closes(self, claim: Bound) -> bool:
        """Verify a bound that closes the gap, if that has not been done."""
        if self._verified and self._best is not None and self._best.value >= claim.value:
            return True
        before = self._signs
        self._sign(replace(before, verifying=True))
        try:
            return self._holds(claim)
        finally:
            self._sign(before)

    def _sign(self, signs: Signs) -> None:
        """Show the signs if they have changed."""
        if signs != self._signs:
            self._signs = signs
            self._show(signs)

    def _holds(self, claim: Bound) -> bool:
        """Take up a bound if the verifier agrees to it; tell whether it does."""
        release()  # what evaluations left: verifying takes as much
        try:
            verify(self._instance, claim.certificate, self._workers, self._over)
        except (CertificateError, EndedError):
            return False
        self._best, self._verified = claim, True
        self._tell(claim, True)
        return True

    def _rest(self, seconds: float) -> None:
        """Wait so long, or until the run is over."""
        end = time.monotonic() + max(seconds, 0.02)
        while time.monotonic() < end and not self._over():
            time.sleep(0.02)


class _Effort:
    """Watches a bound and the seconds spent on it, and tells whether to go on without rests."""

    def __init__(self) -> None:
        self._spent = self._risen = 0.0  # seconds of work: all, and those up to the last rise
        self._value = self._stood = Fraction(0)  # the bound, and what it was after that rise

    def add(self, seconds: float, value: Fraction) -> None:
        """Take note of some seconds of work, and of the bound after it."""
        self._spent += seconds
        self._value = value
        if value > (1 + _RISE) * self._stood:
            self._stood, self._risen = value, self._spent

    def goes_on(self, eager: float, rising: float, cost: Fraction | None) -> bool:
        """Tell whether to: for so many seconds, and while the gap to a cost is wide and the bound rises.

        It rises if the last rise was at most `rising` seconds ago.
        """
        wide = cost is None or cost - self._value > _WIDE_GAP * self._value
        return self._spent <= eager or (wide and self._spent - self._risen <= rising)


@dataclass
class _Run:
    """A run as the parent has told it so far."""

    task: Begin
    cost: Fraction | None = None
    over: bool = False
    certificate: str | None = None  #: that was learnt last

    def learnt(self) -> str | None:
        """Return the certificate that was learnt last, once."""
        found, self.certificate = self.certificate, None
        return found


class _Parent:
    """Notes what the parent says, in a thread of its own, until the pipe closes."""

    def __init__(self, requests: IO[bytes]) -> None:
        self._requests = requests
        self.runs: queue.Queue[_Run] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        run: _Run | None = None
        try:
            while True:
                request = pickle.load(self._requests)
                if isinstance(request, Begin):
                    run = _Run(request)
                    self.runs.put(run)
                elif run is not None and isinstance(request, Cost):
                    run.cost = request.value
                elif run is not None and isinstance(request, Learn):
                    run.certificate = request.certificate
                elif run is not None:
                    run.over = True
        finally:
            os._exit(0)


def _optimal(run: _Run, sender: Sender) -> bool:
    """Work on a run until it is over; tell whether its incumbent is proven optimal."""
    work = BoundWork(
        run.task.instance,
        lambda: run.cost,
        lambda: run.over,
        lambda bound, verified: sender.send(Better(bound, verified)),
        lambda placement: sender.send(Placed(placement)),
        sender.send,
        run.task.workers if run.task.memory is None else verifiers(run.task.memory, run.task.workers),
        run.task.known,
        lambda reason: sender.send(Refused(reason)),
        run.learnt,
    )
    memory = run.task.memory
    with MemoryGuard(memory, lambda text: None) if memory is not None else nullcontext():
        return work.run()


def main() -> None:
    """Serve the parent until it is gone."""
    sender, requests = take_pipes()
    parent = _Parent(requests)
    sender.send(Ready())
    while True:
        sender.send(Over(_optimal(parent.runs.get(), sender)))
        release()  # it may wait for the next run for long
