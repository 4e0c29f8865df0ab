"""Standard streams, which may be closed, absent or broken: nothing that is only shown ends any work."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO, cast

#: Errors that say that nobody reads any more: a pipe, a closed file, a terminal that is gone.
GONE = frozenset({errno.EPIPE, errno.EBADF, errno.EIO, errno.ENXIO})


class Absent(io.TextIOBase):
    """Stands for a standard stream that there is not: takes everything and keeps nothing."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        """Forget the text."""
        return len(text)


class Guarded(io.TextIOBase):
    """A stream to show things on, whose errors end the showing only; `error` is the first of them."""

    def __init__(self, stream: TextIO | None) -> None:
        self.stream: Any = Absent() if stream is None else stream
        self.error: Exception | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """That of the stream."""
        return getattr(self.stream, "encoding", None) or "utf-8"

    def write(self, text: str) -> int:
        """Write as long as that is possible."""
        if self.error is None:
            try:
                self._write(text)
            except (OSError, ValueError, AttributeError) as error:  # ValueError: a closed file
                self.error = error
        return len(text)

    def _write(self, text: str) -> None:
        try:
            self.stream.write(text)
        except UnicodeEncodeError:  # what its encoding lacks is shown as escapes
            self.stream.write(text.encode(self.encoding, "backslashreplace").decode(self.encoding))

    def flush(self) -> None:
        """Flush as long as that is possible."""
        if self.error is None:
            try:
                self.stream.flush()
            except (OSError, ValueError, AttributeError) as error:
                self.error = error

    def isatty(self) -> bool:
        """Tell whether it is a terminal."""
        try:
            return bool(self.stream.isatty())
        except (OSError, ValueError, AttributeError):
            return False

    def fileno(self) -> int:
        """Return the number of the file; raises OSError if it has none."""
        try:
            return int(self.stream.fileno())
        except (ValueError, AttributeError) as error:
            raise OSError(errno.EBADF, str(error)) from None

    def close(self) -> None:
        """Leave the stream open, which is its owner's."""


@contextmanager
def guarded_streams() -> Iterator[Guarded]:
    """Guard standard output, which is given, and standard error for the time of a ``with`` statement."""
    before = sys.stdout, sys.stderr
    output, error = Guarded(sys.stdout), Guarded(sys.stderr)
    sys.stdout, sys.stderr = cast(TextIO, output), cast(TextIO, error)
    try:
        yield output
    finally:
        output.flush()
        sys.stdout, sys.stderr = before


def secure_streams() -> None:
    """Give a new process the standard streams that it lacks, so that no other file takes their numbers."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
    sys.stdin = sys.stdin or cast(TextIO, Absent())
    sys.stdout = sys.stdout or cast(TextIO, Absent())
    sys.stderr = sys.stderr or cast(TextIO, Absent())
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # names that its encoding lacks must not end in a traceback
            stream.reconfigure(errors="backslashreplace")


def release_streams() -> None:
    """Throw away what standard output and error could not write: Python would try again, and complain."""
    for number, stream in ((1, sys.stdout), (2, sys.stderr)):
        try:
            stream.flush()
        except (OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), number)


def require_standard_output() -> None:
    """Raise OSError if standard output is closed."""
    _real(sys.stdout)


def write_standard_output(data: bytes) -> None:
    """Write to standard output; raises OSError if it is closed or cannot be written."""
    stream = _real(sys.stdout)
    buffer = getattr(stream, "buffer", None)
    stream.flush()
    if buffer is None:
        stream.write(data.decode())
    else:
        buffer.write(data)
    stream.flush()


def read_standard_input(size: int) -> bytes:
    """Return at most `size` bytes of standard input; raises OSError if it is closed."""
    stream = _real(sys.stdin)
    buffer = getattr(stream, "buffer", None)
    return bytes(buffer.read(size)) if buffer is not None else stream.read(size).encode()


def _real(stream: TextIO | None) -> Any:
    found = stream.stream if isinstance(stream, Guarded) else stream
    if found is None or isinstance(found, Absent) or found.closed:
        raise OSError(errno.EBADF, "it is closed")
    return found
