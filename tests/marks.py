"""Marks of long tests."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import pytest


def with_slow(cases: Iterable[Any], *long: Any) -> Collection[Any]:
    """Return the cases of a parameter, or tuples for several; the long ones run with the slow tests only."""
    cases = list(cases)
    assert set(long) <= set(cases)
    return [_slow(case) if case in long else case for case in cases]


def _slow(case: Any) -> Any:
    values = case if type(case) is tuple else (case,)  # named tuples are single values
    return pytest.param(*values, marks=pytest.mark.slow)
