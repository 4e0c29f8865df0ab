"""Temporary files that killed processes leave beside the files that they were to replace."""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from pathlib import Path

#: Seconds after which a temporary file is no longer being written.
_OLD = 60.0
#: Characters of a file's name that the name of its temporary file may have.
_LENGTHS = (60, 100)


def remove_leftovers(path: str | Path) -> None:
    """Remove temporary files of a file that is written again and again: those older than a minute."""
    directory, name = os.path.split(os.path.realpath(path))
    names = "|".join(re.escape(name[:length]) for length in _LENGTHS)
    pattern = re.compile(rf"\.(?:{names})\.[0-9a-f]{{12}}\.tmp")
    with suppress(OSError), os.scandir(directory) as entries:
        for entry in entries:
            if pattern.fullmatch(entry.name) and time.time() - entry.stat().st_mtime > _OLD:
                os.unlink(entry.path)
