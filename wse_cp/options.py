"""Options of a run: their defaults and ranges; `RunOptions` is checked when made, and travels whole."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from wse_cp.errors import InputError
from wse_cp.integers import boolean, hold_integers, real
from wse_cp.names import text

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
    """What a run is asked to do.

    Parameters
    ----------
    time_limit
        Wall time in seconds. Compiling, which happens once on a machine, does not count.
    workers
        Threads that search at the same time, each with a solver process of its own at times. The lower bound
        is sought beside them by one more process, at first on a whole core, then on a fifth of one. It stays
        for the next call and ends with the program.
    seed
        Of all random choices; with more than one worker runs still differ by timing.
    deterministic
        Go by an estimate of the work done instead of wall time: then equal seeds lead to equal placements on
        equal machines and versions. One worker only; `time_limit` is then met only roughly.
    without
        Parts of the search to leave out, of `COMPONENTS`: to see what each contributes. Kept sorted.

    Raises
    ------
    InputError
        If an option is out of its range (nan included).
    """

    time_limit: float = DEFAULT_TIME_LIMIT
    workers: int = DEFAULT_WORKERS
    seed: int = DEFAULT_SEED
    deterministic: bool = False
    without: Collection[str] = ()

    def __post_init__(self) -> None:
        hold_integers(self, ("workers", "seed"))
        for name, value in (
            ("time_limit", real(self.time_limit, "time_limit")),
            ("deterministic", boolean(self.deterministic, "deterministic")),
            ("without", tuple(sorted(_names(self.without)))),
        ):
            object.__setattr__(self, name, value)
        if not 0 < self.time_limit <= MAX_TIME_LIMIT:
            raise InputError(
                f"a time limit above 0 and up to {MAX_TIME_LIMIT:.0f} seconds", f"{self.time_limit:g}"
            )
        if not 1 <= self.workers <= MAX_WORKERS:
            raise InputError(f"1 to {MAX_WORKERS} workers", str(self.workers))
        if not 0 <= self.seed <= MAX_SEED:
            raise InputError(f"a seed from 0 to {MAX_SEED}", str(self.seed))
        if self.deterministic and self.workers != 1:
            raise InputError("1 worker for a deterministic run", str(self.workers))
        for name in self.without:
            if name not in COMPONENTS:
                raise InputError("parts of the search: " + ", ".join(COMPONENTS), name)


def _names(values: object) -> list[str]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise InputError("names of parts of the search as without", repr(values))
    return [text(name, "a part of the search") for name in values]


def parse_seconds(text: str, source: str) -> float:
    """Return a number of seconds written as `text`."""
    try:
        return float(text)
    except ValueError:
        raise InputError("a number of seconds", text, source) from None
