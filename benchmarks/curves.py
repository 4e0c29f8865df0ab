"""Draw docs/images/curves.png, the gap over time, from docs/curves.csv and docs/bounds.csv."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from benchmarks.project import PROJECT
from benchmarks.table import read_bounds, read_curves

#: Groups of cases that share a panel: one regime each.
PANELS = (("A", "B", "C", "D"), ("E", "F", "G", "H"), ("I", "J", "K", "L", "M", "N"), tuple("OPQRST"))
#: Gaps below this (in percent) are drawn as if they were.
_LEAST = 0.05


def save_curves(path: Path, curves: pd.DataFrame, bounds: pd.DataFrame) -> None:
    """Write the picture of the longest run of each case (seed by seed) to `path`.

    Parameters
    ----------
    curves
        Columns case, seed, time_limit, seconds, cost: a row for each new incumbent.
    bounds
        Columns case, bound.
    """
    known = bounds.set_index("case")["bound"].astype(float)
    longest = curves[curves["time_limit"] == curves.groupby("case")["time_limit"].transform("max")]
    figure, axes = plt.subplots(2, 2, figsize=(11, 8), sharex=True, sharey=True, layout="constrained")
    for ax, cases in zip(axes.flat, PANELS, strict=True):
        draw_panel(ax, longest[longest["case"].isin(cases)], known)
    figure.supxlabel("seconds")
    figure.supylabel("gap to the certified bound (%)")
    figure.savefig(path, dpi=110)
    plt.close(figure)


def draw_panel(ax: Axes, curves: pd.DataFrame, bounds: pd.Series[float]) -> None:
    """Draw the gaps of some cases over time, each case in one colour."""
    for number, (case, runs) in enumerate(curves.groupby("case")):
        for _, run in runs.groupby("seed"):
            gaps = 100 * (run["cost"].astype(float) / bounds[str(case)] - 1)
            seconds = [*run["seconds"], float(run["time_limit"].iloc[0])]
            values = [max(gap, _LEAST) for gap in [*gaps, gaps.iloc[-1]]]
            ax.step(seconds, values, where="post", color=f"C{number}", lw=1.4)
        ax.plot([], [], color=f"C{number}", label=str(case))
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.grid(visible=True, which="both", lw=0.3)
    if len(curves):
        ax.legend(ncols=2, frameon=False)


def main() -> None:
    """Draw the picture if there are curves."""
    docs = PROJECT / "docs"
    curves = read_curves(docs / "curves.csv")
    if curves is not None:
        save_curves(docs / "images/curves.png", curves, read_bounds(docs / "bounds.csv"))


if __name__ == "__main__":
    main()
