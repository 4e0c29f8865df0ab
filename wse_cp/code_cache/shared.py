"""Machine code that several processes share: what one of them is compiling, the others wait for."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

try:
    import fcntl
except ImportError:  # not on Windows: there processes may compile the same function twice
    fcntl = None  # type: ignore[assignment]

#: Seconds between two tries to get a lock, and after which a function is compiled without it.
_PERIOD, _PATIENCE = 0.02, 180.0

_log = logging.getLogger(__name__)
_said: set[str] = set()


def say_once(text: str) -> None:
    """Warn of something that is wrong with the cache; never twice of the same."""
    if text not in _said:
        _said.add(text)
        _log.warning("compile cache: %s", text)


class SharedCache:
    """The cache of one compiled function: who does not find code there compiles it while others wait.

    It uses Numba's own. Numba asks for code, and if there is none, compiles and saves it. A cache that cannot
    be read is as good as none, and one that cannot be written to is left as it is.

    Parameters
    ----------
    caches
        Numba's, to be asked in turn; the last one is saved to if there is a lock.
    lock
        File that is locked from the question to the answer.
    """

    def __init__(self, caches: Sequence[Any], lock: Path | None) -> None:
        self._caches, self._path = tuple(caches), lock
        self._held: IO[bytes] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._caches[-1], name)

    def load_overload(self, signature: object, target: object) -> Any:
        """Return the code for a signature, maybe after a wait; None if it is for this process to make."""
        found = self._load(signature, target)
        if found is None and self._held is None and self._path is not None:
            self._held = _locked(self._path)
            found = self._load(signature, target)
            if found is not None:
                self._release()
        return found

    def save_overload(self, signature: object, code: object) -> None:
        """Save code, if that is possible, and let the others have it."""
        try:
            if self._path is not None:
                self._caches[-1].save_overload(signature, code)
        except Exception as error:
            say_once(f"{self._path.parent if self._path else ''} takes no code ({_reason(error)})")
        finally:
            self._release()

    def _load(self, signature: object, target: object) -> Any:
        for cache in self._caches:
            try:
                found = cache.load_overload(signature, target)
            except Exception as error:
                _log.info("damaged: %r", cache, exc_info=True)
                say_once(f"damaged ({type(error).__name__}); what is missing is compiled anew")
                with suppress(Exception):
                    cache.discard()
                continue
            if found is not None:
                return found
        return None

    def _release(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            held.close()


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or type(error).__name__


def _locked(path: Path) -> IO[bytes] | None:
    """Return the open file once it is locked by this process; None if that cannot be had."""
    if fcntl is None:
        return None
    try:
        file = path.open("ab")
    except OSError:
        return None
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        except OSError:
            time.sleep(_PERIOD)
    file.close()
    return None
