"""Ctrl-C, SIGTERM and SIGHUP during a run: the first asks it to stop; a second Ctrl-C ends the process."""

from __future__ import annotations

import os
import select
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event
from types import FrameType

#: Signals that ask a run to stop. SIGHUP comes twice when a terminal goes, so it never ends the process.
ASKING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
SHOW_CURSOR = b"\x1b[?25h"


@contextmanager
def stop_on_signals(kept: str = "placement") -> Iterator[Event]:
    """Give an event that the first signal sets; a second Ctrl-C or SIGTERM exits at once with status 130.

    Signals that the caller ignores stay ignored. `kept` says what the user will have of a stopped run.
    """
    import psutil  # noqa: F401  (a handler must not be the first to import it)

    stop = Event()
    notice = f"\nstopping with the best {kept} so far (once more: exit at once)\n".encode()
    asked: list[int] = []

    def handle(number: int, frame: FrameType | None) -> None:
        if number in (signal.SIGINT, signal.SIGTERM):
            if asked:
                _exit_at_once()
            asked.append(number)
        stop.set()
        _tell(notice)

    before = {number: signal.getsignal(number) for number in ASKING}
    taken = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
    if threading.current_thread() is not threading.main_thread():  # no other may take signals
        taken = []
    for number in taken:
        signal.signal(number, handle)
    try:
        yield stop
    finally:
        for number in taken:
            signal.signal(number, before[number] or signal.SIG_DFL)


def exit_on_signals(status: int) -> None:
    """Let a signal that comes when all is done end the process at once, with that status."""
    for number in ASKING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda number, frame: os._exit(status))


def _tell(text: bytes) -> None:
    """Write to standard error if that is possible and takes no time.

    A handler must neither raise nor wait; print() may not be entered again from within one.
    """
    with suppress(OSError, ValueError):
        if select.select((), (2,), (), 0)[1]:
            os.write(2, text)


def _exit_at_once() -> None:
    """End this process and its children without waiting for any of them."""
    import psutil

    with suppress(psutil.Error, OSError):
        for child in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):
                child.kill()
    with suppress(OSError):
        if os.isatty(2):
            _tell(SHOW_CURSOR)
    os._exit(130)
