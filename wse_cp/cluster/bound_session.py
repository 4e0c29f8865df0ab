"""The search for a bound on a worker: of the range of largest times that the client gives."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

from wse_cp.bounds.search.best_first import BoundSearch
from wse_cp.cluster.compiling import compile_here
from wse_cp.cluster.lease import Lease
from wse_cp.cluster.messages import MAX_MESSAGE, Order, Region, Report, State, Task, parse, text_of
from wse_cp.files.json_documents import parse_instance

#: Seconds between two certificates: they are longer than the rest.
_PAUSE = 2.0
#: Seconds between looks where nothing is left to do.
_LOOK = 0.1
#: Under this name it appears among what is at work.
_NAME = "bound"

_log = logging.getLogger(__name__)


class BoundSession:
    """A search for a bound that goes on in this process, seen from outside by `exchange`."""

    def __init__(self, task: Task) -> None:
        self.instance = parse_instance(task.instance, "the task's instance")
        self.lease = Lease()
        self.state: State = "loading"
        self._threads, self._lock = task.threads, threading.Lock()
        self._search = BoundSearch(self.instance, self.lease.stop.is_set, proofs=False)
        self._region: Region | None = None  #: to turn to next
        self._found: tuple[Region, str] | None = None  #: not reported yet
        self._failure = ""

    def work(self) -> None:
        """Compile, wait for the run to begin, search until told to stop."""
        self.lease.watch()
        try:
            compile_here(self.lease.stop, self._compiling)
            self.state = "ready"
            self.lease.begun.wait()
            self.state = "searching"
            self._improve()
            self.state = "unheard" if self.lease.unheard else "ended"
        except Exception as error:
            _log.info("the search for a bound failed", exc_info=True)
            self._failure = f"failed: {error!r}"
            self.state = "failed"
        finally:
            self.lease.linger()

    def _compiling(self) -> None:
        self.state = "compiling"

    def _improve(self) -> None:
        search, told, due = self._search, Fraction(0), 0.0
        with ThreadPoolExecutor(self._threads) as pool:
            while not self.lease.stop.is_set() and self.lease.left > 0:
                if self._turn():
                    told, due = Fraction(0), 0.0
                many = self._threads if search.gains_by_threads else 1
                worked = [done.result() for done in [pool.submit(search.step) for _ in range(many)]]
                if search.value > told and time.monotonic() > due:
                    bound = search.bound()
                    told, due = bound.value, time.monotonic() + _PAUSE
                    with self._lock:
                        self._found = search.region, bound.certificate
                if not any(worked):
                    self.lease.stop.wait(_LOOK)

    def _turn(self) -> bool:
        """Turn to another range if there is one to turn to."""
        with self._lock:
            region, self._region = self._region, None
        if region is None or region == self._search.region:
            return False
        self._search.focus(region)
        return True

    def exchange(self, order: str) -> str:
        """Take an order and return what has been found since the last one."""
        found = parse(Order, order, "an order")
        self.lease.hear(found)
        with self._lock:
            if found.region is not None:
                first, last = found.region
                self._region = (first or 0, last)
            state, (region, certificate) = self.state, self._found or (None, None)
            self._found = None
            messages = [["bound", self._failure[:MAX_MESSAGE]]] if self._failure else []
            report = Report(
                state=state,
                certificate=certificate,
                region=None if region is None else list(region),
                messages=messages,
                searching=[_NAME] if state == "searching" else [],
            )
        self.lease.tell(state, found)
        return text_of(report)
