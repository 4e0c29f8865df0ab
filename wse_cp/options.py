"""Defaults and ranges of the options of a run, and their parsing from text."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from wse_cp.errors import InputError

DEFAULT_TIME_LIMIT = 60.0  #: seconds
DEFAULT_WORKERS = 2
DEFAULT_SEED = 0

#: Parts of the search beside rows that can be left out: straight stacks, stacks under a cap, slicing trees
#: over spans, annealing of slicing trees, large neighbourhoods.
COMPONENTS = ("stacks", "caps", "spans", "trees", "neighbourhoods")

MAX_TIME_LIMIT = 1e7  #: seconds
MAX_WORKERS = 256
MAX_SEED = 2**31 - 1


@dataclass(frozen=True)
class RunOptions:
    """What a run was asked to do (see `wse_cp.solve.solve`)."""

    time_limit: float  #: seconds
    workers: int
    seed: int
    deterministic: bool = False
    without: tuple[str, ...] = ()


def check_options(
    time_limit: float, workers: int, seed: int, deterministic: bool = False, without: Collection[str] = ()
) -> None:
    """Raise `InputError` if an option of a run is out of its range (nan included)."""
    if not 0 < time_limit <= MAX_TIME_LIMIT:
        raise InputError(f"a time limit above 0 and up to {MAX_TIME_LIMIT:.0f} seconds", f"{time_limit:g}")
    if not 1 <= workers <= MAX_WORKERS:
        raise InputError(f"1 to {MAX_WORKERS} workers", str(workers))
    if not 0 <= seed <= MAX_SEED:
        raise InputError(f"a seed from 0 to {MAX_SEED}", str(seed))
    if deterministic and workers != 1:
        raise InputError("1 worker for a deterministic run", str(workers))
    for name in without:
        if name not in COMPONENTS:
            raise InputError("parts of the search: " + ", ".join(COMPONENTS), name)


def parse_seconds(text: str, source: str) -> float:
    """Return a number of seconds written as `text`."""
    try:
        return float(text)
    except ValueError:
        raise InputError("a number of seconds", text, source) from None
