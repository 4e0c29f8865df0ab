"""Linear programmes by HiGHS that never outlive the interpreter.

HiGHS has threads of its own. If the interpreter ends while another thread is in HiGHS, the process is
aborted. So programmes that are being solved then are waited for.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from scipy.optimize import linprog

#: Seconds that a programme may take.
SECONDS = 5.0
#: The stubs know nothing of sparse constraints.
_linprog: Any = linprog


def minimise(costs: Any, **programme: Any) -> Any:
    """Return what `scipy.optimize.linprog` finds; its `x` is None if that takes longer than `SECONDS`."""
    with _WORK.one():
        return _linprog(costs, method="highs", options={"time_limit": SECONDS}, **programme)


class _Work:
    """How many programmes are being solved."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count, self._over = 0, False
        atexit.register(self._end)

    @contextmanager
    def one(self) -> Iterator[None]:
        """Count one more; the thread ends if the interpreter does."""
        with self._changed:
            if self._over:
                raise SystemExit
            self._count += 1
        try:
            yield
        finally:
            with self._changed:
                self._count -= 1
                self._changed.notify_all()

    def _end(self) -> None:
        with self._changed:
            self._over = True
            self._changed.wait_for(lambda: not self._count, 2 * SECONDS)


_WORK = _Work()
