"""Marks of long tests."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import pytest


def with_slow(cases: Iterable[Any], *long: Any) -> Collection[Any]:
    """Return the cases of a parameter; those that are `long` run with the slow tests only."""
    cases = list(cases)
    assert set(long) <= set(cases)
    return [pytest.param(case, marks=pytest.mark.slow) if case in long else case for case in cases]
