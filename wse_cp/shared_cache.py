"""Machine code that several processes share: what one of them is compiling, the others wait for."""

from __future__ import annotations

import time
from pathlib import Path
from typing import IO, Any

try:
    import fcntl
except ImportError:  # not on Windows: there processes may compile the same function twice
    fcntl = None  # type: ignore[assignment]

#: Seconds between two tries to get a lock, and after which a function is compiled without it.
_PERIOD, _PATIENCE = 0.02, 180.0


class SharedCache:
    """The cache of one compiled function: who does not find code there compiles it while others wait.

    It uses Numba's own. Numba asks for code, and if there is none, compiles and saves it.

    Parameters
    ----------
    cache
        Numba's.
    lock
        File that is locked from the question to the answer.
    """

    def __init__(self, cache: Any, lock: Path) -> None:
        self._cache, self._path = cache, lock
        self._held: IO[bytes] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cache, name)

    def load_overload(self, signature: object, target: object) -> Any:
        """Return the code for a signature, maybe after a wait; None if it is for this process to make."""
        found = self._cache.load_overload(signature, target)
        if found is None and self._held is None:
            self._held = _locked(self._path)
            found = self._cache.load_overload(signature, target)
            if found is not None:
                self._release()
        return found

    def save_overload(self, signature: object, code: object) -> None:
        """Save code and let the others have it."""
        try:
            self._cache.save_overload(signature, code)
        finally:
            self._release()

    def _release(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            held.close()


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
