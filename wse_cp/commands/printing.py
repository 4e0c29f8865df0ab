"""What the commands print on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from io import StringIO
from pathlib import Path
from typing import Literal

from rich.console import Console, RenderableType

from wse_cp.bounds.result import Bound
from wse_cp.decimals import exact_text, percent_text
from wse_cp.errors import Violation
from wse_cp.instance import Settings
from wse_cp.report.grades import Grades, grade_table, write_csv
from wse_cp.result import Result
from wse_cp.score import Score

#: Columns of a line when no terminal says how many it has.
PIPE_WIDTH = 200
#: So many that no row of a table is ever broken into lines.
UNBROKEN = 100_000


def print_rich(items: Iterable[RenderableType], pipe_width: int = PIPE_WIDTH) -> None:
    """Print tables and text: styled on a terminal, aligned plain text in a pipe."""
    console = Console(file=sys.stdout, highlight=False)
    if console.is_terminal:
        console.print(*items, sep="\n")
        return
    plain = Console(file=StringIO(), highlight=False, width=pipe_width, color_system=None)
    with plain.capture() as capture:
        plain.print(*items, sep="\n")
    for line in capture.get().rstrip("\n").split("\n"):
        print(line.rstrip())


def score_lines(score: Score, settings: Settings) -> list[str]:
    """Return the cost and how it is made up, a line each."""
    parts = (
        ("max time", exact_text(score.max_time), settings.wdeltat),
        ("wire length", exact_text(score.wire_length), settings.wlength),
        ("adapters", exact_text(score.adapters), settings.wadapter),
    )
    return [
        f"{'cost':<12}{exact_text(score.cost):>14}",
        *(f"{name:<12}{value:>14}  x {weight}" for name, value, weight in parts),
    ]


def print_result(result: Result, written: Sequence[Path]) -> None:
    """Print the summary of a run: cost and parts, time, files."""
    for line in score_lines(result.score, result.instance.settings):
        print(line)
    if result.lower_bound is not None:
        state = "verified" if result.verified else "as claimed by its certificate, not yet verified"
        print(f"{'lower bound':<12}{exact_text(result.lower_bound):>14}  ({state})")
        print(f"{'gap':<12}{percent_text(result.gap):>14}")
    reason = f" ({result.stopped_by})" if result.stopped_by else ""
    print(f"{'seconds':<12}{result.seconds:>14.1f}{reason}")
    print(f"{'written':<12}{', '.join(str(path) for path in written)}")


def print_verdict(score: Score | None, found: Sequence[Violation], settings: Settings) -> None:
    """Print whether a solution is legal, and its score or what is wrong with it."""
    if score is None:
        print(f"illegal: {len(found)} violation{'s' * (len(found) != 1)}")
        for violation in found:
            print(f"  {violation.kind}: {violation.message}")
        return
    print("legal")
    for line in score_lines(score, settings):
        print(line)


def print_bound(bound: Bound, certificate: Path | None) -> None:
    """Print a bound that the verifier agrees to: value and parts, how it was found, the file written."""
    rows = (
        ("lower bound", exact_text(bound.value)),
        ("of time", exact_text(bound.parts.time)),
        ("of wire", exact_text(bound.parts.wire)),
        ("of adapters", exact_text(bound.parts.adapters)),
        ("seconds", f"{bound.seconds:.1f}"),
    )
    for name, value in rows:
        print(f"{name:<12}{value:>14}")
    print(f"{'method':<12}{bound.method}")
    if certificate is not None:
        print(f"{'certificate':<12}{certificate}")


def print_grades(grades: Grades, form: Literal["table", "json", "csv"]) -> None:
    """Print the grades of solutions in the form asked for."""
    if form == "json":
        print(json.dumps(grades.to_json(), indent=2))
    elif form == "csv":
        write_csv(grades, sys.stdout)
    else:
        print_rich(grade_table(grades), UNBROKEN)
