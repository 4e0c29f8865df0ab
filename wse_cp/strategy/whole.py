"""The whole of a small instance as one constraint model, solved until nothing cheaper exists.

That nothing does is the solver's word, with no certificate to check it by: it ends the search, but is never
called a proof.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import floor

from wse_cp.cpsat.outcome import Limits
from wse_cp.cpsat.problem import Choice, Problem
from wse_cp.cpsat.session import Session
from wse_cp.cpsat.whole import placement_from, problem_from
from wse_cp.errors import IllegalPlacementError
from wse_cp.incumbent import Scored
from wse_cp.instance import Instance
from wse_cp.lns.improve import DETERMINISTIC_WALL, interrupted_by
from wse_cp.shapes.arrays import UNLIMITED, scaled
from wse_cp.shapes.complete import TooManyOptionsError, all_options
from wse_cp.shapes.options import Option
from wse_cp.strategy.run import Run, Stream

#: Under this name the model appears in statistics and messages.
NAME = "whole model"
#: Instances of at most so many kernels are tried, if they have at most so many options in all.
MOST_KERNELS, MOST_OPTIONS = 8, 20_000
#: A single worker gives the model this share of the time left.
_SHARE = 0.5


def is_small(instance: Instance) -> bool:
    """Tell whether an instance has few enough kernels to be tried as a whole."""
    return len(instance.kernels) <= MOST_KERNELS


def close_whole(run: Run) -> None:
    """Try to solve a run's whole instance; what is found is offered, and if nothing cheaper exists, told.

    Returns when the solver is through, or after its share of the time. Needs an incumbent.
    """
    best, begin = run.incumbent.best, run.clock.now()
    if best is None or run.left() <= 0:
        return
    with run.incumbent.working(NAME):
        problem = _problem(run, best)
        if problem is not None:
            _Whole(run, problem, best.score.cost).solve()
    run.incumbent.count(NAME, run.clock.now() - begin)


class _Whole:
    """The problem of all placements cheaper than one that is known."""

    def __init__(self, run: Run, problem: Problem, cost: Fraction) -> None:
        self._run, self._problem = run, problem
        self._least = cost  #: of all that the model has found, and the one known before

    def solve(self) -> None:
        """Solve it; the run is told if the solver says that nothing is cheaper."""
        run = self._run
        with Session(tries=run.tries) as session, interrupted_by(run.stop, session):
            outcome = session.solve(self._problem, _limits(run), self._offer)
        run.clock.spend(outcome.deterministic_time)
        if outcome.status in ("crashed", "invalid"):
            run.incumbent.say(NAME, outcome.message)
        elif outcome.status in ("optimal", "infeasible"):
            if outcome.choices:
                self._offer(0, outcome.choices)
            run.close(self._least)

    def _offer(self, _: int, choices: Mapping[str, Choice]) -> None:
        incumbent = self._run.incumbent
        placement = placement_from(incumbent.instance, self._problem, choices)
        try:
            self._least = min(self._least, incumbent.offer(placement, NAME).score.cost)
        except IllegalPlacementError as error:
            incumbent.say(NAME, f"the solver's placement is illegal: {error}")


def _problem(run: Run, best: Scored) -> Problem | None:
    """Return the problem of all placements cheaper than the best one; None if it would be too large."""
    instance, cost = run.incumbent.instance, best.score.cost
    options = _options(instance, run.least_time, cost)
    if options is None:
        return None
    return problem_from(instance, options, best.placement, upper_bound=cost, min_time=run.least_time)


def _options(instance: Instance, least: Fraction, cost: Fraction) -> dict[str, list[Option]] | None:
    """Return all options that a placement of at most that cost may need; None if there are too many."""
    weight, scale = instance.settings.wdeltat, instance.time_scale
    most = floor(cost / weight * scale) if weight else UNLIMITED
    try:
        options = all_options(instance, scaled(instance, least), most)
    except TooManyOptionsError:
        return None
    return options if sum(map(len, options.values())) <= MOST_OPTIONS else None


def _limits(run: Run) -> Limits:
    seconds = max(run.left() * (_SHARE if run.options.workers == 1 else 1.0), 0.0)
    seed = int(run.generator(Stream.WHOLE).integers(1 << 31))
    if run.clock.deterministic:
        return Limits(DETERMINISTIC_WALL * seconds, seed=seed, deterministic_time=seconds)
    return Limits(seconds, seed=seed, memory=run.solvers.model)
