"""The command ``bound``: search, have the certificate checked, write it."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from wse_cp.bounds.result import Bound
from wse_cp.commands.outputs import check_outputs
from wse_cp.commands.signals import stop_on_signals
from wse_cp.commands.solving import read_instance
from wse_cp.commands.verifying import proven
from wse_cp.decimals import exact_text
from wse_cp.errors import BoundError
from wse_cp.files.text import write_atomically
from wse_cp.instance import Instance
from wse_cp.options import DEFAULT_SEED, DEFAULT_TIME_LIMIT, DEFAULT_WORKERS, check_options
from wse_cp.progress import Event, open_observer


@dataclass(frozen=True)
class BoundRequest:
    """What a command line asks of ``bound``; `certificate` is the file to write, if any."""

    instance: Path
    time_limit: float = DEFAULT_TIME_LIMIT
    workers: int = DEFAULT_WORKERS
    certificate: Path | None = None
    quiet: bool = False


def run_bound(request: BoundRequest) -> Bound:
    """Bound the cost as asked and write the certificate.

    Raises
    ------
    InputError
        If an option, an input or an output is wrong: always before the search starts.
    BoundError
        If the verifier refuses the certificate; nothing is written then.
    """
    check_options(request.time_limit, request.workers, DEFAULT_SEED)
    if request.certificate is not None:
        check_outputs([request.certificate], [request.instance])
    instance = read_instance(request.instance, {})
    bound = certified_bound(instance, request.time_limit, request.workers, request.quiet)
    if request.certificate is not None:
        write_atomically(request.certificate, bound.certificate)
    return bound


def certified_bound(
    instance: Instance, time_limit: float, workers: int = DEFAULT_WORKERS, quiet: bool = False
) -> Bound:
    """Return the best bound found in time or until the user stops the search; the verifier agrees to it.

    Raises
    ------
    BoundError
        If it does not.
    """
    started = time.monotonic()
    stop = threading.Event()
    with stop_on_signals(stop, "bound"), open_observer(sys.stderr, quiet, time_limit) as observer:
        # Late, because the compiler takes seconds to import.
        from wse_cp.bounds.search.best_first import exercise_bounds, lower_bound
        from wse_cp.compiled import warm_up

        warm_up(exercise_bounds, lambda text: observer(Event(time.monotonic() - started, "compiler", text)))
        bound = lower_bound(
            instance,
            time_limit=time_limit,
            workers=workers,
            stop=stop,
            observer=lambda better: observer(Event(better.seconds, better.method, bound=better)),
        )
        # Still within the handlers: a signal that comes now must not lose what was found.
        observer(Event(time.monotonic() - started, "verifier", "checking the certificate"))
        _check(instance, bound)
    return bound


def _check(instance: Instance, bound: Bound) -> None:
    value = proven(instance, bound.certificate, f"the bound {exact_text(bound.value)} found")
    if value < bound.value:
        raise BoundError(
            f"the bound {exact_text(bound.value)} found: its certificate proves {exact_text(value)} only"
        )
