"""What the parent and its solver process say to each other: pickled values over two pipes."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO

from wse_cp.cpsat.outcome import Limits, Outcome
from wse_cp.cpsat.problem import Choice, Problem


@dataclass(frozen=True)
class Solve:
    """Parent: solve this."""

    job: int
    problem: Problem
    limits: Limits


@dataclass(frozen=True)
class Stop:
    """Parent: end that job soon and answer with what there is."""

    job: int


@dataclass(frozen=True)
class Ready:
    """Child: the solver is loaded."""


@dataclass(frozen=True)
class Found:
    """Child: an improving solution."""

    job: int
    cost: int
    choices: Mapping[str, Choice]


@dataclass(frozen=True)
class Done:
    """Child: the job's outcome."""

    job: int
    outcome: Outcome


Request = Solve | Stop
Report = Ready | Found | Done


class Sender:
    """Writes messages to a pipe, one at a time, from any thread."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe, self._lock = pipe, threading.Lock()

    def send(self, message: Request | Report) -> None:
        """Write a message; raises OSError or ValueError if the other side is gone."""
        data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
        with self._lock:
            self._pipe.write(data)
            self._pipe.flush()
