"""``python -m benchmarks.mutations``: see the package."""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
from pathlib import Path

from benchmarks.mutations.children import Outcome, case_of, one, progress, run_cases, shuffled
from benchmarks.mutations.formats import FORMATS, SHARES, make_ready

#: So many cases are one child's.
_BATCH = 500


def cases_of(count: int, formats: list[str]) -> list[tuple[str, int]]:
    """Return about so many cases of some formats as (format, number), by the formats' shares."""
    total = sum(SHARES[name] for name in formats)
    return shuffled([(name, k) for name in formats for k in range(-(-count * SHARES[name] // total))])


def run_all(cases: list[tuple[str, int]], seed: int, jobs: int) -> Outcome:
    """Run cases in batches, a few at a time; tell of faults as they come."""
    outcome, lock = Outcome(), threading.Lock()
    batches = [cases[k : k + _BATCH] for k in range(0, len(cases), _BATCH)]

    def work() -> None:
        while True:
            with lock:
                if not batches:
                    return
                batch = batches.pop()
            found = Outcome()
            run_cases(batch, seed, found)
            with lock:
                outcome.add(found)
                for fault in found.faults:
                    progress(fault)
                progress(f"{len(batches)} batches left, {len(outcome.faults)} faults")

    threads = [threading.Thread(target=work) for _ in range(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcome


def main(arguments: list[str] | None = None) -> int:
    """Print a line for each format and for each fault; the status is 1 if there is one."""
    parser = argparse.ArgumentParser(description="Mutated inputs of every format.")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--formats", default=",".join(FORMATS), help="names, or beginnings of some")
    parser.add_argument("--case", metavar="FORMAT:NUMBER", help="one case, in this process; leaves its file")
    given = parser.parse_args(arguments)
    if given.case:
        name, _, number = given.case.rpartition(":")
        folder = Path(tempfile.mkdtemp(prefix="case-"))
        print(folder / case_of(name, int(number), given.seed)[0].name, flush=True)
        print("accepted" if one(name, int(number), given.seed, folder) else "refused")
        return 0
    formats = [name for name in FORMATS if name.startswith(tuple(given.formats.split(",")))]
    make_ready(formats)
    outcome = run_all(cases_of(given.count, formats), given.seed, given.jobs)
    for name in formats:
        accepted, refused = outcome.accepted[name], outcome.refused[name]
        faults = sum(fault.startswith(f"{name}:") for fault in outcome.faults)
        count = accepted + refused + faults
        print(f"{name:<22} {count:>6} read: {accepted} accepted, {refused} refused, {faults} faults")
    for fault in outcome.faults:
        print(fault)
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
