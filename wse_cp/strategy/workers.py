"""The threads of a run: each does its work until the end, or with less memory what it can."""

from __future__ import annotations

import threading
from collections.abc import Callable

from wse_cp.processes.reliefs import ease_all
from wse_cp.strategy.keeping import keep_operators
from wse_cp.strategy.run import Run, Stream

#: How often a worker whose memory is exhausted begins, at most.
_TRIES = 4


def neighbourhoods(run: Run, worker: int) -> None:
    """Improve the incumbent by large neighbourhoods alone until the time is over, if there is one."""
    if run.left() <= 0 or run.incumbent.best is None or "neighbourhoods" in run.options.without:
        return
    generator = run.generator(Stream.NEIGHBOURHOODS, worker)
    if not run.solvers.allows(worker):
        return
    with run.searching(generator, worker) as search:
        keep_operators(run, worker, search)
        search.run(run.clock.now() + run.left())


def with_workers(run: Run, work: Callable[[int], None]) -> None:
    """Call `work` in each of the workers' threads, with its number; raise what the first failure raised.

    Where memory is exhausted it is called again, a few times, after all have given up what they can. The last
    time large neighbourhoods take its place if there is an incumbent: they need least.
    """
    failures: list[Exception] = []

    def guarded(worker: int) -> None:
        for tries_left in reversed(range(_TRIES)):
            alone = not tries_left and run.incumbent.best is not None
            try:
                return neighbourhoods(run, worker) if alone else work(worker)
            except MemoryError as error:
                failure = error.with_traceback(None)  # which holds on to what was in hand
            except Exception as error:
                return failures.append(error)
            ease_all()
            run.incumbent.say("memory", "exhausted: going on with less")
            if run.left() <= 0:
                break
        return None if run.left() <= 0 and run.incumbent.best is not None else failures.append(failure)

    # Daemons, because a late thread must not keep the process from ending.
    threads = [threading.Thread(target=guarded, args=(k,), daemon=True) for k in range(run.options.workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
