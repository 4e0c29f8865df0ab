"""The search on a worker: an ordinary run whose incumbent and trees are exchanged while it goes on."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from wse_cp.checkpoint.document import CheckpointText, parse_checkpoint
from wse_cp.checkpoint.memory import Memory
from wse_cp.cluster.bound_session import BoundSession
from wse_cp.cluster.compiling import compile_here
from wse_cp.cluster.lease import Lease
from wse_cp.cluster.messages import (
    ENDED,
    MAX_MESSAGE,
    MAX_MESSAGES,
    MAX_NAMES,
    Order,
    Report,
    State,
    Task,
    parse,
    text_of,
)
from wse_cp.files.json_documents import parse_instance
from wse_cp.files.paint import parse_placement
from wse_cp.files.placement_text import PlacementText
from wse_cp.incumbent import Incumbent
from wse_cp.instance import Instance
from wse_cp.options import MAX_TIME_LIMIT, RunOptions
from wse_cp.progress import Event
from wse_cp.shapes.curves import least_time_by_area
from wse_cp.strategy import Run, search

#: Seconds between two reports of the state of the search, which is longer than the rest.
_STATE_PERIOD = 4.0
#: Under this name what others have found enters the statistics of a worker.
ELSEWHERE = "cluster"
#: What the client need not hear: each worker compiles.
_SILENT = ("compiler",)

_log = logging.getLogger(__name__)


class Session:
    """A search for placements that goes on in this process, seen from outside by `exchange`.

    Parameters
    ----------
    find
        What searches.
    """

    def __init__(self, task: Task, find: Callable[[Run], None] = search) -> None:
        self.instance: Instance = parse_instance(task.instance, "the task's instance")
        kept = parse_checkpoint(task.checkpoint, "the task's checkpoint", self.instance)
        self.options = RunOptions(MAX_TIME_LIMIT, task.threads, task.seed)
        self.lease, self._find, self._without = Lease(), find, tuple(task.without)
        self.memory = Memory(kept, tuple(self.instance.kernels))
        self.incumbent = Incumbent(self.instance, self._note)
        self.state: State = "loading"
        self._searching: Run | None = None
        self._lock = threading.Lock()
        self._messages: deque[tuple[str, str]] = deque(maxlen=MAX_MESSAGES)
        self._sources: deque[str] = deque(["start"], maxlen=1)
        self._paint = PlacementText(self.instance, Path("best.paint"))
        self._checkpoint, self._next_state = CheckpointText(self.instance), 0.0
        if task.placement is not None:
            self._take(task.placement)

    def work(self) -> None:
        """Compile, wait for the run to begin, search; then wait for the last report to be asked for."""
        self.lease.watch()
        try:
            compile_here(self.lease.stop, self._compiling)
            least = least_time_by_area(self.instance)
            self.state = "ready"
            self.lease.begun.wait()
            if not self.lease.stop.is_set():
                self.state = "searching"
                self._find(self._run(least))
            self.state = "unheard" if self.lease.unheard else "ended"
        except Exception as error:
            _log.info("the search failed", exc_info=True)
            self._say("search", f"failed: {error!r}")
            self.state = "failed"
        finally:
            self.incumbent.close()
            self.lease.linger()

    def _compiling(self) -> None:
        self.state = "compiling"

    def _run(self, least: Fraction) -> Run:
        self.incumbent.begin()
        options = replace(self.options, time_limit=max(self.lease.left, 0.01), without=self._without)
        deadline = time.monotonic() + options.time_limit
        run = Run(self.incumbent, options, deadline, self.lease.stop, least, memory=self.memory)
        self._searching = run
        return run

    def exchange(self, order: str) -> str:
        """Take an order and return what has been found since the last one; one order at a time."""
        with self._lock:
            state = self.state
            found = parse(Order, order, "an order")
            if found.without is not None:
                self._without = tuple(found.without)
            self.lease.hear(found)
            self._adopt(found)
            report = self._report(state, found.cost, last=found.stop or state in ENDED)
            self.lease.tell(state, found)
            return text_of(report)

    def _adopt(self, order: Order) -> None:
        """Take over what others have found; what is wrong with it is said, for it should not happen."""
        try:
            if order.placement is not None:
                self._take(order.placement)
            if order.trees is not None:
                trees = parse_checkpoint(order.trees, "an order's trees", self.instance).trees
                self.memory.give_trees(trees)
        except Exception as error:
            self._say(ELSEWHERE, f"an order is left out: {error}")

    def _take(self, text: str) -> None:
        placement = parse_placement(text, "a placement from elsewhere", self.instance)
        self.incumbent.offer(placement, ELSEWHERE)

    def _report(self, state: State, known: Fraction | None, last: bool) -> Report:
        """Return a report; the client knows a placement of cost `known`, if it knows one."""
        best = self.incumbent.best
        better = best is not None and (known is None or best.score.cost < known)
        messages = [list(self._messages.popleft()) for _ in range(len(self._messages))]
        return Report(
            state=state,
            placement=self._paint.of(best.placement) if best is not None and better else None,
            cost=None if best is None else best.score.cost,
            source=self._sources[-1][:200],
            checkpoint=self._state(last),
            messages=messages,
            searching=list(self.incumbent.activity().searching)[:MAX_NAMES],
            solver_least=None if self._searching is None else self._searching.solver_least,
        )

    def _state(self, last: bool) -> str | None:
        """Return the document of the state if it is due and there is one."""
        if self.state in ("loading", "compiling") or (time.monotonic() < self._next_state and not last):
            return None
        self._next_state = time.monotonic() + _STATE_PERIOD
        seconds = time.monotonic() - self.incumbent.started
        return self._checkpoint.of(self.memory.state(self.options.seed, seconds, self.incumbent.statistics()))

    def _note(self, event: Event) -> None:
        if event.score is not None:
            self._sources.append(event.source)
        elif event.message and event.source not in _SILENT:
            self._say(event.source, event.message)

    def _say(self, source: str, message: str) -> None:
        self._messages.append((source[:200], " ".join(message.split())[:MAX_MESSAGE]))


def open_session(task: str) -> Session | BoundSession:
    """Return the session of a task; raises `InputError` if it is none that this version knows."""
    found = parse(Task, task, "a task")
    return BoundSession(found) if found.role == "bound" else Session(found)
