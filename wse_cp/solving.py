"""Solving: a run from its options to a checked result, here or on a cluster."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from threading import Event as StopEvent
from typing import TYPE_CHECKING

from wse_cp.bounding import known_bound
from wse_cp.bounds.result import Bound
from wse_cp.checkpoint.folder import read_checkpoint
from wse_cp.checkpoint.keeping import open_keeping
from wse_cp.errors import InputError
from wse_cp.instance import Instance
from wse_cp.options import DEFAULT_SEED, DEFAULT_TIME_LIMIT, DEFAULT_WORKERS, RunOptions, size_of
from wse_cp.placement import Placement
from wse_cp.progress import Monitor, Observer, open_view
from wse_cp.result import Result
from wse_cp.score import checked_score

if TYPE_CHECKING:
    from distributed import Client

    from wse_cp.cluster.portfolio import Portfolio

FilePath = str | PathLike[str]


def solve(
    instance: Instance,
    *,
    time_limit: float = DEFAULT_TIME_LIMIT,
    workers: int = DEFAULT_WORKERS,
    seed: int | None = None,
    start: Placement | None = None,
    observer: Observer | None = None,
    monitor: Monitor | None = None,
    progress: bool = False,
    stop: StopEvent | None = None,
    deterministic: bool = False,
    without: Collection[str] = (),
    output: FilePath | None = None,
    checkpoint: FilePath | None = None,
    resume: FilePath | None = None,
    bound: str | Bound | PathLike[str] | None = None,
    memory_limit: int | str | None = None,
    client: Client | str | None = None,
) -> Result:
    """Place the kernels of an instance as cheaply as the time allows.

    Parameters
    ----------
    time_limit, workers, seed, deterministic, without
        See `wse_cp.options.RunOptions`. Without a seed it is 0, or that of the checkpoint.
    start
        A legal placement to improve on.
    observer
        Told of every improvement, better bound and message (an `Event`), from any thread but never from two
        at once. If it raises `StopIteration` the run ends early, and the best placement so far is returned;
        any other exception ends the run too and is raised here. What it returns does not matter.
    monitor
        Told about four times a second who searches and what that has brought (an `Activity`), in the
        thread that called. What it raises ends the run as with `observer`.
    progress
        Show incumbent, bound, gap and activity: in the cell of a notebook, on a terminal, or as lines on
        standard error.
    stop
        Set it, from any thread, to end the run early; the best placement so far is returned. So it is after
        Ctrl-C (`KeyboardInterrupt`) once there is one; a second Ctrl-C is raised.
    output
        A file in which the best placement so far stands while the run goes on, and at its end.
    checkpoint
        A folder to keep the state of the run in; one that is there already must hold no checkpoint, unless
        it is that of `resume`. See docs/checkpoints.md.
    resume
        A folder with a checkpoint to go on from, and to keep the state in if `checkpoint` names no other.
    bound
        A certificate of a lower bound to begin with, as for `verify`, which checks it first.
    memory_limit
        Bytes, or a size as text such as "1.5GB", that this process and those of the run may take together.
        The less there is, the fewer processes work at the same time, and the smaller are caches and models.
        By default it is what the machine, or the container, leaves. See docs/memory.md.
    client
        Search on a cluster of Dask: a `distributed.Client`, which stays open, or where the cluster is, as for
        `--cluster`. `workers` is then the number of processes that verify bounds here. See docs/cluster.md.

    Raises
    ------
    InputError
        If an option is out of range, the kernels cannot fit the wafer at any speed, this process alone needs
        more memory than the limit, the checkpoint is of another instance or version, damaged, or in use, or
        the cluster has no worker.
    BoundError
        If the certificate of `bound` does not hold.
    IllegalPlacementError
        If `start` is not legal, or what was found is not, which would be a defect.
    NoPlacementError
        If nothing legal was found in time.
    """
    resumed = None if resume is None else read_checkpoint(Path(resume), instance)
    if seed is None:
        seed = resumed.kept.seed if resumed else DEFAULT_SEED
    options = RunOptions(time_limit, workers, seed, deterministic, without, size_of(memory_limit))
    if client is not None and options.deterministic:
        raise InputError("a run on this machine alone", "a cluster", "deterministic")
    known = None if bound is None else known_bound(instance, bound, options.workers, stop)
    # Late, because the solver and the compiler take seconds to import.
    from wse_cp.solve import solve as search

    with (
        open_keeping(output, checkpoint, resume, resumed, known) as keeping,
        _opened(client, stop) as elsewhere,
        open_view(progress, time_limit) as view,
    ):
        result = search(
            instance,
            options,
            start=start,
            observers=[view, *filter(None, [observer])],
            monitors=[view.watch, *filter(None, [monitor])],
            stop=stop,
            keeping=keeping,
            **({} if elsewhere is None else {"elsewhere": elsewhere}),
        )
    checked_score(result.instance, result.placement)
    return result


@contextmanager
def _opened(client: Client | str | None, stop: StopEvent | None) -> Iterator[Portfolio | None]:
    """Give the search on a cluster, None if there is none."""
    if client is None:
        yield None
        return
    from wse_cp.cluster.portfolio import opened  # late, because few runs need it

    with opened(client, stop) as portfolio:
        yield portfolio
