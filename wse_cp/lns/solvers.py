"""How many solver processes a run may have, and how much memory each may take for a model."""

from __future__ import annotations

import threading

from wse_cp.options import MAX_WORKERS
from wse_cp.processes.reliefs import RELIEFS, Pressure

#: Bytes that a model may take, and the least that is still worth trying.
MODEL_MEMORY, _LEAST_MODEL = 1 << 30, 128 * 10**6


class Solvers:
    """The solver processes of a run: fewer, and for smaller models, when memory is short.

    Parameters
    ----------
    most
        How many there may be; None if every worker may have one.
    model
        Bytes that each may allocate for a model.
    """

    def __init__(self, most: int | None = None, model: int = MODEL_MEMORY) -> None:
        self._lock = threading.Lock()
        self._most, self._model = MAX_WORKERS if most is None else most, model
        self._used = 0  # workers up to the last one that asked
        RELIEFS.add(self.ease)

    @property
    def model(self) -> int:
        """Bytes that a solver may allocate for a model."""
        return self._model

    def allows(self, worker: int) -> bool:
        """Tell whether a worker, by its number, may have a solver process."""
        self._used = max(self._used, worker + 1)
        return worker < self._most

    def ease(self, pressure: Pressure) -> None:
        """Allow one process less, or where there is one only, smaller models."""
        if pressure < Pressure.SHORT:
            return
        with self._lock:
            most = min(self._most, self._used)
            if most > 1:
                self._most = most - 1
            else:
                self._model = max(_LEAST_MODEL, self._model // 2)
