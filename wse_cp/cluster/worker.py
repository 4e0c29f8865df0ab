"""What a worker is asked by the client: to work on a task, and to exchange what it has for what others have.

Dask sends these functions by their names, so that a worker runs those of its own installation. They are quick
to import.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import signal
import threading
from collections import deque
from typing import Protocol


class Exchanging(Protocol):
    """A search that is under way in this process."""

    def work(self) -> None:
        """Search until the time is over; in a thread that the cluster gives for it."""

    def exchange(self, order: str) -> str:
        """Take an order and return a report."""


_lock = threading.Lock()
_sessions: dict[str, Exchanging] = {}
_stopped: deque[str] = deque(maxlen=1000)  #: tasks that were told to stop before they began


def work(key: str, task: str) -> str:
    """Work on a task until its time is over, it is told to stop, or nobody asks for reports any more.

    Parameters
    ----------
    key
        By which orders name it.
    task
        The text of a `messages.Task`.

    Returns
    -------
    str
        The key: what was found is in the reports.
    """
    from wse_cp.cluster.session import open_session  # late: the search takes a while to load

    session = open_session(task)
    with _lock:
        if key in _stopped:
            return key
        _sessions[key] = session
    try:
        session.work()
    finally:
        with _lock:
            del _sessions[key]
    return key


async def exchange(key: str, order: str) -> str | None:
    """Give an order to a task in this process and return its report; None if there is no such task.

    It runs in a thread of its own: the worker's heartbeat must not wait for it.
    """
    with _lock:
        session = _sessions.get(key)
        if session is None and json.loads(order).get("stop"):
            _stopped.append(key)
    return None if session is None else await asyncio.to_thread(session.exchange, order)


def dask_setup(worker: object) -> None:
    """Prepare a worker that the client has started: Ctrl-C on the terminal is for the client alone.

    When all is done it ends at once: to take compiled code down takes an interpreter seconds.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    atexit.register(os._exit, 0)
