"""Rows: the first placements."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from wse_cp.construct.rows import construct_rows
from wse_cp.strategy.run import Layouts, Run

#: Rows get this share of the time limit, at most so many seconds; more of them where adapters cost something,
#: for protocols take time to match. The first rows get a part of the seconds without.
_SHARE, _SECONDS, _MATCHED_SECONDS, _FIRST = 0.15, 3.0, 6.0, 0.1


def first_rows(run: Run) -> None:
    """Offer some rows found at once, regardless of adapters: good ones take seconds."""
    instance, generator = run.incumbent.instance, np.random.default_rng([run.seed, 0])
    run.incumbent.working("first rows")
    plain = replace(instance, settings=replace(instance.settings, wadapter=0))
    seconds = _FIRST * _seconds(run, _SECONDS)
    for placement, _ in construct_rows(plain, seconds=seconds, generator=generator, keep=1, clock=run.clock):
        run.incumbent.offer(placement, "first rows")


def construct(run: Run) -> Layouts:
    """Build rows, offer them and return them, best first."""
    instance, generator = run.incumbent.instance, np.random.default_rng([run.seed, 5])
    seconds = _seconds(run, _MATCHED_SECONDS if instance.settings.wadapter else _SECONDS)
    begin = run.clock.now()
    run.incumbent.working("rows")
    layouts = construct_rows(instance, seconds=seconds, generator=generator, clock=run.clock)
    for placement, _ in layouts:
        run.offer(placement, "rows")
    run.incumbent.count("rows", run.clock.now() - begin)
    run.incumbent.working("")
    return layouts


def _seconds(run: Run, most: float) -> float:
    return min(_SHARE * max(run.left(), 0.0), most)
