"""Rows and capped stacks, built before the threads start, and how long they may take."""

from __future__ import annotations

from dataclasses import replace

from wse_cp.construct.capped.build import CappedSearch
from wse_cp.construct.linear import annealed_orders
from wse_cp.construct.orders import Order, orders
from wse_cp.construct.rows.build import construct_rows, realised
from wse_cp.strategy.run import Layouts, Run, Stream

#: Rows may take this share of the time left, but at most so many seconds; or so many where adapters cost
#: something, for matching protocols takes time.
_SHARE, _SECONDS, _MATCHED_SECONDS = 0.15, 3.0, 6.0
#: The quick first rows, and rows that are hopeless, may take this share of the time without adapters.
_FIRST = 0.1

#: How many rows are kept as starts.
_KEPT = 8
#: Capped stacks get a share of the time left, up to a number of seconds.
_CAPS_SHARE, _CAPS_SECONDS = 0.08, 3.0
#: How many of the best are offered: another than the best may be the best once aligned.
_KEPT_CAPS = 4


def first_rows(run: Run, keep: int = 1) -> Layouts:
    """Offer some rows found at once, adapters not counted, and return them: good ones take seconds."""
    with run.incumbent.working("first rows"):
        layouts = _quick(run, keep)
        for placement, _ in layouts:
            run.incumbent.offer(placement, "first rows")
    return layouts


def construct(run: Run, hopeless: bool = False) -> Layouts:
    """Build rows, offer them and return them, best first; hopeless ones get no time where it is short.

    If rows are left out, they are like the first ones.
    """
    if "rows" in run.options.without:
        return first_rows(run, _KEPT)
    begin = run.clock.now()
    with run.incumbent.working("rows"):
        most = _MATCHED_SECONDS if run.incumbent.instance.weighs_adapters else _SECONDS
        seconds = _seconds(run, most)
        layouts = _quick(run) if hopeless and seconds < most else _thorough(run, seconds)
        for placement, _ in layouts:
            run.offer(placement, "rows")
        run.incumbent.count("rows", run.clock.now() - begin)
    return layouts


def _quick(run: Run, keep: int = _KEPT) -> Layouts:
    instance = run.incumbent.instance
    plain = replace(instance, settings=replace(instance.settings, wadapter=0))
    return construct_rows(
        plain,
        seconds=_FIRST * _seconds(run, _SECONDS),
        generator=run.generator(Stream.QUICK_ROWS),
        keep=keep,
        clock=run.clock,
    )


def _thorough(run: Run, seconds: float) -> Layouts:
    best = run.incumbent.best
    return construct_rows(
        run.incumbent.instance,
        seconds=seconds,
        generator=run.generator(Stream.ROWS),
        keep=_KEPT,
        clock=run.clock,
        known=None if best is None else best.score.cost,
        more=_annealed(run),
    )


def _annealed(run: Run) -> list[Order]:
    if run.memory.orders:  # annealed by an earlier run
        return run.memory.orders
    instance, generator = run.incumbent.instance, run.generator(Stream.ORDERS)
    choice, seed = orders(instance, generator), int(generator.integers(1 << 62))
    found = annealed_orders(instance, choice, run.least_time, seed, run.clock)
    run.memory.add_orders(found)
    return found


def _seconds(run: Run, most: float) -> float:
    return min(_SHARE * max(run.left(), 0.0), most)


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
    wanted = "caps" not in run.options.without and not instance.weighs_adapters and len(instance.kernels) > 1
    if best is None or not wanted or run.left() < 0:
        return
    begin = run.clock.now()
    end = begin + min(_CAPS_SHARE * run.left(), _CAPS_SECONDS)
    choice = [*([stack] if stack else []), *orders(instance, run.generator(Stream.CAPS))]
    with run.incumbent.working("caps"):
        search = CappedSearch(
            instance,
            list(dict.fromkeys(choice)),
            run.least_time,
            best.score.cost,
            run.clock,
            lambda: run.clock.now() > end or run.left() < 0,
        )
        for plan in search.run(_KEPT_CAPS):
            run.offer(realised(instance, plan)[0], "caps")
        run.incumbent.count("caps", run.clock.now() - begin)
