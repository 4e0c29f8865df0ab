"""Bounding: the search for a lower bound and the verifier, so that only what is verified leaves."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from fractions import Fraction
from os import PathLike, fspath
from threading import Event as StopEvent

from wse_cp.bounds.result import Bound
from wse_cp.decimals import exact_text
from wse_cp.errors import BoundError, shorten
from wse_cp.files.text import read_text
from wse_cp.instance import Instance
from wse_cp.machine.memory import release
from wse_cp.options import DEFAULT_TIME_LIMIT, DEFAULT_WORKERS, RunOptions, size_of
from wse_cp.processes.interpreter import runs_python
from wse_cp.progress import Event, GuardedObserver, Observer, open_view


def lower_bound(
    instance: Instance,
    *,
    time_limit: float = DEFAULT_TIME_LIMIT,
    workers: int = DEFAULT_WORKERS,
    observer: Observer | None = None,
    progress: bool = False,
    stop: StopEvent | None = None,
    verified: bool = True,
    memory_limit: int | str | None = None,
) -> Bound:
    """Return a cost that no legal placement can beat, with a certificate that has been verified.

    Parameters
    ----------
    time_limit
        Wall time of the search in seconds; verifying comes on top.
    workers
        Threads.
    observer
        Told of better bounds, as claimed, from one thread at a time; what it raises ends the search as with
        `solve`.
    progress
        Show the bound in the cell of a notebook, on a terminal, or as lines on standard error.
    stop
        Set it to end the search early; the best bound so far is returned. So it is after Ctrl-C, once there
        is one. It is set too when Ctrl-C or an observer ends the search.
    verified
        Have the verifier agree to the certificate. Without, the bound is no more than a claim.
    memory_limit
        Bytes, or a size as text, that the search and the verifier may take. The less there is, the fewer
        threads and processes work at the same time; at last adapters are left out. By default it is what the
        machine, or the container, leaves.

    Raises
    ------
    InputError
        If an option is out of range, the kernels cannot fit the wafer at any speed, or this process alone
        needs more memory than the limit.
    BoundError
        If the verifier refuses the certificate, which would be a defect.
    """
    options = RunOptions(time_limit, workers, memory_limit=size_of(memory_limit))
    # Late, because measuring memory takes a moment to import.
    from wse_cp.processes.budget import threads_of_bound, verifiers
    from wse_cp.processes.guard import MemoryGuard

    limit, threads = threads_of_bound(options.memory_limit, options.workers)
    since = _Since()
    with ExitStack() as stack:
        view = stack.enter_context(open_view(progress, time_limit))
        told = GuardedObserver([view, *([observer] if observer else [])])
        guard = MemoryGuard(limit, lambda text: told(Event(since(), "memory", text)))
        stack.enter_context(guard)
        found = _claimed(instance, replace(options, workers=threads), told, stop or StopEvent(), since.begin)
        release()
        if verified:
            told(Event(found.seconds, "verifier", "checking the certificate"))
        if told.error is not None:
            raise told.error
        if verified:
            ended = _never if stop is None or stop.is_set() else stop.is_set
            _require(instance, found, verifiers(limit, options.workers), ended)
    return found


class _Since:
    """Seconds since the search began; before that 0."""

    def __init__(self) -> None:
        self._began: float | None = None

    def begin(self) -> None:
        """Begin to count."""
        self._began = time.monotonic()

    def __call__(self) -> float:
        return 0.0 if self._began is None else time.monotonic() - self._began


def _claimed(
    instance: Instance,
    options: RunOptions,
    told: GuardedObserver,
    stop: StopEvent,
    begin: Callable[[], object],
) -> Bound:
    """Return the best bound found in time, or until Ctrl-C; no thread searches on afterwards."""
    # Late, because the compiler takes seconds to import.
    from wse_cp.bounds.halftiles.lower_bound import lower_bound as search_bound
    from wse_cp.bounds.search.exercise import exercise_bounds
    from wse_cp.compiled import warm_up

    warm_up(exercise_bounds, lambda text: told(Event(0.0, "compiler", text)))
    begin()
    best: list[Bound] = []

    def tell(bound: Bound) -> None:
        best[:] = [bound]
        told(Event(bound.seconds, bound.method, bound=bound))
        if told.ended:
            stop.set()

    try:
        return search_bound(
            instance, time_limit=options.time_limit, workers=options.workers, stop=stop, observer=tell
        )
    except BaseException as error:
        stop.set()
        if isinstance(error, KeyboardInterrupt) and best:
            return best[0]
        raise


def _never() -> bool:
    return False


def _require(instance: Instance, bound: Bound, workers: int, ended: Callable[[], bool]) -> None:
    """Raise `BoundError` unless the verifier derives the bound's value from its certificate.

    Once `ended` returns True it is as if the user had pressed Ctrl-C.
    """
    value = verify(instance, bound, workers, ended)
    if value < bound.value:
        claim = exact_text(bound.value)
        raise BoundError(f"the bound {claim} found: its certificate proves {exact_text(value)} only")


def verify(
    instance: Instance,
    certificate: str | Bound | PathLike[str],
    workers: int = DEFAULT_WORKERS,
    ended: Callable[[], bool] = _never,
) -> Fraction:
    """Return the lower bound that a certificate proves, by a program that shares no code with its maker.

    Parameters
    ----------
    certificate
        The JSON text (as `Result.certificate`), a bound with its certificate, or the path of a file.
    workers
        Processes.
    ended
        Asked every few milliseconds whether to end at once.

    Raises
    ------
    InputError
        If the file cannot be read.
    BoundError
        If the certificate does not hold; says the first thing that is wrong.
    KeyboardInterrupt
        If it was to end at once.
    """
    from wse_cp.bounds.verifier import CertificateError, EndedError
    from wse_cp.bounds.verifier import verify as check

    source, text = _named(certificate)
    try:
        return check(instance, text, workers if runs_python() else 1, ended)
    except EndedError:
        raise KeyboardInterrupt from None
    except CertificateError as error:
        reason = shorten(" ".join(str(error).split()), 300)
        raise BoundError(f"{source}certificate refused: {reason}") from None


def known_bound(
    instance: Instance, certificate: str | Bound | PathLike[str], workers: int, stop: StopEvent | None
) -> Bound:
    """Return the bound of a certificate that the verifier agrees to; raises as `verify` does.

    Once `stop` is set it is as if the user had pressed Ctrl-C.
    """
    value = verify(instance, certificate, workers, _never if stop is None else stop.is_set)
    if isinstance(certificate, Bound):
        return replace(certificate, value=value)
    return Bound(value, None, "known before", 0.0, _named(certificate)[1])


def _named(certificate: str | Bound | PathLike[str]) -> tuple[str, str]:
    """Return what to begin an error with, and the text of the certificate."""
    if isinstance(certificate, Bound):
        return f"the bound {exact_text(certificate.value)} found: ", certificate.certificate
    if isinstance(certificate, str):
        return "", certificate
    return f"{fspath(certificate)}: ", read_text(fspath(certificate))
