"""The thread that writes what a run keeps; the search neither waits for it nor hears of its troubles."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from wse_cp.errors import InputError
from wse_cp.files.leftovers import remove_leftovers
from wse_cp.files.writing import write_file

#: Seconds between looks at what is to be written.
_LOOK = 0.05
#: Writing takes at most this share of one core.
_SHARE = 0.05
#: Seconds that the last writing is waited for at the end of a run.
_PATIENCE = 10.0

_log = logging.getLogger(__name__)


class Content(NamedTuple):
    """What a file is to contain: written again only if `key` is another object than before."""

    key: object
    text: Callable[[], str]


class KeptFile:
    """A file that is replaced as a whole while a run goes on.

    Parameters
    ----------
    path
        The file.
    content
        Returns what it is to contain, None if there is nothing yet; must be quick.
    period
        Least time between the beginnings of two writings (seconds).
    """

    def __init__(self, path: Path, content: Callable[[], Content | None], period: float) -> None:
        self.path, self._content, self._period = path, content, period
        self._written: object = None
        self._next = 0.0

    def visit(self, last: bool = False) -> str | None:
        """Write the file if it is due, or if this is the `last` time; return what went wrong, if anything."""
        if time.monotonic() < self._next and not last:
            return None
        content = self._content()
        if content is None or content.key is self._written:
            return None
        begin, before = time.monotonic(), time.thread_time()
        self._next = begin + self._period
        try:
            write_file(self.path, content.text())
        except InputError as error:
            return error.found
        except Exception as error:  # whatever it is, the run goes on
            _log.debug("writing %s failed", self.path, exc_info=True)
            return f"{type(error).__name__}: {error}"
        finally:
            self._next = max(self._next, begin + (time.thread_time() - before) / _SHARE)
        self._written = content.key
        return None


class Writer:
    """Writes files in a thread of its own, from `start` until `close`.

    What cannot be written is tried again and again; that is said once for each folder, as a warning in the
    log, which stands on standard error unless the program has arranged something else.
    """

    def __init__(self, files: Sequence[KeptFile]) -> None:
        self._files = files
        self._over = threading.Event()
        self._warned: set[Path] = set()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to write."""
        if self._files:
            self._thread = threading.Thread(target=self._work, name="checkpoint", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Write what is newest, and no more."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(_PATIENCE)

    def _work(self) -> None:
        for file in self._files:
            remove_leftovers(file.path)
        while not self._over.wait(_LOOK):
            self._visit()
        self._visit(last=True)

    def _visit(self, last: bool = False) -> None:
        for file in self._files:
            found = file.visit(last)
            folder = file.path.parent
            if found is not None and folder not in self._warned:
                self._warned.add(folder)
                _log.warning("%s: not written: %s; the search goes on", file.path, " ".join(found.split()))
