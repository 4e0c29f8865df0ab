"""Rows of runs that nobody made."""

from __future__ import annotations

from benchmarks.runs import Job, Row, plan

JOBS = plan(["A", "B"], [0, 1], 60.0, 2)


def row(job: Job, cost: float = 100.25) -> Row:
    return Row(
        case=job.case,
        seed=job.seed,
        time_limit=job.time_limit,
        workers=job.workers,
        method=job.method,
        cost=str(cost),
        max_time="90",
        wire_length="10.25",
        adapters="0",
        legal=True,
        wall_seconds=60.5,
        peak_memory_mb=512.0,
        commit="abc",
        date="2020-01-01",
        machine="a machine, with a comma",
        version="0.1.0",
    )
