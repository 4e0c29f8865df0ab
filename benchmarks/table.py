"""The table of docs/benchmarks.md, made from the rows of a benchmark's CSV file."""

from __future__ import annotations

from math import log
from pathlib import Path

import pandas as pd

from benchmarks.runs import CONSTRUCTION, EARLIER, FULL, JOINT
from wse_cp.errors import InputError

#: Columns of the CSV file that one table must not mix.
OPTIONS = ("time_limit", "workers")
#: Runs of so many seconds are also looked at after so many.
_LONG, _PASSED = 600.0, (10, 60, 300)
#: Gaps over time count from so many seconds on; before there is a placement the gap is so much.
_FROM, _NO_PLACEMENT = 1.0, 1.0


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


def page(
    rows: pd.DataFrame,
    bounds: pd.DataFrame,
    variants: pd.DataFrame | None = None,
    curves: pd.DataFrame | None = None,
) -> str:
    """Return docs/benchmarks.md: for every combination of time limit and workers results and comparisons.

    `variants` are the rows of `benchmarks.variants`, `curves` the costs over time: columns case, seed,
    time_limit, seconds, cost.
    """
    sections = [_INTRODUCTION]
    for (limit, workers), group in rows.groupby(list(OPTIONS)):
        full = group[group["method"] == FULL]
        if len(full):
            table = summary(full, bounds)
            sections += [f"## {limit:g} seconds, {workers} workers", markdown(table), _notes(full, table)]
        others = comparison(group)
        if len(others.columns) > 2:
            sections += [
                f"### Other ways, {limit:g} seconds, {workers} workers",
                _COMPARISON,
                markdown(others),
            ]
    if curves is not None and len(passed := on_the_way(curves, bounds)):
        sections += [f"## On the way to {_LONG:g} seconds", _ON_THE_WAY, markdown(passed)]
        sections += ["## Area under the gap curve", _AREA, markdown(mean_gaps(curves, bounds))]
    if variants is not None and len(variants):
        sections += ["## Variants", _VARIANTS, markdown(gaps_of_variants(variants)), origin(variants)]
    return "\n\n".join(sections) + "\n"


def on_the_way(curves: pd.DataFrame, bounds: pd.DataFrame) -> pd.DataFrame:
    """Return a row per case that has runs of `_LONG` seconds: their median costs at times before the end."""
    runs = curves[curves["time_limit"] == _LONG]
    table = pd.DataFrame({"case": sorted(runs["case"].unique())})
    table["seeds"] = table["case"].map(runs.groupby("case")["seed"].nunique())
    for seconds in _PASSED:
        costs = runs[runs["seconds"] <= seconds].groupby(["case", "seed"])["cost"].min()
        table[f"{seconds:g} s"] = table["case"].map(costs.groupby("case").median())
    known = table["case"].map(bounds.set_index("case")["bound"])
    table[f"{_PASSED[-1]:g} s / bound"] = table[f"{_PASSED[-1]:g} s"] / known
    return table


def mean_gaps(curves: pd.DataFrame, bounds: pd.DataFrame) -> pd.DataFrame:
    """Return a row per case: the mean gap over the logarithm of time in runs of each length, in percent.

    Of several seeds the median. The last row is the mean of the cases.
    """
    known = bounds.set_index("case")["bound"].astype(float)
    runs = curves[curves["case"].isin(known.index)].groupby(["case", "time_limit", "seed"])
    found = pd.Series({key: mean_gap(run, known[str(key[0])]) for key, run in runs})
    table = 100 * found.groupby(level=[0, 1]).median().unstack()
    table.loc["mean"] = table.mean()
    table.columns = pd.Index([f"{limit:g} s" for limit in table.columns])
    return table.map("{:.2f}".format).rename_axis("case").reset_index()


def mean_gap(run: pd.DataFrame, bound: float) -> float:
    """Return the mean gap of a run, as a share of the bound, over the logarithm of time.

    Parameters
    ----------
    run
        Columns time_limit, seconds, cost: a row for each new incumbent, in their order. If it was made more
        than once the last one counts.
    """
    again = (run["seconds"].diff() < 0).cumsum()
    run = run[again == again.max()]
    end = float(run["time_limit"].iloc[0])
    times = [_FROM, *run["seconds"].clip(_FROM, end), end]
    gaps = [_NO_PLACEMENT, *(run["cost"].astype(float) / bound - 1)]
    steps = zip(times, times[1:], gaps, strict=False)
    return float(sum(gap * log(until / since) for since, until, gap in steps) / log(end / _FROM))


def gaps_of_variants(variants: pd.DataFrame) -> pd.DataFrame:
    """Return a row per variant, in the order of the rows: the gap of each case, as text."""
    names = variants["variant"].drop_duplicates()
    table = variants.drop_duplicates(["variant", "case"]).pivot(index="variant", columns="case", values="gap")
    return table.reindex(names).rename_axis(columns=None).reset_index()


