"""Draw pictures of the documentation: lines, cuts, window and shelves (.png) in docs/images."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from runpy import run_path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle as Box

import wse_cp as wse
from wse_cp.decimals import exact_text
from wse_cp.files.writing import write_file
from wse_cp.incremental.state import PlacementState
from wse_cp.lns.neighbourhood import in_window
from wse_cp.lns.selections import line
from wse_cp.report.picture.draw import draw
from wse_cp.report.picture.figure import figure_data

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "docs/examples/shelves.py"
_PANEL = 4.2  #: inches
_STYLE: dict[Any, Any] = {"savefig.dpi": 80, "font.family": "DejaVu Sans"}


def best(case: str) -> tuple[wse.Instance, wse.Placement]:
    """Return an instance and the best placement kept for it."""
    instance = wse.load(ROOT / f"instances/{case}.kgraph")
    return instance, wse.load_placement(ROOT / f"instances/best/{case}.paint", instance)


def panels(count: int) -> tuple[Figure, list[Axes]]:
    """Return a figure with that many panels side by side."""
    figure = Figure(figsize=(count * _PANEL, _PANEL + 0.3), layout="constrained")
    return figure, list(figure.subplots(1, count))


def draw_panel(axes: Axes, title: str, instance: wse.Instance, placement: wse.Placement) -> None:
    """Draw a placement under a title."""
    draw(axes, instance, placement)
    axes.set_title(title, fontsize=10)


def draw_examples(**kinds: str) -> Figure:
    """Draw the best placements of some cases as examples of a kind."""
    figure, axes = panels(len(kinds))
    for panel, (case, kind) in zip(axes, kinds.items(), strict=True):
        draw_panel(panel, f"case {case}: {kind}", *best(case))
    return figure


def draw_window(case: str = "B") -> Figure:
    """Draw a neighbourhood: the kernels that a line crosses are placed anew inside their bounding box."""
    figure, axes = panels(2)
    instance, placement = best(case)
    state = PlacementState(instance, placement)
    window = in_window(state, line(state, 6, np.random.default_rng(4)))
    draw_panel(axes[0], f"case {case}: an incumbent", instance, placement)
    draw_panel(axes[1], f"{len(window.free)} kernels are free inside a box", instance, placement)
    for name, placed in placement.items():
        if name not in window.free:
            box = placed.rectangle
            axes[1].add_patch(Box(box[:2], *box[2:], facecolor="white", alpha=0.85, linewidth=0, zorder=8))
    region = next(iter(window.regions.values()))
    axes[1].add_patch(Box(region[:2], *region[2:], fill=False, edgecolor="#c03028", linewidth=2, zorder=9))
    return figure


def draw_shelves(case: str = "A") -> Figure:
    """Draw the placement of the example heuristic beside the best one."""
    figure, axes = panels(2)
    instance, placement = best(case)
    place: Callable[[wse.Instance], wse.Placement] = run_path(str(EXAMPLE))["place"]
    for panel, name, shown in zip(axes, ("shelves", "best"), (place(instance), placement), strict=True):
        cost = exact_text(wse.score(instance, shown).cost)
        draw_panel(panel, f"case {case}, {name}: cost {cost}", instance, shown)
    return figure


def main() -> None:
    """Write the pictures."""
    with mpl.rc_context(_STYLE):
        figures = {
            "lines": draw_examples(O="a straight stack", B="rows"),
            "cuts": draw_examples(I="a stack and strips", M="a tree of cuts"),
            "window": draw_window(),
            "shelves": draw_shelves(),
        }
        for name, figure in figures.items():
            write_file(ROOT / f"docs/images/{name}.png", figure_data(figure, "png"))


if __name__ == "__main__":
    main()
