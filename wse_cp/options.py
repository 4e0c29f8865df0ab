"""Options of a run: their defaults and ranges; `RunOptions` is checked when made, and travels whole."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction

from wse_cp.errors import InputError
from wse_cp.integers import boolean, hold_integers, integer, real
from wse_cp.machine.cores import usable_cores
from wse_cp.names import text

DEFAULT_TIME_LIMIT = 60.0  #: seconds
#: Two, or one where affinity or the container's quota leave no more.
DEFAULT_WORKERS = min(2, usable_cores())
DEFAULT_SEED = 0

#: Parts of the search that can be left out: rows (but for some that are found at once), straight stacks,
#: stacks under a cap, slicing trees over spans, annealing of slicing trees, large neighbourhoods.
COMPONENTS = ("rows", "stacks", "caps", "spans", "trees", "neighbourhoods")

MAX_TIME_LIMIT = 1e7  #: seconds
MAX_WORKERS = 256
MAX_SEED = 2**31 - 1
MAX_MEMORY = 10**15  #: bytes

#: Bytes by unit of a size.
_UNITS = {"": 1, "B": 1} | {
    f"{letter}{ending}": base ** (power + 1)
    for ending, base in (("", 1000), ("B", 1000), ("IB", 1024))
    for power, letter in enumerate("KMGT")
}
#: How a size may be written: digits, perhaps with a decimal point, and a unit.
_SIZE = re.compile(r"([0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})\s*([A-Za-z]{0,3})", re.ASCII)


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
    memory_limit
        Bytes that the run's processes may take together, or a size as text (see `parse_size`). None is what
        the machine, or the container, leaves.

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
    memory_limit: int | None = None

    def __post_init__(self) -> None:
        hold_integers(self, ("workers", "seed"))
        for name, value in (
            ("time_limit", real(self.time_limit, "time_limit")),
            ("deterministic", boolean(self.deterministic, "deterministic")),
            ("without", tuple(sorted(_names(self.without)))),
            ("memory_limit", size_of(self.memory_limit)),
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


def size_of(value: object) -> int | None:
    """Return a size in bytes, given as a number or as text; None stays None.

    Raises `InputError` if it is neither, or out of range.
    """
    if value is None:
        return None
    if isinstance(value, str):
        return parse_size(value, "memory_limit")
    found = integer(value, "memory_limit")
    if not 0 < found <= MAX_MEMORY:
        raise InputError(f"a memory limit above 0 and up to {MAX_MEMORY} bytes", str(found))
    return found


def parse_size(text: str, source: str) -> int:
    """Return the bytes of a size written as `text`: 1.5GB, 800 MB, 2GiB, 512MiB, or a number of bytes.

    kB, MB, GB and TB are powers of 1000, KiB, MiB, GiB and TiB powers of 1024. Without the B they are
    powers of 1000 too. Letters may be large or small.
    """
    found = _SIZE.fullmatch(text.strip())
    unit = _UNITS.get(found[2].upper()) if found else None
    if found is None or unit is None:
        raise InputError("a size such as 1.5GB, 800MB or 2GiB", text, source)
    size = int(Fraction(found[1] if found[1][-1] != "." else found[1][:-1]) * unit)
    if not 0 < size <= MAX_MEMORY:
        raise InputError(f"a size from 1 byte to {MAX_MEMORY // 10**12} TB", text, source)
    return size


def size_text(size: int) -> str:
    """Return a size (bytes) as text for people: 1.50 GB, 800 MB."""
    return f"{size / 1e9:.2f} GB" if size >= 10**9 else f"{size / 1e6:.0f} MB"


def parse_seconds(text: str, source: str) -> float:
    """Return a number of seconds written as `text`."""
    try:
        return float(text)
    except ValueError:
        raise InputError("a number of seconds", text, source) from None
