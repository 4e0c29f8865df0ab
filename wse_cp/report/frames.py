"""Tables for analysis (pandas, CSV): the kernels and wires of an instance, and runs.

Integers are nullable (`Int64`), so a kernel that is not placed has missing values. Lengths and costs of wires
are exact. Times and memory are the nearest floats (`score.py` has them exact); a time is exact unless a
stride is no power of two. The numbers of runs are the nearest floats.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import pandas as pd

from wse_cp.decimals import exact_text
from wse_cp.instance import Instance
from wse_cp.kernels import Kernel, formal_arguments, input_protocol, mismatches, output_protocol
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.result import Json, Result
from wse_cp.score import edge_length2

#: Columns of `kernel_frame`. Splits of loops a kernel does not have are missing.
KERNEL_COLUMNS: dict[str, str] = {
    "name": "object",
    "type": "object",
    **dict.fromkeys(("H", "W", "R", "S", "C", "K", "T", "F"), "Int64"),  # formal arguments
    **dict.fromkeys(("h", "w", "c1", "c2", "c3", "c4", "k1", "k2", "k3", "k4"), "Int64"),
    **dict.fromkeys(("x", "y", "width", "height"), "Int64"),  # tiles, as it stands on the wafer
    "rotation": "object",  # R0 or R90
    "time": "float64",  # cycles
    "memory": "float64",  # words per tile
    "area": "Int64",  # tiles
}

#: Columns of `wire_frame`; length, adapters and mismatches are those of one of the parallel wires.
WIRE_COLUMNS: dict[str, str] = {
    "source": "object",
    "target": "object",
    "multiplicity": "int64",
    "length": "float64",  # tiles
    "adapters": "Int64",
    **dict.fromkeys(("h_differs", "w_differs", "channels_differ"), "boolean"),
    "cost": "float64",  # of all the parallel wires, weighted
}


def kernel_frame(instance: Instance, placement: Placement | None = None) -> pd.DataFrame:
    """Return a row for each kernel, in the instance's order, with `KERNEL_COLUMNS`.

    Kernels the placement does not have, or all of them without one, lack everything but their
    formal arguments.

    Raises
    ------
    InputError
        If a placed kernel has impossible execution arguments.
    """
    rows = []
    for name, kernel in instance.kernels.items():
        row = _formal_columns(name, kernel)
        placed = None if placement is None else placement.get(name)
        rows.append(row if placed is None else row | _placed_columns(placed))
    return _frame(rows, KERNEL_COLUMNS)


def placement_frame(placement: Placement) -> pd.DataFrame:
    """Return a row for each placed kernel, in the placement's order, with `KERNEL_COLUMNS`.

    Raises `InputError` if a kernel has impossible execution arguments.
    """
    rows = [
        _formal_columns(placed.name, placed.kernel) | _placed_columns(placed) for placed in placement.values()
    ]
    return _frame(rows, KERNEL_COLUMNS)


def instance_frame(instance: Instance) -> pd.DataFrame:
    """Return a row for each kernel to place: name, type, the formal arguments that its kind has."""
    return kernel_frame(instance, None).dropna(axis="columns", how="all")


def wire_frame(instance: Instance, placement: Placement | None = None) -> pd.DataFrame:
    """Return a row for each pair of kernels with counted edges, with `WIRE_COLUMNS`.

    Wires between kernels that are not both placed lack everything but their ends and multiplicity.

    Raises
    ------
    InputError
        If a placed kernel has impossible execution arguments.
    """
    rows = []
    placed = {} if placement is None else placement
    for source, target, count in instance.kernel_edges:
        row = {"source": source, "target": target, "multiplicity": count}
        if source in placed and target in placed:
            row |= _wire_columns(instance, placed[source], placed[target], count)
        rows.append(row)
    return _frame(rows, WIRE_COLUMNS)


def format_table(table: str, instance: Instance, placement: Placement | None) -> str:
    """Return the frame of "kernels" or "wires" as CSV; what is not known is empty.

    Times are exact here ("p/q" where no short decimal is); memory is rounded to a float.

    Raises
    ------
    InputError
        If a placed kernel has impossible execution arguments.
    """
    if table == "wires":
        return str(wire_frame(instance, placement).to_csv(index=False, lineterminator="\n"))
    frame = kernel_frame(instance, placement)
    placed = {} if placement is None else placement
    times = [exact_text(placed[name].time) if name in placed else "" for name in instance.kernels]
    return str(frame.assign(time=times).to_csv(index=False, lineterminator="\n"))


def _formal_columns(name: str, kernel: Kernel) -> dict[str, Any]:
    return {"name": name, "type": kernel.type_name, **formal_arguments(kernel)}


def _placed_columns(placed: PlacedKernel) -> dict[str, Any]:
    args, box = placed.args, placed.rectangle
    return {
        "h": args.h,
        "w": args.w,
        **{f"c{i}": split for i, split in enumerate(args.c, 1)},
        **{f"k{i}": split for i, split in enumerate(args.k, 1)},
        **box._asdict(),
        "rotation": placed.rotation,
        "time": float(placed.time),
        "memory": float(placed.performance.memory),
        "area": box.width * box.height,
    }


def _wire_columns(instance: Instance, u: PlacedKernel, v: PlacedKernel, count: int) -> dict[str, Any]:
    weights, length2 = instance.settings, edge_length2(u, v)
    h, w, channels = mismatches(output_protocol(u.args), input_protocol(v.args))
    adapters = h + w + channels
    return {
        "length": length2 / 2,
        "adapters": adapters,
        "h_differs": h,
        "w_differs": w,
        "channels_differ": channels,
        "cost": count * (weights.wlength * length2 / 2 + weights.wadapter * adapters),
    }


def _frame(rows: Iterable[Mapping[str, Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(columns)).astype(dict(columns))


#: Columns of `run_frame`: what is not known is missing.
RUN_COLUMNS: dict[str, str] = {
    "instance": "object",
    "seed": "int64",
    "seconds": "float64",
    "cost": "float64",
    "max_time": "float64",  # cycles
    "wire_length": "float64",  # tiles
    "adapters": "int64",
    "lower_bound": "float64",
    "gap": "float64",  # a ratio
    "verified": "bool",
    "optimality": "object",
    "stopped_by": "object",
}


def run_frame(results: Iterable[Result]) -> pd.DataFrame:
    """Return a row for each run, in the order given, with `RUN_COLUMNS`."""
    return _frame(map(_run_row, results), RUN_COLUMNS)


def history_frame(result: Result) -> pd.DataFrame:
    """Return a row for each incumbent of a run: seconds since its start, cost."""
    rows = [(seconds, float(cost)) for seconds, cost in result.history]
    return pd.DataFrame(rows, columns=["seconds", "cost"], dtype="float64")


def _run_row(result: Result) -> Json:
    return {
        "instance": result.instance.test,
        "seed": result.seed,
        "seconds": result.seconds,
        **asdict(result.score),
        "lower_bound": result.lower_bound,
        "gap": result.gap,
        "verified": result.verified,
        "optimality": result.optimality,
        "stopped_by": result.stopped_by,
    }
