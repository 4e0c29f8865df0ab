"""Ctrl-C and SIGTERM during a run: the first asks it to stop, the second ends the process."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType

import psutil

SIGNALS = (signal.SIGINT, signal.SIGTERM)
SHOW_CURSOR = "\x1b[?25h"


@contextmanager
def stop_on_signals(kept: str = "placement") -> Iterator[Event]:
    """Give an event that the first signal sets; the second exits at once with status 130.

    `kept` says what the user will have of a run that is stopped.
    """
    stop = Event()
    notice = f"\nstopping with the best {kept} so far (once more: exit at once)\n".encode()

    def handle(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            _exit_at_once()
        stop.set()
        # os.write, because print() may not be entered again from within a handler.
        os.write(2, notice)

    before = {number: signal.signal(number, handle) for number in SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _exit_at_once() -> None:
    """End this process and its children without waiting for any of them."""
    for child in psutil.Process().children(recursive=True):
        try:
            child.kill()
        except psutil.Error:
            continue
    if os.isatty(2):
        os.write(2, SHOW_CURSOR.encode())
    os._exit(130)
