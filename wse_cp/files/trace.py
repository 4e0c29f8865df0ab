"""Trace files (.csv): when a run found each incumbent (seconds), and its exact cost."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from wse_cp.decimals import exact_text
from wse_cp.errors import InputError
from wse_cp.files.text import read_text
from wse_cp.integers import MAX_DIGITS

HEADER = "seconds,cost"

_DIGITS = rf"[0-9]{{1,{MAX_DIGITS}}}"
_ROW = re.compile(
    rf"(?P<seconds>{_DIGITS}(?:\.{_DIGITS})?),(?P<cost>{_DIGITS}(?:\.{_DIGITS}|/(?P<below>{_DIGITS}))?)"
)

History = tuple[tuple[float, Fraction], ...]


def format_trace(history: Iterable[tuple[float, Fraction]]) -> str:
    """Return the text of a trace file; `history` has the seconds and the cost of each incumbent."""
    lines = [f"{seconds:.2f},{exact_text(cost)}" for seconds, cost in history]
    return "\n".join([HEADER, *lines]) + "\n"


def read_trace(path: Path) -> History:
    """Return the seconds and costs of a trace file, in the order of time.

    Raises `InputError` if the file cannot be read, has no rows, or its times go back or its costs up.
    """
    lines = read_text(path).rstrip("\n").split("\n")
    if lines[0].strip() != HEADER:
        raise InputError(f"the header {HEADER}", lines[0], str(path), 1)
    if len(lines) == 1:
        raise InputError("a row for each incumbent", "none", str(path), 2)
    rows = tuple(_parse_row(line, str(path), number) for number, line in enumerate(lines[1:], 2))
    for number, ((before, earlier), (after, later)) in enumerate(pairwise(rows), 3):
        if after < before or later > earlier:
            raise InputError("times that rise and costs that fall", lines[number - 1], str(path), number)
    return rows


def _parse_row(line: str, source: str, number: int) -> tuple[float, Fraction]:
    match = _ROW.fullmatch(line)
    if match is None or int(match["below"] or 1) == 0:
        raise InputError("seconds and a cost", line, source, number)
    return float(match["seconds"]), Fraction(match["cost"])
