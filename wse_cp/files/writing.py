"""Files that are written: as a whole or not at all, where their names say, and else somewhere near.

An existing file keeps its mode, its owner and its links, and one that may not be written stays as it is.
Pipes, devices and ``-`` (standard output) are written to.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from wse_cp.errors import InputError
from wse_cp.streams import write_standard_output

#: The name that stands for standard input or output.
STANDARD = "-"

_DESCRIPTORS = {STANDARD: 1, "/dev/stdout": 1, "/dev/stderr": 2}
_NUMBERED = re.compile(r"/(?:dev|proc/self)/fd/([0-9]{1,9})")
#: A file cannot be replaced for these reasons, but maybe written in place: a mount, a directory, a link.
_IN_PLACE = frozenset({errno.EBUSY, errno.EXDEV, errno.EACCES, errno.EPERM, errno.EROFS})
#: Names tried in one directory.
_TRIES = 1000


def write_file(path: str | Path, content: str | bytes) -> None:
    """Write `content` to a file; an existing one is replaced as a whole, or written in place if it must be.

    Raises `InputError` if that is not possible; an existing file is then unchanged.
    """
    try:
        _write(os.fspath(path), _bytes(content))
    except (OSError, ValueError) as error:
        raise InputError("a path that can be written", reason(error), str(path)) from None


def rescue_file(path: str | Path, content: str | bytes) -> Path:
    """Write what could not be written to `path` to a new file with a similar name, and return its path.

    It stands in the same directory, the current or a temporary one. Raises `InputError` if none takes it.
    """
    for candidate in _candidates(Path(path)):
        with suppress(OSError, ValueError):
            _create(os.fspath(candidate), _bytes(content), None)
            return candidate
    raise InputError("a directory that can be written", "none", str(path))


def descriptor_of(path: str | Path) -> int | None:
    """Return the open file that a name stands for: ``-``, ``/dev/stdout``, ``/dev/fd/3``; else None."""
    name = os.fspath(path)
    match = _NUMBERED.fullmatch(name)
    return int(match.group(1)) if match else _DESCRIPTORS.get(name)


def reason(error: Exception) -> str:
    """Return what an error of the system says, without the path."""
    return getattr(error, "strerror", None) or str(error)


def may_write(path: str | Path) -> bool:
    """Tell whether an existing file may be written."""
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _bytes(content: str | bytes) -> bytes:
    """Return the bytes; names of files may have bytes that are no text, which are shown as escapes."""
    return content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content


def _write(path: str, data: bytes) -> None:
    number = descriptor_of(path)
    if number == 1:
        write_standard_output(data)
    elif number is not None:
        _write_descriptor(number, data)
    elif (status := _status(path)) is None:
        _create_and_rename(os.path.realpath(path), data, None)
    elif stat.S_ISREG(status.st_mode):
        _rewrite(path, status, data)
    else:  # a pipe or a device must not be replaced
        _fill(os.open(path, os.O_WRONLY), data)


def _status(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except FileNotFoundError:
        return None


def _rewrite(path: str, status: os.stat_result, data: bytes) -> None:
    """Replace a regular file, or write in place if its links, owner, attributes or directory demand that."""
    if not may_write(path):
        raise PermissionError(errno.EACCES, "a file without permission to write")
    target = os.path.realpath(path)  # through a symbolic link, not over it
    if status.st_nlink == 1 and not _has_attributes(path) and _same(target, status):
        try:
            _create_and_rename(target, data, status)
            return
        except OSError as error:
            if error.errno not in _IN_PLACE:
                raise
    _write_in_place(path, data)


def _has_attributes(path: str) -> bool:
    """Tell whether a file has access lists or the like, which a new one would not have."""
    if not hasattr(os, "listxattr"):
        return False
    with suppress(OSError):
        return any(name != "security.selinux" for name in os.listxattr(path))
    return False


def _same(path: str, status: os.stat_result) -> bool:
    found = _status(path)
    return found is not None and os.path.samestat(found, status)


def _create_and_rename(target: str, data: bytes, like: os.stat_result | None) -> None:
    directory, name = os.path.split(target)
    temporary = os.path.join(directory, f".{name[:60]}.{secrets.token_hex(6)}.tmp")
    _create(temporary, data, like)
    try:
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _create(path: str, data: bytes, like: os.stat_result | None) -> None:
    """Write a new file, with mode and owner like those of another; leave nothing if that fails."""
    mode = 0o666 if like is None else 0o600  # never open to others, if the other one is not
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        if like is not None:
            if (like.st_uid, like.st_gid) != (os.fstat(descriptor).st_uid, os.fstat(descriptor).st_gid):
                os.fchown(descriptor, like.st_uid, like.st_gid)
            os.fchmod(descriptor, stat.S_IMODE(like.st_mode))
        _write_descriptor(descriptor, data)
        os.fsync(descriptor)
    except BaseException:
        Path(path).unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)


def _write_in_place(path: str, data: bytes) -> None:
    """Write over a file, and put back what it had if that fails."""
    before = _content(path)
    descriptor = os.open(path, os.O_WRONLY)
    try:
        _overwrite(descriptor, data)
    except BaseException:
        if before is not None:
            with suppress(OSError):
                _overwrite(descriptor, before)
        raise
    finally:
        os.close(descriptor)


def _overwrite(descriptor: int, data: bytes) -> None:
    os.lseek(descriptor, 0, os.SEEK_SET)
    _write_descriptor(descriptor, data)
    os.ftruncate(descriptor, len(data))
    os.fsync(descriptor)


def _content(path: str) -> bytes | None:
    try:
        return Path(path).read_bytes()
    except OSError:
        return None


def _fill(descriptor: int, data: bytes) -> None:
    try:
        _write_descriptor(descriptor, data)
    finally:
        os.close(descriptor)


def _write_descriptor(descriptor: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]


def _candidates(path: Path) -> Iterator[Path]:
    """Yield paths that do not exist yet, in the directories that may take a file, one after the other."""
    unnamed = descriptor_of(path) is not None or _is_special(path)
    stem, suffix = ("output", "") if unnamed else (path.stem[:100], path.suffix[:20])
    for directory in _directories(None if unnamed else path.parent):
        for number in range(1, _TRIES):
            candidate = directory / f"{stem}.rescued{'' if number == 1 else number}{suffix}"
            if not os.path.lexists(candidate):
                yield candidate
                break


def _is_special(path: Path) -> bool:
    """Tell whether a path is that of a pipe or a device, beside which no files belong."""
    with suppress(OSError, ValueError):
        mode = path.stat().st_mode
        return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))
    return False


def _directories(first: Path | None) -> Iterator[Path]:
    if first is not None:
        yield first
    yield Path()
    with suppress(OSError):  # there may be no temporary directory at all
        yield Path(tempfile.gettempdir())
    with suppress(RuntimeError):
        yield Path.home()
