"""Waiting for what other processes and threads do."""

from __future__ import annotations

import time
from collections.abc import Callable

import psutil

from wse_cp.processes.child_process import ChildProcess

#: Seconds after which nothing comes any more.
PATIENCE = 60.0


def happens(condition: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Tell whether something comes to be within some seconds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def gone(pid: int) -> bool:
    """Tell whether no process has the number; a zombie still has it."""
    return not psutil.pid_exists(pid)


def ended(pid: int) -> bool:
    """Tell whether a process that someone else has to wait for has ended."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def ask(process: ChildProcess[object, object], request: object) -> object:
    """Send a request and return the report; None also if there will be none."""
    process.send(request)
    return process.reports.get(timeout=PATIENCE)
