"""Runs as tables for analysis; exact numbers become the nearest floats."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import pandas as pd

from wse_cp.result import Json, Result

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
    "stopped_by": "object",
}


def run_frame(results: Iterable[Result]) -> pd.DataFrame:
    """Return a row for each run, in the order given, with `RUN_COLUMNS`."""
    return pd.DataFrame([_row(result) for result in results], columns=list(RUN_COLUMNS)).astype(RUN_COLUMNS)


def history_frame(result: Result) -> pd.DataFrame:
    """Return a row for each incumbent of a run: seconds since its start, cost."""
    rows = [(seconds, float(cost)) for seconds, cost in result.history]
    return pd.DataFrame(rows, columns=["seconds", "cost"], dtype="float64")


def _row(result: Result) -> Json:
    return {
        "instance": result.instance.test,
        "seed": result.seed,
        "seconds": result.seconds,
        "cost": float(result.score.cost),
        "max_time": float(result.score.max_time),
        "wire_length": float(result.score.wire_length),
        "adapters": result.score.adapters,
        "lower_bound": _float(result.lower_bound),
        "gap": _float(result.gap),
        "verified": result.verified,
        "stopped_by": result.stopped_by,
    }


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
