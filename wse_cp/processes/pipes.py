"""Writes messages to the other side of a pipe.

What every child process does first: it takes its pipes.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
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


def take_pipes() -> tuple[Sender, IO[bytes]]:
    """Return what to answer with and the pipe that requests come from.

    From then on whatever is printed goes to standard error, a file of the parent's, and Ctrl-C on the
    terminal is the parent's to handle.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return Sender(answers), sys.stdin.buffer
