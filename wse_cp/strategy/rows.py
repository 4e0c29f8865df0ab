"""Rows: the first placements."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from wse_cp.construct.rows import construct_rows
from wse_cp.strategy.run import Layouts, Run

#: Rows get this share of the time limit, at most so many seconds.
_SHARE, _SECONDS = 0.15, 3.0


def construct(run: Run) -> Layouts:
    """Build rows, offer them and return them, best first."""
    seconds = min(_SHARE * max(run.left(), 0.0), _SECONDS)
    begin = run.clock.now()
    instance, generator = run.incumbent.instance, np.random.default_rng([run.seed, 0])
    # Good rows take seconds, matching protocols most of all; some rows regardless of adapters come first.
    plain = replace(instance, settings=replace(instance.settings, wadapter=0))
    for placement, _ in construct_rows(
        plain, seconds=seconds / 10, generator=generator, keep=1, clock=run.clock
    ):
        run.incumbent.offer(placement, "first rows")
    layouts = construct_rows(instance, seconds=seconds, generator=generator, clock=run.clock)
    for placement, _ in layouts:
        run.offer(placement, "rows")
    run.incumbent.count("rows", run.clock.now() - begin)
    return layouts
