"""How soon a first placement stands, on a machine without compiled code and on one that has it.

Usage: ``python -m benchmarks.start [INSTANCE]``. Prints seconds from the start of the process: of a run with
an empty cache, the first placement, the first one of compiled code, and when everything is compiled, with
the processor time of compiling; of three runs after it, the first placement and the first one of compiled
code.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

#: A placement in the lines of progress, and the end of compiling.
_PLACEMENT, _COMPILED = re.compile(r" cost \S+ .* (\S.*)$"), re.compile(r"compiled: \w+ \((\d+) of \1\)")
#: Runs with compiled code, and seconds of each run at most.
_WARM, _SECONDS = 3, 300


def lines(arguments: list[str], cache: Path) -> Iterator[tuple[float, str]]:
    """Yield each line that a command prints, with the seconds since its start; then end it."""
    begin = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "wse_cp", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "NUMBA_CACHE_DIR": str(cache)},
    )
    assert process.stderr is not None
    try:
        for line in process.stderr:
            yield time.monotonic() - begin, line.rstrip()
    finally:
        process.terminate()  # not Ctrl-C, which a job in the background ignores
        process.stderr.close()
        process.wait(30)


def first_placements(arguments: list[str], cache: Path, until_compiled: bool) -> dict[str, float]:
    """Return when what was first seen: a placement, one that is not on shelves, everything compiled."""
    seen: dict[str, float] = {}
    for seconds, line in lines(arguments, cache):
        if found := _PLACEMENT.search(line):
            seen.setdefault("first placement", seconds)
            if found[1] != "shelves":
                seen.setdefault("first by compiled code", seconds)
        if _COMPILED.search(line):
            seen.setdefault("everything compiled", seconds)
        if len(seen) == (3 if until_compiled else 2):
            break
    return seen


def main() -> None:
    """Measure and print."""
    instance = sys.argv[1] if len(sys.argv) > 1 else "contest:A"
    with tempfile.TemporaryDirectory() as directory:
        output, cache = Path(directory) / "out.paint", Path(directory) / "cache"
        arguments = ["solve", instance, "-o", str(output), "--time-limit", str(_SECONDS)]
        subprocess.run(
            [sys.executable, "-m", "wse_cp", "doctor", "--compile"],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "NUMBA_CACHE_DIR": str(Path(directory) / "other")},
        )
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(f"cold: processor time of compiling everything: {used.ru_utime + used.ru_stime:.1f} s")
        for what, seconds in first_placements(arguments, cache, until_compiled=True).items():
            print(f"cold: {what}: {seconds:.1f} s")
        warm = [first_placements(arguments, cache, until_compiled=False) for _ in range(_WARM)]
        for what in warm[0]:
            found = [seen[what] for seen in warm]
            print(f"warm: {what}: {median(found):.2f} s ({min(found):.2f} to {max(found):.2f})")


if __name__ == "__main__":
    main()
