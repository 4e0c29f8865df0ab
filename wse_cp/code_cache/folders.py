"""Where machine code is kept: in a folder of the user's that no one else can write to.

A folder that cannot be written is read. What it lacks goes to a temporary folder, which the parent shares
with its children and removes at exit.
"""

from __future__ import annotations

import atexit
import os
import shutil
import stat
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

from platformdirs import user_cache_path

try:
    import fcntl
    import grp
    import pwd
except ImportError:  # not on Windows, where folders of a user are his alone
    fcntl = grp = pwd = None  # type: ignore[assignment]

#: The variable by which children learn of the temporary folder.
SPARE = "WSE_CP_SPARE_CACHE"
#: So begins the name of a temporary folder; the file in it is locked by who made it.
_TEMPORARY, _OWNER = "wse-cp-code-", "owner"
#: Bytes that a folder must have room for.
_PROBE = bytes(4096)
#: Versions of the machine code that are kept.
_KEPT = 3


@dataclass(frozen=True)
class Folders:
    """Where code is wanted, read from and written to; `trouble` says why that is not all the same."""

    wanted: Path | None
    readable: Path | None
    writable: Path | None
    trouble: str = ""

    @property
    def temporary(self) -> bool:
        """Whether new code is kept for this run only."""
        return self.writable is not None and self.writable != self.wanted

    @property
    def all(self) -> tuple[Path, ...]:
        """The folders in use, each once; the one that is written to is the last."""
        return tuple(dict.fromkeys(path for path in (self.readable, self.writable) if path is not None))


def find_folders(version: str, complete: str) -> Folders:
    """Return the folders of a version of the code; the file `complete` says that nothing is missing."""
    try:
        wanted = _base().absolute() / version
    except RuntimeError:
        return Folders(None, None, _spare(), "there is no home directory")
    except OSError as error:
        return Folders(None, None, _spare(), f"the current directory: {error.strerror}")
    trouble, suspicion = _unwritable(wanted), distrust(wanted)
    if not trouble and not suspicion:
        _forget_old(wanted.parent)
        return Folders(wanted, wanted, wanted)
    readable = wanted if not suspicion and os.access(wanted, os.R_OK | os.X_OK) else None
    if readable is not None and (readable / complete).exists():
        return Folders(wanted, readable, None, trouble)
    return Folders(wanted, readable, _spare(), suspicion if suspicion and os.path.exists(wanted) else trouble)


def child_environment() -> dict[str, str]:
    """Return the environment for a child process, which is to use the same temporary folder."""
    spare = _made()
    return {**os.environ, **({SPARE: str(spare)} if spare is not None else {})}


def distrust(folder: Path) -> str:
    """Return why code is not to be taken from a folder, "" if it may be: it would run as the user."""
    if os.name != "posix":
        return ""
    try:
        real = folder.resolve(strict=True)
        return next(filter(None, map(_suspicion, (real, *real.parents), (False, *(True,) * 99))), "")
    except OSError as error:
        return f"{folder}: {error.strerror}"


def _suspicion(path: Path, is_parent: bool) -> str:
    found = path.stat()
    if found.st_uid not in (0, os.geteuid()):
        return f"{path} belongs to another user"
    if is_parent and found.st_mode & stat.S_ISVTX:  # others cannot rename what is in it
        return ""
    if found.st_mode & stat.S_IWOTH or (found.st_mode & stat.S_IWGRP and _is_shared(found.st_gid)):
        return f"other users can write to {path}"
    return ""


def _is_shared(group: int) -> bool:
    """Tell whether a group has members besides this user and root."""
    me = (0, os.geteuid())
    try:
        members = set(grp.getgrgid(group).gr_mem)
    except KeyError:
        return True
    mine = {entry.pw_name for entry in pwd.getpwall() if entry.pw_uid in me}
    return bool(members - mine) or any(p.pw_gid == group and p.pw_uid not in me for p in pwd.getpwall())


def _base() -> Path:
    """Return the folder of all versions; raises RuntimeError if there is no home directory."""
    wanted = os.environ.get("NUMBA_CACHE_DIR")
    return Path(wanted) / "wse-cp" if wanted else user_cache_path("wse-cp", appauthor=False).expanduser()


def _unwritable(folder: Path) -> str:
    """Return why a folder cannot be made or written, "" if it can."""
    probe = folder / f".{os.getpid()}"
    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        os.utime(folder)
        try:
            probe.write_bytes(_PROBE)
        finally:
            probe.unlink(missing_ok=True)
    except OSError as error:
        return f"{folder} cannot be written ({error.strerror})"
    return ""


def _spare() -> Path | None:
    """Return the temporary folder of the parent, or a new one; None if there is no place for it."""
    given = os.environ.get(SPARE)
    if given and not distrust(Path(given)):
        return Path(given)
    return _temporary()


@cache
def _temporary() -> Path | None:
    """Make a temporary folder, which is removed at exit, or at the next run if this one is killed."""
    place = _temporary_place()
    if place is None:
        return None
    _sweep(place.glob(f"{_TEMPORARY}*"))
    with suppress(OSError):
        folder = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=place))
        lock = _lock(folder)
        atexit.register(_remove, folder, lock, os.getpid())
        return folder
    return None


def _made() -> Path | None:
    """Return the temporary folder if there is one already."""
    return _temporary() if _temporary.cache_info().currsize else None


def _temporary_place() -> Path | None:
    """Return the system's temporary directory; never the current one, where Python looks last."""
    try:
        place = Path(tempfile.gettempdir())
        is_current = os.path.samefile(place, os.curdir)
    except OSError:
        return None
    named = {os.environ.get(name) for name in ("TMPDIR", "TEMP", "TMP")}
    if is_current and str(place) not in named | {"/tmp", "/var/tmp", "/usr/tmp"}:
        return None
    return None if distrust(place) and not place.stat().st_mode & stat.S_ISVTX else place


def _lock(folder: Path) -> IO[bytes] | None:
    """Return the open file that says that a folder is in use, locked; None if it is locked already."""
    file = (folder / _OWNER).open("ab")
    if fcntl is not None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return None
    return file


def _sweep(folders: Iterable[Path]) -> None:
    """Remove temporary folders of this user's that nobody uses any more."""
    for folder in folders:
        with suppress(OSError):
            if fcntl is not None and folder.stat().st_uid == os.geteuid() and not folder.is_symlink():
                lock = _lock(folder)
                if lock is not None:
                    shutil.rmtree(folder, ignore_errors=True)
                    lock.close()


def _remove(folder: Path, lock: IO[bytes] | None, owner: int) -> None:
    if owner == os.getpid():  # not in a fork
        shutil.rmtree(folder, ignore_errors=True)
        if lock is not None:
            lock.close()


def _forget_old(base: Path) -> None:
    """Remove all but the most recently used versions."""
    try:
        known = sorted(base.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    except OSError:  # another process is at it
        return
    for path in known[_KEPT:]:
        shutil.rmtree(path, ignore_errors=True)
