"""The best placements found so far: one file a case and a table of their scores."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

from wse_cp.decimals import exact_text
from wse_cp.files.paint import read_placement, write_paint
from wse_cp.files.text import write_atomically
from wse_cp.instance import Instance
from wse_cp.score import Score, checked_score

TABLE = "best.csv"
COLUMNS = ("case", "cost", "max_time", "wire_length", "adapters", "date")


def keep_if_better(folder: Path, case: str, instance: Instance, paint: Path) -> bool:
    """Take a placement file into the folder if it is better than the one there; return whether it was.

    Raises
    ------
    InputError
        If the file cannot be read.
    IllegalPlacementError
        If the placement is not legal.
    """
    placement = read_placement(paint, instance)
    score = checked_score(instance, placement)
    rows = read_table(folder)
    if case in rows and Fraction(rows[case]["cost"]) <= score.cost:
        return False
    folder.mkdir(exist_ok=True)
    write_paint(folder / f"{case}.paint", instance, placement)
    rows[case] = _row(case, score)
    _write_table(folder, rows)
    return True


def read_table(folder: Path) -> dict[str, Mapping[str, str]]:
    """Return the rows of the folder's table by case; none if there is no table."""
    path = folder / TABLE
    if not path.exists():
        return {}
    with path.open(newline="") as file:
        return {row["case"]: row for row in csv.DictReader(file)}


def _row(case: str, score: Score) -> Mapping[str, str]:
    return {
        "case": case,
        "cost": exact_text(score.cost),
        "max_time": exact_text(score.max_time),
        "wire_length": exact_text(score.wire_length),
        "adapters": str(score.adapters),
        "date": datetime.now(UTC).date().isoformat(),
    }


def _write_table(folder: Path, rows: Mapping[str, Mapping[str, str]]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows[case] for case in sorted(rows))
    write_atomically(folder / TABLE, text.getvalue())
