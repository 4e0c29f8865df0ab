"""Time a move of the annealing of columns within rows on each large instance, and how that grows."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from benchmarks.large import exponent
from benchmarks.project import words
from wse_cp.api import load
from wse_cp.construct.columns.anneal import Prices, anneal
from wse_cp.construct.columns.arrangement import opened
from wse_cp.construct.columns.problem import ColumnProblem
from wse_cp.construct.columns.scan import ColumnScan
from wse_cp.construct.columns.state import WIRE2
from wse_cp.construct.orders import depth_first
from wse_cp.construct.random import new_random
from wse_cp.networks.large import large_names
from wse_cp.shapes.curves import least_time_by_area

#: Moves made before those that are timed, and those; temperature relative to the mean cost of an edge.
_BEFORE, _MOVES, _TEMPERATURE = 2000, 40_000, 0.03


def seconds_a_move(name: str) -> tuple[int, float]:
    """Return the kernels of an instance and the CPU seconds of a move from equal rows."""
    instance = load(f"large:{name}")
    problem, graph = ColumnProblem(instance), instance.kernel_graph
    order = problem.positions(depth_first(graph, list(graph)))
    scan = ColumnScan(problem, least_time_by_area(instance), [order], lambda: False)
    *_, plan = scan.equal_rows(0, scan.counts(), scan.limits(1.03))
    state = opened(problem, problem.curves(plan.limit), plan.arrangement)
    assert state is not None
    prices = Prices(instance.settings.wlength / 2, 0.0)
    temperature = _TEMPERATURE * prices.wire2 * float(state.scalars[WIRE2]) / len(problem.edges)
    random = new_random(0)
    anneal(state, prices, random, temperature, _BEFORE)
    begin = time.process_time()
    anneal(state, prices, random, temperature, _MOVES)
    return len(problem.names), (time.process_time() - begin) / _MOVES


def main(
    instances: Annotated[str, typer.Option(help="Large instances, separated by commas.")] = ",".join(
        large_names()
    ),
) -> None:
    """Print microseconds a move, and the exponent of their growth."""
    found = []
    for name in words(instances):
        found.append(seconds_a_move(name))
        print(f"{name}: {found[-1][0]} kernels, {1e6 * found[-1][1]:.1f} microseconds a move", flush=True)
    if len({kernels for kernels, _ in found}) > 1:
        print(f"exponent: {exponent(*zip(*found, strict=True)):.2f}")


if __name__ == "__main__":
    typer.run(main)
