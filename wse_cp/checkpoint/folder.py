"""The folder of a checkpoint: its files, who may write them, and reading them again."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from wse_cp.checkpoint.kept import Checkpoint
from wse_cp.errors import InputError
from wse_cp.files.by_suffix import read_placement_file
from wse_cp.files.text import read_text
from wse_cp.instance import Instance
from wse_cp.score import violations

#: The state of the search, the best placement, and the certificate of the lower bound.
STATE, PLACEMENT, CERTIFICATE = "checkpoint.json", "placement.paint", "certificate.json"


def checkpoint_files(folder: Path) -> list[Path]:
    """Return the files that a folder keeps a run in."""
    return [folder / STATE, folder / PLACEMENT, folder / CERTIFICATE]


def read_checkpoint(folder: Path, instance: Instance) -> Checkpoint:
    """Return what a folder keeps of a run of an instance.

    Its certificate is not verified yet. Raises `InputError` if there is no checkpoint, it is one of another
    instance or version, or something in it is damaged.
    """
    from wse_cp.checkpoint.document import parse_checkpoint  # late: models take a while to make

    if not (folder / STATE).exists():
        raise InputError(f"a folder with a checkpoint ({STATE})", "none", str(folder))
    kept = parse_checkpoint(read_text(folder / STATE), str(folder / STATE), instance)
    placement = certificate = None
    if (path := folder / PLACEMENT).exists():
        placement = read_placement_file(path, instance)
        for violation in violations(instance, placement.values()):
            raise InputError("a legal placement", violation.message, str(path))
    if (path := folder / CERTIFICATE).exists():
        certificate = read_text(path)
    return Checkpoint(kept, placement, certificate)


class Folder:
    """A folder that one run writes to; made if need be.

    Parameters
    ----------
    resumed
        Whether the run goes on from the checkpoint that is in it.

    Raises
    ------
    InputError
        If it is no folder and cannot be made, holds a checkpoint that would be lost, or another run writes to
        it at this moment.
    """

    def __init__(self, path: Path, resumed: bool) -> None:
        self.path = path
        try:
            path.mkdir(exist_ok=True)
        except (OSError, ValueError) as error:
            found = getattr(error, "strerror", None) or str(error)
            raise InputError("a folder for the checkpoint", found, str(path)) from None
        self._lock = _locked(path)
        if not resumed and (path / STATE).exists():
            self.close()
            raise InputError(
                "a folder without a checkpoint (--resume goes on from one)", "a checkpoint", str(path)
            )

    def close(self) -> None:
        """Let others write to it."""
        if self._lock is not None:
            with suppress(OSError):
                os.close(self._lock)
            self._lock = None


def _locked(path: Path) -> int | None:
    """Return the descriptor of a folder that this process alone writes to from now on, until it ends.

    None where the file system knows no locks. Raises `InputError` if another process does.
    """
    try:
        opened = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return None
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return opened
    except BlockingIOError:
        os.close(opened)
        raise InputError("a folder that no other run writes to", "one in use", str(path)) from None
    except OSError:
        os.close(opened)
        return None
