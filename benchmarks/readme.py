"""README's results, made from the rows on record: ``python -m benchmarks.readme``.

They come from the same files as docs/benchmarks.md, and from the table of the best placements known.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import typer

from benchmarks.project import PROJECT
from benchmarks.runs import FULL
from benchmarks.table import markdown, origin, read_bounds, read_results, summary
from wse_cp.files.writing import write_file
from wse_cp.networks.contest import contest_instance
from wse_cp.options import DEFAULT_TIME_LIMIT, DEFAULT_WORKERS

MARKS = ("<!-- results: made by python -m benchmarks.readme -->\n", "<!-- end of results -->\n")
#: Seconds of shorter runs whose mean gaps are told too.
_SHORT = 10.0


def with_results(text: str, results: str) -> str:
    """Return README's text with the results between their marks."""
    head, rest = text.split(MARKS[0])
    return head + MARKS[0] + "\n" + results + "\n" + MARKS[1] + rest.split(MARKS[1])[1]


def results(project: Path = PROJECT) -> str:
    """Return the results of the default settings: where they are from, the table, what stands out."""
    rows = read_results(project / "docs/benchmarks.csv")
    bounds = read_bounds(project / "docs/bounds.csv")
    best = pd.read_csv(project / "instances/best/best.csv", dtype={"case": str})
    full = rows[(rows["method"] == FULL) & (rows["workers"] == DEFAULT_WORKERS)]
    usual, short = (full[full["time_limit"] == limit] for limit in (DEFAULT_TIME_LIMIT, _SHORT))
    settings = f"{DEFAULT_TIME_LIMIT:g} s, {DEFAULT_WORKERS} workers, {_seeds(usual)}: {origin(usual)}"
    parts = [
        f"{settings}\n{_bounding(bounds)}",
        markdown(table(usual, bounds, best)),
        f"{mean_gaps(usual, short, bounds)}\n{proofs(usual, bounds)}\n",
    ]
    return "\n\n".join(parts)


def _seeds(rows: pd.DataFrame) -> str:
    """Return which seeds the runs have, and which cases have fewer."""
    counts = rows.groupby("case")["seed"].nunique()
    listed = f"seeds {_listed(sorted(set(rows['seed'])))}"
    fewer = [f"{ranges(counts.index[counts == many])} with {many}" for many in sorted(set(counts))[:-1]]
    return f"{listed} ({', '.join(fewer)})" if fewer else listed


def table(rows: pd.DataFrame, bounds: pd.DataFrame, best: pd.DataFrame) -> pd.DataFrame:
    """Return a row per case: costs of the runs, the bound, the best cost known, and gaps as text."""
    found = summary(rows, bounds)
    known = found["case"].map(best.set_index("case")["cost"])
    return pd.DataFrame(
        {
            "case": found["case"],
            "median": found["median cost"],
            "best": found["best cost"],
            "certified bound": found["lower bound"],
            "gap of the median": _gaps(found["median cost"], found["lower bound"]).map(_percent),
            "best known": known,
            "its gap": _gaps(known, found["lower bound"]).map(_percent),
        }
    )


def mean_gaps(rows: pd.DataFrame, short: pd.DataFrame, bounds: pd.DataFrame) -> str:
    """Return a sentence on the mean gap of the medians, without and with adapters, also of shorter runs."""
    free = [case for case in rows["case"].unique() if not contest_instance(case).settings.wadapter]
    means = []
    for group in (rows, short):
        found = summary(group, bounds)
        gaps, costless = _gaps(found["median cost"], found["lower bound"]), found["case"].isin(free)
        means.append((_percent(gaps[costless].mean()), _percent(gaps[~costless].mean())))
    (mean, other), (early, other_early) = means
    return (
        f"The mean gap of {ranges(free)} (adapters cost nothing) is {mean}, that of the others {other}; "
        f"after {_SHORT:g} s they are {early} and {other_early}."
    )


def proofs(rows: pd.DataFrame, bounds: pd.DataFrame) -> str:
    """Return a sentence on the cases whose runs all ended with a proof before their time."""
    known = rows["case"].map(bounds.set_index("case")["bound"])
    proven = (rows["cost"] == known) & (rows["wall_seconds"] < rows["time_limit"])
    cases = [case for case, each in proven.groupby(rows["case"]) if each.all()]
    if not cases:
        return "No run ended before its time."
    seconds = rows[rows["case"].isin(cases)]["wall_seconds"]
    return (
        f"On {_listed(cases)} a run ends after {seconds.min():.0f} to {seconds.max():.0f} s "
        "with a proof that the placement is optimal."
    )


def ranges(letters: Iterable[str]) -> str:
    """Return letters as text, three and more in sequence as a range: "A-D, I, K"."""
    runs: list[str] = []
    for letter in sorted(letters):
        if runs and ord(letter) == ord(runs[-1][-1]) + 1:
            runs[-1] += letter
        else:
            runs.append(letter)
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(run) for run in runs)


def _bounding(bounds: pd.DataFrame) -> str:
    limits = [f"{limit:g} s ({ranges(group['case'])})" for limit, group in bounds.groupby("time_limit")]
    return f"The bounds were found in at most {_listed(limits, 'or')}."


def _listed(words: Iterable[object], last: str = "and") -> str:
    *more, final = map(str, words)
    return f"{', '.join(more)} {last} {final}" if more else final


def _gaps(costs: pd.Series[float], bounds: pd.Series[float]) -> pd.Series[float]:
    return (costs - bounds) / bounds


def _percent(gap: float) -> str:
    return f"{100 * gap:.2f} %" if gap else "optimal"


def main() -> None:
    """Write the results into README.md."""
    readme = PROJECT / "README.md"
    write_file(readme, with_results(readme.read_text(), results()))


if __name__ == "__main__":
    typer.run(main)
