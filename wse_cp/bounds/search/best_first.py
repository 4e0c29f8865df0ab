"""The search for a lower bound, which improves while there is time: from an instance to a certificate.

Branch and bound over the largest time: of all intervals (`intervals`) the weakest is worked on.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from fractions import Fraction

from wse_cp.bounds.programme.ending import EndedError, until
from wse_cp.bounds.proof.prover import Prover
from wse_cp.bounds.result import Bound
from wse_cp.bounds.search.by_intervals import bound_by, trivial, values_by
from wse_cp.bounds.search.by_proof import proven
from wse_cp.bounds.search.certificate import claim, cost_step
from wse_cp.bounds.search.stages import Stages
from wse_cp.instance import Instance
from wse_cp.placement import Placement
from wse_cp.processes.reliefs import RELIEFS, Pressure

#: For at most so many seconds a proof waits for a first bound.
_LISTING_WAITS = 0.5
#: Adapters are given up when memory was spent so many times.
_SPENT = 3


def _never() -> bool:
    return False


class BoundSearch:
    """The search for a bound, step by step; threads may call `step` at the same time.

    It goes by stages (`stages`). A proof by search takes turns with them if there are few kernels.

    Parameters
    ----------
    ended
        Tells whether the search is over; then a step returns soon, its work undone.
    proofs
        Whether few kernels are tried by a proof by search too.
    """

    def __init__(self, instance: Instance, ended: Callable[[], bool] = _never, proofs: bool = True) -> None:
        self.instance = instance
        self._ended = ended
        self._began = time.monotonic()
        self._stages = Stages(instance)
        self._lock = threading.Lock()
        self._alone, self._spent = False, 0  # whether one thread is enough, and how often memory was spent
        RELIEFS.add(self.ease)
        self._prover = Prover(instance, cost_step(instance) if proofs else Fraction(0))

    @property
    def finished(self) -> bool:
        """Tell whether nothing can be improved any more."""
        return self._prover.proven or (self._stages.finished and not self._prover.at_work)

    @property
    def proving(self) -> bool:
        """Tell whether a proof by search is at work, which may end with the least cost."""
        return self._prover.at_work

    @property
    def placement(self) -> Placement | None:
        """A placement that costs as much as the bound, if one was found."""
        return self._prover.placement

    def aim(self, cost: Fraction) -> None:
        """Take note that a placement costs that much: more need not be proven."""
        self._prover.aim(cost)

    @property
    def by_multipliers(self) -> bool:
        """Tell whether the bound is one by multipliers, not by a proof."""
        return self._stages.best is not None and self._prover.value <= self._by_stages

    @property
    def by_stars(self) -> bool:
        """Tell whether the bound is that of a cover by stars where it is weakest."""
        stage = self._stages.current
        return stage is not None and stage.intervals.covered

    @property
    def gains_by_threads(self) -> bool:
        """Tell whether several threads are faster than one.

        Long evaluations run without the interpreter's lock; short ones mostly wait for it.
        """
        stage = self._stages.current
        if stage is None or self._alone:
            return False
        return stage.with_adapters or stage.intervals.reach_far

    def ease(self, pressure: Pressure) -> None:
        """Take less memory: evaluate with one thread, leave evaluations undone, at last count no adapters.

        What was found stays.
        """
        self._alone = self._alone or pressure >= Pressure.SHORT
        self._spent += pressure >= Pressure.SPENT
        if self._spent >= _SPENT:
            self._stages.adapters_given_up = True

    @property
    def value(self) -> Fraction:
        """The bound so far."""
        return max(self._by_stages, self._prover.value)

    @property
    def _by_stages(self) -> Fraction:
        """The bound so far without the proof."""
        stage = self._stages.best
        return Fraction(0) if stage is None else claim(self.instance, stage.intervals.bound)

    def step(self, first: bool = True) -> bool:
        """Do a small piece of work; return whether there was any that no other thread does.

        Threads other than the `first` leave their work undone when memory is short.

        Raises
        ------
        InputError
            If the kernels cannot fit the wafer at any speed.
        """
        with until(self._ended if first else lambda: self._alone or self._ended()):
            try:
                return self._step()
            except EndedError:
                return False

    def _step(self) -> bool:
        with self._lock:
            self._stages.prepare()
            listing = self._may_list()
        if listing and self._prover.turn():
            return True
        with self._lock, self._prover.waiting():
            stage = self._stages.due()
        with self._prover.waiting():
            if stage is None or (stage.with_adapters and self._stages.adapters_given_up):
                return False
            spent = self._spent
            with until(lambda: self._spent > spent and stage.with_adapters, besides=True):
                return stage.intervals.improve()

    def _may_list(self) -> bool:
        """Tell whether a proof may begin: listing shapes takes seconds, so a first bound comes before."""
        stage = self._stages.current
        if stage is None:
            return False
        late = time.monotonic() - self._began > _LISTING_WAITS
        return late or self.value > 0 or stage.intervals.finished

    def focus(self, region: tuple[int, int | None]) -> None:
        """Work from now on only on a range of largest times (1 / time_scale cycles): its start, and its end.

        Then the bound and its certificate hold for placements whose largest time lies there; who has
        certificates of all ranges can join them. Without proofs only, and not while others are at `step`.
        """
        self._stages.focus(region)

    @property
    def region(self) -> tuple[int, int | None]:
        """The range of largest times that is worked on."""
        return self._stages.region

    def count_adapters(self) -> None:
        """Begin the last stage, if there is one to come."""
        with self._lock:
            self._stages.begin_all()

    def values(self) -> list[float]:
        """Return what each interval of the bound's certificate is worth, if it is one by multipliers."""
        assert self._stages.best is not None
        return values_by(self._stages.best, self.instance)

    def bound(self, ceiling: Fraction | None = None) -> Bound:
        """Return the bound so far, at most `ceiling`, with its certificate."""
        if self._prover.value > self._by_stages:
            value = self._prover.value if ceiling is None else min(self._prover.value, ceiling)
            return proven(self.instance, self._prover, value, time.monotonic() - self._began)
        stage = self._stages.best
        if stage is None:
            return trivial(self.instance, self._began)
        return bound_by(stage, self.instance, ceiling, self._began)
