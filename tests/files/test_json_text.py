from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wse_cp.errors import InputError
from wse_cp.files.json_text import LINE, format_json, line_of, lines_of_items, parse_json, path_text

TEXTS = st.text('a"\\é[]{},: \n', max_size=4)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('a"\\é[]{},: \n', max_size=4),
    lambda part: (
        st.lists(part, max_size=4) | st.dictionaries(st.text('a"\\é[]{},: \n', max_size=4), part, max_size=4)
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=30)
@given(VALUES)
def test_what_is_written_reads_back(value: Any) -> None:
    assert parse_json(format_json(value), "x") == value
    assert json.loads(format_json(value)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("61891.5", Fraction(123783, 2)), ("0.1", Fraction(1, 10)), ("64.0", 64), ("1e3", 1000), ("-2", -2)],
)
def test_numbers_are_exact(text: str, value: Fraction) -> None:
    assert parse_json(text, "x") == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "x:1: expected JSON, found the end of the file"),
        ('{\n"a": 1,\n"b" 2}', "x:3: expected JSON, found Expecting ':' delimiter"),
        ('{"a": NaN}', "x: expected a number, found NaN"),
        ('{"a": 1, "a": 2}', "x: expected keys that occur once in an object, found a second a"),
        ("9" * 5000, "x: expected numbers of at most 60 digits, found " + "9" * 117 + "..."),
        ("1e999999999", "x: expected numbers of at most 60 digits, found 1e999999999"),
        ("1e325", "x: expected numbers of at most 60 digits, found 1e325"),
        ("[" * 200_000, "x: expected JSON, found deeply nested values"),
    ],
)
def test_doubtful_input_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        parse_json(text, "x")
    assert str(error.value) == message


def test_a_path_leads_to_the_line_of_its_value() -> None:
    text = '{"a": [\n 1, {"b,]": "\\"}",\n "c": {"d": \n[2]}}\n, 3]}'
    assert line_of(text, ()) == 1
    assert line_of(text, ("a", 1)) == 2
    assert line_of(text, ("a", 1, "c", "d", 0)) == 4
    assert line_of(text, ("a", 2)) == 5
    assert line_of(text, ("a", 1, "nowhere", 7)) == 2
    assert lines_of_items(text, ("a",)) == [2, 2, 5]


def test_a_path_is_written_as_in_programs() -> None:
    assert path_text(("nodes", 3, "kernel", "H")) == "nodes[3].kernel.H"


def test_what_fits_a_line_stands_on_one() -> None:
    text = format_json({"short": [1, 2], "long": [{"key": "x" * 100}, {"key": "y" * 100}]})
    assert text.count("\n") == 7
    assert all(len(line) <= LINE for line in text.splitlines())
