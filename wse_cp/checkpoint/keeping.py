"""What one run begins with and keeps: put together here, so that the search need not know files."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from wse_cp.bounds.background.messages import Known
from wse_cp.bounds.result import Bound
from wse_cp.checkpoint.folder import CERTIFICATE, PLACEMENT, STATE, Folder
from wse_cp.checkpoint.kept import Checkpoint, Kept
from wse_cp.checkpoint.memory import Memory
from wse_cp.checkpoint.writer import Content, KeptFile, Writer
from wse_cp.files.placement_text import PlacementText
from wse_cp.instance import Instance
from wse_cp.placement import Placement
from wse_cp.result import OperatorStatistics
from wse_cp.score import Score

#: Least seconds between two writings of a placement: so few that, on a busy machine too, what has been known
#: for a second stands in the file.
PLACEMENT_PERIOD = 0.6
#: The same for the state of the search and for certificates, which are longer.
STATE_PERIOD = 4.0


@dataclass(frozen=True)
class Keeping:
    """What a run is to begin with and to keep.

    Parameters
    ----------
    output
        A file for the best placement so far.
    folder
        For a checkpoint.
    resumed
        What to go on from.
    bound
        A lower bound that has been verified.
    """

    output: Path | None = None
    folder: Folder | None = None
    resumed: Checkpoint | None = None
    bound: Bound | None = None


@dataclass(frozen=True)
class Sources:
    """Where to ask for what is kept while a run goes on; all answer at once."""

    best: Callable[[], tuple[Placement, Score] | None]
    bound: Callable[[], Bound | None]
    statistics: Callable[[], tuple[OperatorStatistics, ...]]
    started: Callable[[], float]  #: `time.monotonic()` at the start of the run
    seed: int


@contextmanager
def open_keeping(
    output: str | os.PathLike[str] | None,
    checkpoint: str | os.PathLike[str] | None,
    resume: str | os.PathLike[str] | None,
    resumed: Checkpoint | None,
    bound: Bound | None,
) -> Iterator[Keeping]:
    """Open what a run is to begin with and to keep; `resumed` is what the folder `resume` holds.

    Raises `InputError` if the folder cannot be written to, or a checkpoint in it would be lost.
    """
    target = checkpoint or resume
    folder = None
    if target is not None:
        same = resume is not None and os.path.realpath(target) == os.path.realpath(resume)
        folder = Folder(Path(target), same)
    try:
        yield Keeping(None if output is None else Path(output), folder, resumed, bound)
    finally:
        if folder is not None:
            folder.close()


@contextmanager
def writing(instance: Instance, keeping: Keeping, memory: Memory, sources: Sources) -> Iterator[None]:
    """Write what is to be kept until the context ends, then once more."""
    files = []
    if keeping.output is not None and replaceable(keeping.output):
        files.append(_placement_file(instance, keeping.output, sources))
    if keeping.folder is not None:
        files += _folder_files(instance, keeping.folder.path, memory, sources)
    writer = Writer(files)
    writer.start()
    try:
        yield
    finally:
        writer.close()


def replaceable(path: Path) -> bool:
    """Tell whether a file can be replaced again and again.

    What can only be written in place is written once, at the end: pipes, devices, files with several names.
    """
    if os.path.abspath(path).startswith(("/dev/", "/proc/")) or path == Path("-"):
        return False
    return path.is_file() and path.stat().st_nlink == 1 if os.path.lexists(path) else True


def _placement_file(instance: Instance, path: Path, sources: Sources) -> KeptFile:
    texts: list[PlacementText] = []

    def text(placement: Placement) -> str:
        if not texts:
            texts.append(PlacementText(instance, path))
        return texts[0].of(placement)

    def content() -> Content | None:
        best = sources.best()
        return None if best is None else Content(best[0], lambda: text(best[0]))

    return KeptFile(path, content, PLACEMENT_PERIOD)


def _folder_files(instance: Instance, folder: Path, memory: Memory, sources: Sources) -> list[KeptFile]:
    """Return the files of a checkpoint; the state comes first, for without it there is none."""
    from wse_cp.checkpoint.document import CheckpointText  # late: models take a while to make

    texts: list[CheckpointText] = []

    def state() -> str:
        if not texts:
            texts.append(CheckpointText(instance))
        best, bound = sources.best(), sources.bound()
        seconds = time.monotonic() - sources.started()
        kept = memory.state(sources.seed, seconds, sources.statistics())
        return texts[0].of(kept, best[1].cost if best else None, bound.value if bound else None)

    def certificate() -> Content | None:
        bound = sources.bound()
        return None if bound is None else Content(bound.certificate, lambda: bound.certificate)

    return [
        KeptFile(folder / STATE, lambda: Content(object(), state), STATE_PERIOD),
        _placement_file(instance, folder / PLACEMENT, sources),
        KeptFile(folder / CERTIFICATE, certificate, STATE_PERIOD),
    ]


def memory_of(instance: Instance, keeping: Keeping) -> Memory:
    """Return the memory of a run: with what is known, and what an earlier one kept if it goes on from one."""
    resumed = keeping.resumed or Checkpoint(Kept())
    return Memory(resumed.kept, tuple(instance.kernels), Known(keeping.bound, resumed.certificate))
