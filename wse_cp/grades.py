"""Grades: solutions by anyone, judged by score.py, ranked, and measured against a lower bound."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from wse_cp.decimals import exact_number, exact_or_none, exact_text
from wse_cp.errors import BoundError, InputError, Violation
from wse_cp.files.by_suffix import read_solution_file
from wse_cp.instance import Instance
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.result import Json, relative_gap, report, score_json, violation_json
from wse_cp.score import Score, score, violations
from wse_cp.views import views

if TYPE_CHECKING:
    import pandas as pd

#: Columns of the grades as a frame and as CSV.
CSV_COLUMNS: dict[str, str] = {
    "rank": "Int64",
    "file": "object",
    "verdict": "object",
    "cost": "float64",
    "max_time": "float64",  # cycles
    "wire_length": "float64",  # tiles
    "adapters": "Int64",
    "lower_bound": "float64",
    "gap_percent": "float64",
    "reason": "object",
}


@dataclass(frozen=True)
class Grade:
    """A solution: its score if it is legal, else its violations or why it cannot be read."""

    file: str  #: or a name of the caller's choice
    placed: tuple[PlacedKernel, ...] = field(default=(), repr=False)  #: all that it places, right or wrong
    score: Score | None = None
    violations: tuple[Violation, ...] = ()
    error: str | None = None
    rank: int | None = None  #: from 1, shared by equal costs; None if not legal or not ranked

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

    def to_json(self, name: str) -> Json:
        """Return the report that ``check`` prints; `name` is that of the instance."""
        return report(name, self.score, self.violations)


def judge(instance: Instance, file: str, placed: Iterable[PlacedKernel]) -> Grade:
    """Return the verdict of score.py on all that a solution places."""
    kernels = tuple(placed)
    found = tuple(violations(instance, kernels))
    return Grade(file, kernels, None if found else score(instance, Placement(kernels)), found)


def judge_file(instance: Instance, path: Path) -> Grade:
    """Return the verdict on a solution file; one that cannot be read is graded too, and says why."""
    try:
        return judge(instance, str(path), read_solution_file(path, instance))
    except InputError as error:
        return Grade(str(path), error=str(error))


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
        return pd.DataFrame(rows, columns=list(CSV_COLUMNS)).astype(CSV_COLUMNS)

    def write_csv(self, stream: TextIO) -> None:
        """Write a row per solution under `CSV_COLUMNS`; what is not known is empty."""
        writer = csv.DictWriter(stream, CSV_COLUMNS, lineterminator="\n")
        writer.writeheader()
        for grade in self.solutions:
            row = self._row(grade)
            gap = row.pop("gap_percent")
            texts = {name: exact_text(value) for name, value in row.items() if isinstance(value, Fraction)}
            writer.writerow({**row, **texts, "gap_percent": None if gap is None else f"{float(gap):.4f}"})

    def _row(self, grade: Grade) -> dict[str, Any]:
        """Return the values of `CSV_COLUMNS`, exact; what is not known is None or missing."""
        gap = grade.gap(self.lower_bound)
        return {
            "rank": grade.rank,
            "file": grade.file,
            "verdict": grade.verdict,
            **(asdict(grade.score) if grade.score else {}),
            "lower_bound": self.lower_bound,
            "gap_percent": None if gap is None else 100 * gap,
            "reason": grade.reason,
        }

    def _repr_html_(self) -> str:
        return views().frame_html(self.to_frame())

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


@dataclass(frozen=True)
class Item:
    """A problem of a collection: the verdict on its placement, and the bound that its certificate proves."""

    name: str
    instance: Instance
    grade: Grade
    bound: Fraction | None = None  #: None without a certificate, or with a refused one
    problem: str = ""  #: what is wrong with the certificate

    @property
    def gap(self) -> Fraction | None:
        """The gap of the cost to the bound."""
        return None if self.grade.score is None else relative_gap(self.grade.score.cost, self.bound)

    def to_json(self) -> Json:
        """Return the item as JSON values."""
        return {
            "problem": self.name,
            "legal": self.grade.score is not None,
            "violations": [violation_json(violation) for violation in self.grade.violations],
            "error": self.grade.error or self.problem or None,
            **score_json(self.grade.score),
            "lower_bound": exact_or_none(self.bound),
            "gap": exact_or_none(self.gap),
        }


@dataclass(frozen=True)
class Collection:
    """All problems of an archive, graded."""

    source: str
    items: tuple[Item, ...]

    @property
    def holds(self) -> bool:
        """Whether all placements are legal and no certificate is refused."""
        return all(item.grade.score is not None and not item.problem for item in self.items)

    def to_json(self) -> Json:
        """Return the collection as JSON values."""
        return {"collection": self.source, "problems": [item.to_json() for item in self.items]}


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
