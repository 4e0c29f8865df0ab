"""A child process that waits for its next task."""

from __future__ import annotations

import atexit
import os
import threading
from typing import Generic

from wse_cp.processes.child_process import ChildProcess, ReportT, RequestT


class IdleProcess(Generic[RequestT, ReportT]):
    """Keeps at most one process that is ready for more work, for loading takes seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: ChildProcess[RequestT, ReportT] | None = None
        self._owner = os.getpid()
        atexit.register(self.clear)

    def take(self) -> ChildProcess[RequestT, ReportT] | None:
        """Return the idle process if there is one that lives, to be given back or killed."""
        with self._lock:
            process, self._idle = self._idle, None
        if process is None or self._owner != os.getpid():  # the other side of a fork: not ours to talk to
            return None
        if process.alive:
            return process
        process.kill()
        return None

    def give(self, process: ChildProcess[RequestT, ReportT]) -> None:
        """Keep a process that waits for its next run, or end it if there is one already."""
        with self._lock:
            spare, self._idle = (process, self._idle) if self._idle is not None else (None, process)
            self._owner = os.getpid()
        if spare is not None:
            spare.kill()

    def clear(self) -> None:
        """End the idle process."""
        process = self.take()
        if process is not None:
            process.kill()
