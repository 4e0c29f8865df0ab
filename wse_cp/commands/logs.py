"""Logging for the command line: what ``--log-level`` asks for, on standard error."""

from __future__ import annotations

import logging
import sys
from enum import StrEnum


class LogLevel(StrEnum):
    """From which level on messages are shown."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class _StandardError(logging.Handler):
    """Writes to what is standard error at that moment: a live view puts something of its own there."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            print(self.format(record), file=sys.stderr, flush=True)
        except Exception:
            self.handleError(record)


_HANDLER = _StandardError()
_HANDLER.setFormatter(
    logging.Formatter(
        "%(asctime)s.%(msecs)03d %(levelname)s %(name)s [%(threadName)s] %(message)s", "%H:%M:%S"
    )
)


def start_logging(level: LogLevel | None) -> None:
    """Show the package's log from that level on; None changes nothing."""
    if level is None:
        return
    logger = logging.getLogger("wse_cp")
    logger.setLevel(level.value.upper())
    logger.propagate = False
    if _HANDLER not in logger.handlers:
        logger.addHandler(_HANDLER)
