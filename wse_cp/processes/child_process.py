"""A running child process as its parent sees it.

A child process that waits for its next task.
"""

from __future__ import annotations

import atexit
import os
import pickle
import queue
import signal
import subprocess
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Generic, TypeVar

import psutil

from wse_cp.code_cache.folders import child_environment
from wse_cp.processes.interpreter import find_interpreter, search_path
from wse_cp.processes.pipes import Sender

RequestT = TypeVar("RequestT")
ReportT = TypeVar("ReportT")

#: The program that every child process runs.
START = str(Path(__file__).with_name("start.py"))
#: Bytes of the child's last words that are kept for a message.
LAST_WORDS = 2000


class ChildProcess(Generic[RequestT, ReportT]):
    """A child process, started in the background; its reports arrive in `reports`, None at its end.

    Parameters
    ----------
    module
        What it runs; its `main` takes its pipes by `serving.take_pipes`.
    name
        What it is called in messages.

    Raises
    ------
    OSError
        If the system starts no more processes, or there is no program to run Python with.
    """

    def __init__(self, module: str, name: str) -> None:
        self._name = name
        python = find_interpreter()
        self._errors = _scratch()  # closed by kill
        self._process = subprocess.Popen(
            [python, "-P", START, module, str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**child_environment(), **search_path(python)},
            # A group of its own: Ctrl-C on the terminal is the parent's to handle, and it ends as a whole.
            process_group=0 if os.name == "posix" else None,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input, self._output = self._process.stdin, self._process.stdout
        self._requests: queue.Queue[RequestT | None] = queue.Queue()
        self.reports: queue.Queue[ReportT | None] = queue.Queue()
        threading.Thread(target=self._write, daemon=True).start()
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    def processor_seconds(self) -> float:
        """Return how long it has had a processor so far; 0 if that is not known."""
        with suppress(psutil.Error):
            used = psutil.Process(self._process.pid).cpu_times()
            return float(used.user + used.system)
        return 0.0

    def send(self, request: RequestT) -> None:
        """Send a request without waiting; a dead or stuck child is noticed by its missing report."""
        self._requests.put(request)

    def kill(self) -> None:
        """End the process and its own children at once and release its pipes."""
        self._kill()
        self._process.wait()
        self._requests.put(None)
        with suppress(ValueError):  # two threads may end it at once
            self._errors.close()

    def epitaph(self) -> str:
        """Return how a dead process ended, on one line, with its last printed line if it left one."""
        code = self._ended()
        how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, self._errors.tell() - LAST_WORDS))
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return f"{self._name} {how}" + (f" ({lines[-1].strip()})" if lines else "")

    def _ended(self) -> int:
        """Return the exit code, ending the process if it merely closed its pipe."""
        try:
            return self._process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            self._kill()
            return self._process.wait()

    def _kill(self) -> None:
        if os.name == "posix" and self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()

    def _write(self) -> None:
        sender = Sender(self._input)
        try:
            while (request := self._requests.get()) is not None:
                sender.send(request)
            self._input.close()
        except (OSError, ValueError):  # the child is gone, which the reader notices
            return

    def _read(self) -> None:
        try:
            while True:
                self.reports.put(pickle.load(self._output))
        except Exception:  # end of file, or half a message of a process that crashed
            self.reports.put(None)
        finally:
            self._output.close()


def _scratch() -> IO[bytes]:
    """Return a file for what a child says at its end: in memory, or none, where there is no room on disks."""
    try:
        return tempfile.TemporaryFile()
    except OSError:
        if hasattr(os, "memfd_create"):
            return os.fdopen(os.memfd_create("errors"), "w+b")
        return open(os.devnull, "w+b")


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