def comparison(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a row per case: the median cost of the full search, and of other methods as ratios to it.

    Zero stands where a method found no placement.
    """
    medians = rows.groupby(["case", "method"])["cost"].median().unstack()
    if FULL not in medians or len(medians.columns) < 2:
        return pd.DataFrame({"case": []})
    tried = rows.groupby(["case", "method"]).size().unstack().notna()
    others = [method for method in medians.columns if method != FULL]
    medians = medians[medians[FULL].notna() & tried[others].any(axis=1)]
    table = pd.DataFrame({"case": medians.index, FULL: medians[FULL].to_numpy()})
    for method in others:
        ratio = (medians[method] / medians[FULL]).where(medians[method].notna(), 0.0)
        table[method] = ratio.where(tried.loc[medians.index, method]).to_numpy()
    return table


_ON_THE_WAY = """Median costs in the runs of the table above after so many seconds. A shorter run spends
its time in other shares, so that these may differ from the tables of its length."""


_AREA = """One number for a whole run: its mean gap (%) over the logarithm of time, from 1 s to its end, so
that the step from 1 s to 10 s counts as much as that from 10 s to 100 s. The gap is 100 % where there is no
placement yet. Medians over the seeds. Runs of different lengths may be of different commits (see above)."""


_VARIANTS = """Cases as they are, and with something changed that no search can have been made for: gaps to
bounds found within the seconds that docs/variants.csv says (benchmarks/variants.py; for H more time gives a
better one). "One kernel less": the middle one; "two blocks deeper": the third stage of the network."""


_COMPARISON = """Median costs of other ways as ratios to that of the full search, over the seeds each has:
the version `earlier` (commits 40077a7 and 68e6878), the `joint model` alone (benchmarks/joint_model.py),
`construction` (rows, stacks, caps and trees over spans, nothing improved), and the search `without` one
of its parts. "none": no placement was found in time."""


_INTRODUCTION = """# Benchmarks

Made by `python -m benchmarks.cases`; do not edit. Every run is a fresh process. The best and the median are
over the seeds; max time, wire length and adapters belong to the best. Seconds and memory are the largest
of any seed: wall time from start to exit, and private memory of the whole process tree.

The lower bounds (docs/bounds.csv) are certified: instances/bounds/ has the certificates. docs/curves.csv has
the cost over time of every run.

![Gap over time](images/curves.png)

*The gap to the certified bound over time, in the longest runs of each case.*"""


def _notes(rows: pd.DataFrame, table: pd.DataFrame) -> str:
    ratio = table["median / bound"].dropna()
    means = f"Mean of median / bound over {len(ratio)} cases: {ratio.mean():.4f}." if len(ratio) else ""
    return f"{means}\n\n{origin(rows)}"


def origin(rows: pd.DataFrame) -> str:
    """Return when, with which version and on what machines rows were measured."""
    dates = sorted(set(rows["date"]))
    span = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
    where = "; ".join(sorted(set(rows["machine"])))
    version = f" {', '.join(sorted(set(rows['version'])))}" if "version" in rows else ""
    return f"{span}, wse-cp{version} at {', '.join(sorted(set(rows['commit'])))}. {where}."


def markdown(table: pd.DataFrame) -> str:
    """Return a table as Markdown; missing values as a dash."""
    lines = [
        list(table.columns),
        ["---" if name in ("case", "legal", "variant") else "---:" for name in table.columns],
    ]
    lines += [[_cell(name, value) for name, value in row.items()] for _, row in table.iterrows()]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(name: object, value: object) -> str:
    if not isinstance(value, (int, float)):
        return str(value)
    if pd.isna(value):
        return "-"
    if str(name).endswith("/ bound"):
        return f"{value:.4f}"
    if name in (JOINT, EARLIER, CONSTRUCTION) or str(name).startswith("without"):
        return f"{value:.4f}" if value else "none"
    return f"{value:.0f}" if name == "peak MB" else f"{value:.12g}"


def read_results(table: Path) -> pd.DataFrame:
    """Return the rows of a benchmark's CSV file."""
    return pd.read_csv(table, dtype={"case": str, "commit": str, "version": str})


def read_curves(table: Path) -> pd.DataFrame | None:
    """Return the costs over time, None if there is no such file."""
    return pd.read_csv(table, dtype={"case": str}) if table.exists() else None


def read_variants(table: Path) -> pd.DataFrame | None:
    """Return the rows of `benchmarks.variants`, None if there is no such file."""
    return pd.read_csv(table, dtype={"case": str, "commit": str}) if table.exists() else None


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
