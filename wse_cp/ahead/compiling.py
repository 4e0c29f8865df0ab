"""The parent's side of compiling ahead."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress

from wse_cp.ahead.parts import ALL, compile_part
from wse_cp.compiled import completion_mark, folders, is_complete, is_switched_off, repair
from wse_cp.machine.cores import usable_cores
from wse_cp.machine.memory import memory_of
from wse_cp.processes.child_process import ChildProcess

#: The module that the processes run, and how many there are at most.
MODULE, _MOST = "wse_cp.ahead.child", 4
#: Bytes from which on a process is exchanged for a new one: they grow with what they have compiled.
_LARGE = 280 * 10**6
#: Seconds between looks at whether to stop, and at what a process does.
_PERIOD, _LOOK = 0.05, 2.0
#: A process that has no use for a processor for so many seconds hangs; a part takes at most so many.
_IDLE, _LONGEST = 60.0, 1800.0


class Compiling:
    """Compiles all parts in several processes, unless that was done before; a context manager.

    Where no process can be started, or none can keep its code for others, `wait` compiles by itself.

    Parameters
    ----------
    tell
        Told of the parts that are done, from any thread.
    first
        Parts to begin with.
    most
        Processes at most. If it is one only, each part has a new one.
    """

    def __init__(
        self,
        tell: Callable[[str], object] = lambda text: None,
        first: Iterable[str] = (),
        most: int = _MOST,
    ) -> None:
        self._tell, self._most = tell, min(most, _MOST)
        self._lock, self._waiting = threading.Lock(), deque(dict.fromkeys([*first, *ALL]))
        self._done = {name: threading.Event() for name in ALL}
        self._processes: list[ChildProcess[str, str]] = []
        self._serving, self._failed, self._closed = 0, False, False
        self._count = 0  # of parts that are done or given up
        repair()
        self.needed = not (is_switched_off() or is_complete())
        if self.needed and folders().writable is not None:
            self._start()

    def __enter__(self) -> Compiling:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes; what they have compiled stays."""
        with self._lock:
            self._closed = True
        for process in self._processes:
            process.kill()

    def wait(self, names: Iterable[str] = tuple(ALL), stop: Callable[[], bool] = lambda: False) -> None:
        """Wait until some parts are compiled or given up, or `stop` becomes true."""
        for name in names if self.needed else ():
            while not (self._done[name].is_set() or stop()):
                if self._processes:
                    self._done[name].wait(_PERIOD)
                else:
                    compile_part(name)
                    self._finish(name)

    def _start(self) -> None:
        for _ in range(min(usable_cores(), self._most)):
            try:
                process: ChildProcess[str, str] = ChildProcess(MODULE, "a compiling process")
            except OSError:
                break
            self._processes.append(process)
            self._serving += 1
        for process in self._processes:
            threading.Thread(target=self._serve, args=(process,), daemon=True).start()

    def _serve(self, process: ChildProcess[str, str]) -> None:
        """Give one part after the other to a process, until none is left or it dies of one."""
        alive = True
        while alive and (name := self._next()) is not None:
            process.send(name)
            alive = _answers(process)
            self._finish(name, alive)
            if alive and (self._most == 1 or memory_of(process.pid) > _LARGE):
                process = self._exchanged(process)
        process.kill()
        with self._lock:
            self._serving -= 1
            last = self._serving == 0
        while last and (name := self._next()) is not None:  # whoever needs it will compile it
            self._finish(name, compiled=False)

    def _exchanged(self, process: ChildProcess[str, str]) -> ChildProcess[str, str]:
        """Return a new process in place of one; the same where there is nothing left to do, or no new one."""
        with self._lock:
            if self._closed or not self._waiting:
                return process
            with suppress(OSError):
                new: ChildProcess[str, str] = ChildProcess(MODULE, "a compiling process")
                self._processes[self._processes.index(process)] = new
                process.kill()
                return new
        return process

    def _next(self) -> str | None:
        with self._lock:
            return self._waiting.popleft() if self._waiting else None

    def _finish(self, name: str, compiled: bool = True) -> None:
        """Take note that a part is done, or given up; who waits for it goes on when all is said."""
        if self._closed:
            return
        with self._lock:
            self._failed = self._failed or not compiled
            self._count += 1
            count = self._count
        self._tell(f"{'compiled' if compiled else 'not compiled'}: {name} ({count} of {len(ALL)})")
        folder = folders().writable
        if count == len(ALL) and not self._failed and folder is not None:
            with suppress(OSError):
                (folder / completion_mark()).touch()
        self._done[name].set()


def _answers(process: ChildProcess[str, str]) -> bool:
    """Wait for the answer of a process; tell whether there was one, or it died or hangs."""
    begin = busy = time.monotonic()
    used = 0.0
    while True:
        try:
            return process.reports.get(timeout=_LOOK) is not None
        except queue.Empty:
            now, latest = time.monotonic(), process.processor_seconds()
            if latest > used:
                used, busy = latest, now
            if now - busy > _IDLE or now - begin > _LONGEST:
                return False
