"""The benchmark of the start reads the lines of progress as a run prints them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import start

LINES = [
    (1.0, "    0.0 s  compiler: compiling the numerical loops (once on this machine, half a minute)"),
    (1.5, "    0.3 s  cost 40228.5  (max time 38808, wire length 1420.5, adapters 24)  shelves"),
    (9.0, "   10.0 s  compiler: compiled: trees (2 of 7)"),
    (11.0, "    0.9 s  cost 35713  (max time 34496, wire length 1217, adapters 26)  first rows"),
    (12.0, "    1.1 s  claimed bound 32  (time 0, wire 32, adapters 0)  bound"),
    (15.0, "    4.0 s  compiler: compiled: bounds (7 of 7)"),
    (99.0, "never read"),
]


def test_what_is_seen_first_is_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def lines(arguments: list[str], cache: Path) -> Iterator[tuple[float, str]]:
        for seconds, line in LINES:
            read.append(line)
            yield seconds, line

    monkeypatch.setattr(start, "lines", lines)
    assert start.first_placements([], Path(), until_compiled=True) == {
        "first placement": 1.5,
        "first by compiled code": 11.0,
        "everything compiled": 15.0,
    }
    assert read[-1] == LINES[-2][1]
