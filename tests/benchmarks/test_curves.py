"""The picture of cost over time."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from benchmarks.curves import draw_panel, save_curves

CURVES = pd.DataFrame(
    {
        "case": ["A", "A", "B", "A"],
        "seed": [0, 0, 0, 0],
        "time_limit": [60, 60, 60, 10],
        "seconds": [1.0, 5.0, 2.0, 1.0],
        "cost": [120.0, 110.0, 50.0, 130.0],
    }
)
BOUNDS = pd.DataFrame({"case": ["A", "B"], "bound": [100.0, 50.0]})


def test_the_gap_falls_in_steps_and_lasts_to_the_end_of_the_run() -> None:
    figure, ax = plt.subplots()
    draw_panel(ax, CURVES.iloc[:2], BOUNDS.set_index("case")["bound"])
    line = ax.get_lines()[0]
    assert np.asarray(line.get_xdata()).tolist() == [1.0, 5.0, 60.0]
    assert np.asarray(line.get_ydata()).tolist() == pytest.approx([20.0, 10.0, 10.0])
    plt.close(figure)


def test_the_picture_is_written(tmp_path: Path) -> None:
    save_curves(tmp_path / "curves.png", CURVES, BOUNDS)
    assert (tmp_path / "curves.png").stat().st_size > 10_000
