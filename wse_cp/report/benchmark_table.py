"""The table of docs/benchmarks.md, made from the rows of a benchmark's CSV file."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from wse_cp.errors import InputError

#: Columns of the CSV file that one table must not mix.
OPTIONS = ("time_limit", "workers")


def summary(rows: pd.DataFrame, bounds: pd.DataFrame) -> pd.DataFrame:
    """Return a row per case: median and best cost, parts of the best, ratio to the bound, time, memory."""
    rows = rows.sort_values(["case", "cost", "seed"])
    groups = rows.groupby("case")
    best = groups.first()
    table = pd.DataFrame(
        {
            "seeds": groups["seed"].nunique(),
            "best cost": best["cost"],
            "median cost": groups["cost"].median(),
            "max time": best["max_time"],
            "wire length": best["wire_length"],
            "adapters": best["adapters"],
            "legal": groups["legal"].all().map({True: "yes", False: "NO"}),
        }
    )
    table["lower bound"] = bounds.set_index("case")["bound"].reindex(table.index)
    table["median / bound"] = table["median cost"] / table["lower bound"]
    table["seconds"] = groups["wall_seconds"].max()
    table["peak MB"] = groups["peak_memory_mb"].max()
    return table.reset_index()


def page(rows: pd.DataFrame, bounds: pd.DataFrame) -> str:
    """Return docs/benchmarks.md: a section for every combination of time limit and workers."""
    sections = [_INTRODUCTION]
    for (limit, workers), group in rows.groupby(list(OPTIONS)):
        table = summary(group, bounds)
        sections += [f"## {limit:g} seconds, {workers} workers", markdown(table), _notes(group, table)]
    return "\n\n".join(sections) + "\n"


_INTRODUCTION = """# Benchmarks

Made by `scripts/benchmark.py`; do not edit. Every run is a fresh process. The best and the median are
over the seeds; max time, wire length and adapters belong to the best. Seconds and memory are the largest
of any seed: wall time from start to exit, and private memory of the whole process tree.

The lower bounds (docs/bounds.csv) are certified: instances/bounds/ has the certificates."""


def _notes(rows: pd.DataFrame, table: pd.DataFrame) -> str:
    ratio = table["median / bound"].dropna()
    means = f"Mean of median / bound over {len(ratio)} cases: {ratio.mean():.4f}." if len(ratio) else ""
    dates = sorted(set(rows["date"]))
    span = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
    where = "; ".join(sorted(set(rows["machine"])))
    commits = ", ".join(sorted(set(rows["commit"])))
    return f"{means}\n\n{span}, wse-cp {', '.join(sorted(set(rows['version'])))} at {commits}. {where}."


def markdown(table: pd.DataFrame) -> str:
    """Return a table as Markdown; missing values as a dash."""
    lines = [list(table.columns), ["---" if name in ("case", "legal") else "---:" for name in table.columns]]
    lines += [[_cell(name, value) for name, value in row.items()] for _, row in table.iterrows()]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(name: object, value: object) -> str:
    if not isinstance(value, (int, float)):
        return str(value)
    if pd.isna(value):
        return "-"
    if name == "median / bound":
        return f"{value:.4f}"
    return f"{value:.0f}" if name == "peak MB" else f"{value:.12g}"


def read_results(table: Path) -> pd.DataFrame:
    """Return the rows of a benchmark's CSV file."""
    return pd.read_csv(table, dtype={"case": str, "commit": str, "version": str})


def read_bounds(path: Path) -> pd.DataFrame:
    """Return the lower bounds: columns case, bound and others.

    Raises
    ------
    InputError
        If the file does not have these columns.
    """
    bounds = pd.read_csv(path, dtype={"case": str})
    if list(bounds.columns[:2]) != ["case", "bound"]:
        raise InputError("columns case,bound,...", ",".join(bounds.columns), str(path), 1)
    return bounds
