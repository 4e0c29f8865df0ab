from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wse_cp.errors import InputError
from wse_cp.files.trace import format_trace, read_trace

STEPS = st.lists(st.fractions(0, 10**6, max_denominator=36), min_size=1, max_size=8)


@given(STEPS)
def test_a_trace_that_is_written_reads_the_same(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Fraction]
) -> None:
    history = tuple((i / 4, cost) for i, cost in enumerate(sorted(steps, reverse=True)))
    path = tmp_path_factory.mktemp("trace") / "t.csv"
    path.write_text(format_trace(history))
    assert read_trace(path) == history


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("cost,seconds\n1,2\n", 1),
        ("seconds,cost\n", 2),
        ("seconds,cost\n0.10;12\n", 2),
        ("seconds,cost\n0.10,1e9\n", 2),
        ("seconds,cost\nnan,12\n", 2),
        ("seconds,cost\n-1,12\n", 2),
        ("seconds,cost\n1,12/0\n", 2),
        ("seconds,cost\n1,12\n0.5,11\n", 3),
        ("seconds,cost\n1,12\n2,13\n", 3),
    ],
)
def test_what_is_no_trace_is_an_error_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(InputError) as error:
        read_trace(path)
    assert (error.value.source, error.value.line) == (str(path), line)
