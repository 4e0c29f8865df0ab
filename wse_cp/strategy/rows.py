"""Rows: the first placements.

Capped stacks, where a few rows across the end of a stack let it be faster.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from wse_cp.construct.capped.build import CappedSearch
from wse_cp.construct.orders import Order, orders
from wse_cp.construct.rows.build import construct_rows, realised
from wse_cp.strategy.run import Layouts, Run

#: Rows get this share of the time limit, at most so many seconds; more of them where adapters cost something,
#: for protocols take time to match. The first rows and hopeless ones get a part of the seconds without.
_SHARE, _SECONDS, _MATCHED_SECONDS, _FIRST = 0.15, 3.0, 6.0, 0.1

#: How many rows are kept as starts.
_KEPT = 8


def first_rows(run: Run) -> None:
    """Offer some rows found at once, regardless of adapters: good ones take seconds."""
    run.incumbent.working("first rows")
    for placement, _ in _quick(run, keep=1):
        run.incumbent.offer(placement, "first rows")


def construct(run: Run, hopeless: bool = False) -> Layouts:
    """Build rows, offer them and return them, best first; hopeless ones get no time where it is short."""
    begin = run.clock.now()
    run.incumbent.working("rows")
    most = _MATCHED_SECONDS if run.incumbent.instance.settings.wadapter else _SECONDS
    seconds = _seconds(run, most)
    layouts = _quick(run) if hopeless and seconds < most else _thorough(run, seconds)
    for placement, _ in layouts:
        run.offer(placement, "rows")
    run.incumbent.count("rows", run.clock.now() - begin)
    run.incumbent.working("")
    return layouts


def _quick(run: Run, keep: int = _KEPT) -> Layouts:
    instance, generator = run.incumbent.instance, np.random.default_rng([run.options.seed, 0])
    plain = replace(instance, settings=replace(instance.settings, wadapter=0))
    seconds = _FIRST * _seconds(run, _SECONDS)
    return construct_rows(plain, seconds=seconds, generator=generator, keep=keep, clock=run.clock)


def _thorough(run: Run, seconds: float) -> Layouts:
    best = run.incumbent.best
    return construct_rows(
        run.incumbent.instance,
        seconds=seconds,
        generator=np.random.default_rng([run.options.seed, 5]),
        keep=_KEPT,
        clock=run.clock,
        known=None if best is None else best[1].cost,
    )


def _seconds(run: Run, most: float) -> float:
    return min(_SHARE * max(run.left(), 0.0), most)


#: They get this share of the time limit, at most so many seconds.
_SHARE, _SECONDS = 0.08, 3.0
#: How many of the best are offered: improved, the best need not stay the best.
_KEPT_CAPS = 4


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
    wanted = (
        "caps" not in run.options.without and instance.settings.wadapter == 0 and len(instance.kernels) > 1
    )
    if best is None or not wanted or run.left() < 0:
        return
    begin = run.clock.now()
    end = begin + min(_SHARE * run.left(), _SECONDS)
    run.incumbent.working("caps")
    choice = [*([stack] if stack else []), *orders(instance, np.random.default_rng([run.options.seed, 6]))]
    search = CappedSearch(
        instance,
        list(dict.fromkeys(choice)),
        run.least_time,
        best[1].cost,
        run.clock,
        lambda: run.clock.now() > end or run.left() < 0,
    )
    for plan in search.run(_KEPT_CAPS):
        run.offer(realised(instance, plan)[0], "caps")
    run.incumbent.count("caps", run.clock.now() - begin)
    run.incumbent.working("")
