"""Take placements into instances/best where they are better than what is there: CASE=FILE.paint ...

The folder has a file for each case and a table of their scores.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import typer

from wse_cp.decimals import exact_text
from wse_cp.errors import IllegalPlacementError, InputError
from wse_cp.files.by_suffix import read_instance_file, read_placement_file, write_placement_file
from wse_cp.files.writing import write_file
from wse_cp.instance import Instance
from wse_cp.score import Score, checked_score

PROJECT = Path(__file__).resolve().parents[1]
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
    placement = read_placement_file(paint, instance)
    score = checked_score(instance, placement)
    rows = read_table(folder)
    if case in rows and Fraction(rows[case]["cost"]) <= score.cost:
        return False
    folder.mkdir(exist_ok=True)
    write_placement_file(folder / f"{case}.paint", instance, placement)
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
    write_file(folder / TABLE, text.getvalue())


def main(
    placements: Annotated[list[str], typer.Argument(help="CASE=FILE.paint")],
    folder: Annotated[Path, typer.Option(help="Where the best ones are.")] = PROJECT / "instances/best",
) -> None:
    """Read, score and keep; says which were better."""
    try:
        for text in placements:
            case, _, path = text.partition("=")
            instance = read_instance_file(PROJECT / f"instances/{case}.kgraph")
            if keep_if_better(folder, case, instance, Path(path)):
                print(f"{case}: {path}")
    except (InputError, IllegalPlacementError) as error:
        print(error, file=sys.stderr)
        raise typer.Exit(2) from None


if __name__ == "__main__":
    typer.run(main)
