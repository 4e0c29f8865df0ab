"""Who is at what at the moment: threads of this process, and others that say so."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_log = logging.getLogger(__name__)


class AtWork:
    """Notes who is at what; safe to use from several threads."""

    def __init__(self) -> None:
        self._at: dict[object, str] = {}

    @contextmanager
    def working(self, source: str) -> Iterator[None]:
        """Note what the calling thread is at, until the context ends."""
        thread = threading.get_ident()
        before = self._at.get(thread, "")
        self._at[thread] = source
        _log.debug("begins: %s", source)
        try:
            yield
        finally:
            self._at[thread] = before

    def note(self, who: object, source: str) -> None:
        """Note what somebody who is no thread of this process is at; nothing if `source` is empty."""
        if source:
            self._at[who] = source
        else:
            self._at.pop(who, None)

    def sources(self) -> tuple[str, ...]:
        """Return what all are at."""
        return tuple(source for source in list(self._at.values()) if source)
