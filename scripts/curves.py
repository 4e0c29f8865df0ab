"""Draw docs/images/curves.png, the gap over time, from docs/curves.csv and docs/bounds.csv."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from wse_cp.report.benchmark_table import read_bounds
from wse_cp.report.curves import save_curves

DOCS = Path(__file__).resolve().parents[1] / "docs"

if __name__ == "__main__":
    curves = pd.read_csv(DOCS / "curves.csv", dtype={"case": str})
    save_curves(DOCS / "images/curves.png", curves, read_bounds(DOCS / "bounds.csv"))
