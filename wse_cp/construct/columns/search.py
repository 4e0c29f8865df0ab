"""Annealing of plans in rounds, each followed by the best cycle limit for the columns as they stand."""

from __future__ import annotations

from collections.abc import Callable

from wse_cp.clock import Clock
from wse_cp.construct.columns.anneal import Prices, anneal
from wse_cp.construct.columns.arrangement import closed, opened
from wse_cp.construct.columns.retime import retimed
from wse_cp.construct.columns.scan import Plan
from wse_cp.construct.columns.state import WIRE2, State
from wse_cp.construct.random import new_random

#: Seconds between looks at the clock, and moves to begin with.
_SLICE, _MOVES = 0.05, 200
#: Seconds that a move takes, roughly.
_MOVE_WORK = 3e-5


class ColumnAnnealer:
    """Anneals plans of one instance, round by round; one thread may use it."""

    def __init__(self, seed: int, clock: Clock, over: Callable[[], bool]) -> None:
        self._random = new_random(seed)
        self._clock, self._over = clock, over

    def run(self, plan: Plan, seconds: float, hot: float, cold: float) -> Plan:
        """Return the best plan met, the one given included.

        Parameters
        ----------
        seconds
            Time by the clock.
        hot, cold
            First and last temperature relative to the mean cost of an edge.
        """
        settings = plan.problem.instance.settings
        curves = plan.problem.curves(plan.limit)
        state = opened(plan.problem, curves, plan.arrangement)
        assert state is not None, "the plan does not fit"
        wafer = settings.width * settings.height
        prices = Prices(settings.wlength / 2, settings.wdeltat * float(plan.limit) / wafer)
        mean = prices.wire2 * float(state.scalars[WIRE2]) / max(len(plan.problem.edges), 1)
        self._cool(state, prices, seconds, hot * mean, cold * mean)
        cost = plan.problem.cost(plan.limit, state.scalars[WIRE2])
        found = [plan, Plan(cost, plan.limit, closed(state), plan.problem, plan.key)]
        better = retimed(plan.problem, found[-1].arrangement, plan.limit)
        if better is not None:
            found.append(Plan(*better, plan.problem, plan.key))
        return min(found, key=lambda plan: plan.cost)

    def _cool(self, state: State, prices: Prices, seconds: float, hot: float, cold: float) -> None:
        """Make moves at falling temperatures for some time."""
        clock, moves = self._clock, _MOVES
        begin = clock.now()
        while (share := (clock.now() - begin) / seconds) < 1 and not self._over():
            before = clock.now()
            anneal(state, prices, self._random, max(hot, 1e-9) * (cold / hot) ** share, moves)
            clock.spend(_MOVE_WORK * moves)
            moves = int(min(max(moves * _SLICE / max(clock.now() - before, 1e-4), moves / 2, 50), 2 * moves))
