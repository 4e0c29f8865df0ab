"""Straight stacks, which are best where wire weighs most."""

from __future__ import annotations

import numpy as np

from wse_cp.construct.row_layout import stack_layout
from wse_cp.construct.slicing.pool import TreePool
from wse_cp.construct.slicing.search import SlicingSearch
from wse_cp.construct.slicing.space import SlicingSpace
from wse_cp.construct.slicing.trees import shape_of_rows
from wse_cp.lns.restack import Restacking
from wse_cp.score import score
from wse_cp.strategy.run import Run

#: Stacks are tried so often and then given up if the best costs so many times the incumbent.
_TRIED, _HOPELESS = 6, 1.06
#: However little time there is, the first stack may take this share of what is left.
_FIRST_SHARE = 0.6
#: The best stack leads if it costs at most so many times the incumbent.
_LEADS = 1.002


def build_stacks(run: Run, space: SlicingSpace, pool: TreePool, end: float, latest: float) -> None:
    """Build straight stacks until `end`, or `latest` as long as they lead or few have been tried.

    Their trees are put into the pool.
    """
    incumbent = run.incumbent
    if not incumbent.instance.kernel_edges:
        return
    restack = Restacking(incumbent.instance, np.random.default_rng([run.seed, 3]), run.clock)
    search, least, tried = SlicingSearch(space, run.seed), None, 0
    first = run.clock.now() + _FIRST_SHARE * run.left()

    def stopped() -> bool:
        nonlocal end, latest, first
        waited = run.give_way(only_to_verifier=True)
        end, latest, first = end + waited, latest + waited, first + waited
        best = incumbent.best
        leads = best is not None and least is not None and least <= _LEADS * best[1].cost
        until = latest if leads or tried < _TRIED else end
        return run.clock.now() > (until if tried else max(until, first)) or run.left() < 0

    while not stopped() and incumbent.best is not None:
        begin = run.clock.now()
        incumbent.working("stacks")
        placement, best = incumbent.best
        found = restack(placement, stopped)
        tried += 1
        if found is not None:
            run.offer(found, "stacks")
            cost = score(incumbent.instance, found).cost
            if least is None or cost < least:
                least = cost
                shape = shape_of_rows(space, stack_layout(found), found)
                pool.add(search.cost(shape), shape)
        incumbent.count("stacks", run.clock.now() - begin)
        if tried >= _TRIED and (least is None or least > _HOPELESS * best.cost):
            return
