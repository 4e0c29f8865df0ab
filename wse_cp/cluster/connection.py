"""A cluster as a run sees it: reached by an address, started on this machine, or the user's own client."""

from __future__ import annotations

import asyncio
import logging
import os
import pydoc
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, cast

from wse_cp.errors import InputError
from wse_cp.options import MAX_WORKERS
from wse_cp.version import __version__

if TYPE_CHECKING:
    from distributed import Client

#: Before the number of workers to start on this machine.
LOCAL = "local:"
#: Seconds for which a scheduler is waited for, and then a worker.
SCHEDULER_PATIENCE, WORKER_PATIENCE = 10.0, 60.0
#: Seconds that ending a cluster of our own, and leaving one, may take.
_ENDING, _CLOSING = 10.0, 2.0
#: Seconds between looks at whether a worker has come.
_PERIOD = 0.1
#: What is asked of a worker first: an answer that needs nothing of this package to be understood.
_VERSION = "wse_cp.version.__version__"
#: Seconds that this may take.
_VERSION_PATIENCE = 30.0

_log = logging.getLogger(__name__)


@contextmanager
def connected(cluster: str | Client, stop: threading.Event | None = None) -> Iterator[Client]:
    """Give a client of a cluster that has a worker.

    Parameters
    ----------
    cluster
        The address of a scheduler, the file that it wrote, or `local:N` for N workers on this machine; or a
        client, which stays open.
    stop
        Set it to wait no longer: then there may be no worker.

    Raises
    ------
    InputError
        If Dask is not installed, nothing answers, or no worker comes in time.
    """
    _require_distributed()
    if not isinstance(cluster, str):
        client = _checked(cluster)
        _wait_for_worker(client, "the client", stop)
        yield client
        return
    with _quiet(), _opened(cluster) as client:
        _wait_for_worker(client, cluster, stop)
        yield client


def _require_distributed() -> None:
    try:
        import distributed  # noqa: F401
    except ImportError:
        raise InputError(
            "the package distributed (pip install 'wse-cp[cluster]')", "none", "--cluster"
        ) from None


def _checked(client: Any) -> Client:
    """Return a client that the calling thread can use."""
    from distributed import Client

    if not isinstance(client, Client):
        raise InputError("a distributed.Client or the address of a cluster", type(client).__name__, "client")
    if client.asynchronous:
        raise InputError("a client that is not asynchronous", "an asynchronous one", "client")
    if client.status != "running":
        raise InputError("a client that is connected", f"one that is {client.status}", "client")
    return client


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask's log from standard error: what matters to the user is said by the run."""
    handlers = [(handler, handler.level) for handler in logging.getLogger("distributed").handlers]
    for handler, _ in handlers:
        handler.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for handler, before in handlers:
            handler.setLevel(before)


@contextmanager
def _opened(cluster: str) -> Iterator[Client]:
    """Give a client of our own; raises `InputError` if nothing is there."""
    from distributed import Client

    make: Any = Client
    if cluster.startswith(LOCAL):
        with _started(_number(cluster)) as client:
            yield client
        return
    given = {"scheduler_file": cluster} if os.path.isfile(cluster) else {"address": _address(cluster)}
    try:
        client = make(**given, timeout=SCHEDULER_PATIENCE, set_as_default=False)
    except Exception as error:  # of many kinds: sockets, TLS, what the file holds
        found = " ".join(str(error).split()) or type(error).__name__
        expected = f"a Dask scheduler that answers within {SCHEDULER_PATIENCE:.0f} s"
        raise InputError(expected, found, f"--cluster {cluster}") from None
    try:
        yield client
    finally:
        with suppress(Exception):
            client.close(_CLOSING)


def _number(cluster: str) -> int:
    text = cluster.removeprefix(LOCAL)
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MAX_WORKERS):
        raise InputError(f"local: and 1 to {MAX_WORKERS} workers", text, "--cluster")
    return int(text)


def _address(cluster: str) -> str:
    """Return an address that Dask could take for one."""
    protocol, _, rest = cluster.rpartition("://")
    known = protocol.isalnum() or (not protocol and rest.rpartition(":")[2].isdigit())
    if not known or ":" not in cluster:
        expected = "an address (tcp://host:8786), local:N, or a scheduler's file"
        raise InputError(expected, cluster or "nothing", "--cluster")
    return cluster


@contextmanager
def _started(workers: int) -> Iterator[Client]:
    """Give a client of so many processes of one thread on this machine, which end with it."""
    from distributed import Client, LocalCluster

    start: Any = LocalCluster
    make: Any = Client
    try:
        cluster = start(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            dashboard_address="127.0.0.1:0",
            scheduler_kwargs={"dashboard": False},
            memory_limit=None,
            preload=["wse_cp.cluster.worker"],
            silence_logs=logging.CRITICAL,
        )
    except (OSError, RuntimeError) as error:
        found = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"{workers} worker processes", found, "--cluster") from None
    try:
        with make(cluster, set_as_default=False) as client:
            yield client
    finally:
        with suppress(Exception):
            cluster.close(timeout=_ENDING)


def _wait_for_worker(client: Client, name: str, stop: threading.Event | None) -> None:
    """Wait for the first worker; raises `InputError` if none comes in time."""
    end, present = time.monotonic() + WORKER_PATIENCE, cast(Any, client).nthreads
    while not (stop is not None and stop.is_set()):
        try:
            if present(callback_timeout=SCHEDULER_PATIENCE):
                return
        except OSError:
            _log.debug("the scheduler does not answer", exc_info=True)
        if time.monotonic() > end:
            raise InputError(f"a worker within {WORKER_PATIENCE:.0f} s", "none", f"--cluster {name}")
        time.sleep(_PERIOD)


async def version_of(client: Client, worker: str) -> str:
    """Return the version of this package that a worker has, "none" if it has none."""
    asked: Any = client.run(pydoc.locate, _VERSION, workers=[worker])
    found = (await asyncio.wait_for(asked, _VERSION_PATIENCE))[worker]
    return found if isinstance(found, str) else "none"


def refusal(version: str) -> str | None:
    """Return why a worker of a version is refused, None if it is the client's."""
    if version == __version__:
        return None
    return f"refused: it has wse-cp {version}, this is {__version__}"
