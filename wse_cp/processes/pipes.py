"""Writes messages to the other side of a pipe.

What every child process does first: it takes its pipes, and ends when its parent is gone.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import time
from typing import IO


class Sender:
    """Writes pickled messages to a pipe, one at a time, from any thread."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe, self._lock = pipe, threading.Lock()

    def send(self, message: object) -> None:
        """Write a message; raises OSError or ValueError if the other side is gone."""
        data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
        with self._lock:
            self._pipe.write(data)
            self._pipe.flush()


#: Seconds between looks at the parent.
WATCH_PERIOD = 1.0


def take_pipes() -> tuple[Sender, IO[bytes]]:
    """Return what to answer with and the pipe that requests come from.

    From then on whatever is printed goes to standard error, a file of the parent's; Ctrl-C on the terminal
    is the parent's to handle; and this process ends, with its own children, when the parent is gone.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    threading.Thread(target=_watch, args=(os.getppid(),), daemon=True).start()
    return Sender(answers), sys.stdin.buffer


def _watch(parent: int) -> None:
    """End everything here when the parent is gone, even if someone else still holds the pipe open."""
    while os.getppid() == parent:
        time.sleep(WATCH_PERIOD)
    if os.name == "posix" and os.getpgid(0) == os.getpid():  # a group of its own, as the parent made it
        os.killpg(0, signal.SIGKILL)
    os._exit(0)
