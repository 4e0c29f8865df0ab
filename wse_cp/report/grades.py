"""Grades of solutions by anyone: rank, verdict, score and gap; as a table, JSON and CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, TextIO

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from wse_cp.decimals import exact_number, exact_or_none, exact_text, percent_text
from wse_cp.errors import BoundError, Violation, shorten
from wse_cp.progress import score_cells
from wse_cp.result import Json, relative_gap, score_json, violation_json
from wse_cp.score import Score

if TYPE_CHECKING:
    import pandas as pd

CSV_COLUMNS = (
    "rank",
    "file",
    "verdict",
    "cost",
    "max_time",
    "wire_length",
    "adapters",
    "lower_bound",
    "gap_percent",
    "reason",
)


@dataclass(frozen=True)
class Grade:
    """A solution file: its score if it is legal, else its violations or why it cannot be read."""

    file: str
    score: Score | None = None
    violations: tuple[Violation, ...] = ()
    error: str | None = None
    rank: int | None = None  #: from 1, shared by equal costs; None if not legal

    @property
    def verdict(self) -> str:
        """Return legal, illegal or unreadable."""
        return "unreadable" if self.error is not None else "illegal" if self.score is None else "legal"

    @property
    def reason(self) -> str:
        """Return what is wrong (the first violation, and how many more), or nothing for a legal solution."""
        if self.error is not None or not self.violations:
            return self.error or ""
        more = len(self.violations) - 1
        return self.violations[0].message + (f" (and {more} more)" if more else "")

    def gap(self, lower_bound: Fraction) -> Fraction | None:
        """Return the gap of the cost to a bound, if there is one."""
        return relative_gap(self.score.cost, lower_bound) if self.score else None


@dataclass(frozen=True)
class Grades:
    """All grades, the best first, with the certified bound they are measured against.

    `certificate` is the file that proves it, None if it was computed and checked on the spot.
    """

    instance: str
    lower_bound: Fraction
    certificate: str | None
    solutions: tuple[Grade, ...]

    @property
    def all_legal(self) -> bool:
        """Whether no solution is illegal or unreadable."""
        return all(grade.score is not None for grade in self.solutions)

    def to_json(self) -> Json:
        """Return the grades as JSON values; gaps are ratios, exact."""
        return {
            "instance": self.instance,
            "lower_bound": exact_number(self.lower_bound),
            "certificate": self.certificate,
            "solutions": [self._solution_json(grade) for grade in self.solutions],
        }

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each solution, the best first, with the columns of `CSV_COLUMNS`.

        Numbers are the nearest floats; what is not known is missing.
        """
        import pandas as pd

        rows = [self._row(grade) for grade in self.solutions]
        return pd.DataFrame(rows, columns=list(CSV_COLUMNS)).astype({"rank": "Int64", "adapters": "Int64"})

    def _row(self, grade: Grade) -> Json:
        gap, parts = grade.gap(self.lower_bound), grade.score
        return {
            "rank": grade.rank,
            "file": grade.file,
            "verdict": grade.verdict,
            "cost": float(parts.cost) if parts else None,
            "max_time": float(parts.max_time) if parts else None,
            "wire_length": float(parts.wire_length) if parts else None,
            "adapters": parts.adapters if parts else None,
            "lower_bound": float(self.lower_bound),
            "gap_percent": None if gap is None else float(100 * gap),
            "reason": grade.reason,
        }

    def _repr_html_(self) -> str:
        from wse_cp.report.display import frame_html

        return frame_html(self.to_frame())

    def _solution_json(self, grade: Grade) -> Json:
        return {
            "rank": grade.rank,
            "file": grade.file,
            "legal": grade.score is not None,
            "violations": [violation_json(violation) for violation in grade.violations],
            "error": grade.error,
            **score_json(grade.score),
            "gap": exact_or_none(grade.gap(self.lower_bound)),
        }


def ranked(grades: Iterable[Grade]) -> tuple[Grade, ...]:
    """Return the grades with ranks: legal ones by cost, then the others, else in the order given."""
    given = list(grades)
    costs = sorted(grade.score.cost for grade in given if grade.score is not None)
    found = [replace(g, rank=costs.index(g.score.cost) + 1 if g.score else None) for g in given]
    return tuple(sorted(found, key=lambda grade: grade.rank or len(given) + 1))


def check_unbeaten(grades: Iterable[Grade], bound: Fraction) -> None:
    """Raise `BoundError` if a legal solution costs less than the bound: then the bound is wrong."""
    for grade in grades:
        if grade.score is not None and grade.score.cost < bound:
            cost = exact_text(grade.score.cost)
            raise BoundError(
                f"the bound {exact_text(bound)} is wrong: {grade.file} is legal, its cost {cost}"
            )


def grade_table(grades: Grades) -> Iterator[RenderableType]:
    """Yield the bound, the table of the grades, and a line for whatever is wrong with a solution."""
    yield f"lower bound {exact_text(grades.lower_bound)}"
    yield ""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("rank", justify="right")
    table.add_column("file", overflow="fold")
    for heading in ("cost", "max time", "wire length", "adapters", "gap"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for grade in grades.solutions:
        table.add_row(
            str(grade.rank or "-"),
            Text(shorten(grade.file, 4096)),  # Text, for brackets in names and messages are no markup
            *score_cells(grade.score),
            percent_text(grade.gap(grades.lower_bound)),
            grade.verdict,
        )
    yield table
    # Not in the table: a long reason would squeeze its columns on a terminal.
    wrong = [grade for grade in grades.solutions if grade.reason]
    if wrong:
        yield ""
        yield from (Text(_complaint(grade)) for grade in wrong)


def _complaint(grade: Grade) -> str:
    if grade.reason.startswith(grade.file):  # errors of reading name their file, and the line
        return f"{grade.verdict}: {grade.reason}"
    return f"{grade.verdict}: {shorten(grade.file, 4096)}: {grade.reason}"


def write_csv(grades: Grades, stream: TextIO) -> None:
    """Write a row per solution under `CSV_COLUMNS`; what is not known is empty."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for grade in grades.solutions:
        gap = grade.gap(grades.lower_bound)
        writer.writerow(
            [
                grade.rank or "",
                grade.file,
                grade.verdict,
                *(score_cells(grade.score) if grade.score else [""] * 4),
                exact_text(grades.lower_bound),
                "" if gap is None else f"{float(100 * gap):.4f}",
                grade.reason,
            ]
        )
