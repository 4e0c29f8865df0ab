"""The problem as one constraint model, as a user would write it down first; nothing else of the search.

Each kernel chooses among its Pareto-minimal shapes at a few time limits, all rectangles are free on the
wafer, and CP-SAT minimises the cost. Here to be compared with (see docs/benchmarks.md).
"""

from __future__ import annotations

import json
import time
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import typer

from wse_cp.cpsat.model import solve_problem
from wse_cp.cpsat.outcome import Limits
from wse_cp.cpsat.whole import placement_from, problem_from
from wse_cp.files.by_suffix import read_instance_file, write_placement_file
from wse_cp.files.writing import write_file
from wse_cp.instance import Instance
from wse_cp.result import Result
from wse_cp.score import checked_score
from wse_cp.shapes.arrays import scaled
from wse_cp.shapes.curves import least_time_by_area
from wse_cp.shapes.options import Option, pareto_shapes

#: Time limits at which shapes are offered, relative to the least one by area.
FACTORS = (1.02, 1.05, 1.1, 1.2, 1.5, 2.0, 3.0, 5.0)


def main(
    instance: Path,
    output: Annotated[Path, typer.Option()],
    json_file: Annotated[Path, typer.Option("--json")],
    time_limit: float = 60.0,
    workers: int = 2,
    seed: int = 0,
) -> None:
    """Solve the joint model; status 1 if no placement was found in time."""
    begin = time.monotonic()
    read = read_instance_file(instance)
    problem = problem_from(read, options(read))
    left = time_limit - (time.monotonic() - begin)
    outcome = solve_problem(problem, Limits(left, workers, seed))
    if not outcome.choices:
        raise typer.Exit(1)
    placement = placement_from(read, problem, outcome.choices)
    write_placement_file(output, read, placement)
    result = Result(read, placement, checked_score(read, placement), time.monotonic() - begin, seed)
    write_file(json_file, json.dumps(result.to_json(str(instance)), indent=2) + "\n")


def options(instance: Instance) -> dict[str, list[Option]]:
    """Return the shapes offered to each kernel."""
    least = least_time_by_area(instance)
    limits = [scaled(instance, least * Fraction(factor)) for factor in FACTORS]
    known = {
        kernel: list(
            dict.fromkeys(
                option
                for limit in limits
                for option in pareto_shapes(kernel, instance.settings, instance.time_scale, limit)
            )
        )
        for kernel in set(instance.kernels.values())
    }
    return {name: known[kernel] for name, kernel in instance.kernels.items()}


if __name__ == "__main__":
    typer.run(main)
