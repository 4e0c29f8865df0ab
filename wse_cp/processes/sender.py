"""Writes messages to the other side of a pipe."""

from __future__ import annotations

import pickle
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
