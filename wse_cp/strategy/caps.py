"""Capped stacks, where a few rows across the end of a stack let it be faster."""

from __future__ import annotations

import numpy as np

from wse_cp.construct.capped.search import CappedSearch
from wse_cp.construct.orders import Order, orders
from wse_cp.construct.rows import realised
from wse_cp.strategy.run import Run

#: They get this share of the time limit, at most so many seconds.
_SHARE, _SECONDS = 0.08, 3.0
#: How many of the best are offered: improved, the best need not stay the best.
_KEPT = 4


def build_caps(run: Run, stack: Order | None) -> None:
    """Look for capped stacks and offer them.

    Where adapters cost something there are none: rows and stacks in which protocols are matched were better
    in all cases looked at.

    Parameters
    ----------
    stack
        The order of a good straight stack, if one is known.
    """
    instance, best = run.incumbent.instance, run.incumbent.best
    wanted = "caps" not in run.without and instance.settings.wadapter == 0 and len(instance.kernels) > 1
    if best is None or not wanted or run.left() < 0:
        return
    begin = run.clock.now()
    end = begin + min(_SHARE * run.left(), _SECONDS)
    run.incumbent.working("caps")
    choice = [*([stack] if stack else []), *orders(instance, np.random.default_rng([run.seed, 6]))]
    search = CappedSearch(
        instance,
        list(dict.fromkeys(choice)),
        run.least_time,
        best[1].cost,
        run.clock,
        lambda: run.clock.now() > end or run.left() < 0,
    )
    for plan in search.run(_KEPT):
        run.offer(realised(instance, plan)[0], "caps")
    run.incumbent.count("caps", run.clock.now() - begin)
    run.incumbent.working("")
