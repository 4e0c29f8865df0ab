"""A compiled function and its inner ones become machine code once; Numba's parts behave as this leans on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest

from wse_cp.linked import PartLibrary, WholeCompiler


def whole(function: Any) -> Any:
    return numba.njit(pipeline_class=WholeCompiler)(function)


def double_last(values: Any) -> Any:
    return 2 * values[-1]


def test_what_is_called_becomes_part_of_the_whole() -> None:
    numba.extending.register_jitable(double_last)
    compiled = whole(lambda values: double_last(values) + double_last(values[:1]))
    assert compiled(np.arange(5)) == 8
    (code,) = compiled.overloads.values()
    assert not isinstance(code.library, PartLibrary)
    assert any(isinstance(part, PartLibrary) for part in code.library._linking_libraries)


def test_errors_raised_in_a_part_arrive_with_their_text() -> None:
    def assign(values: Any, count: int) -> None:
        values[:count] = np.ones(count + 1)

    with pytest.raises(ValueError, match="shape"):
        whole(assign)(np.zeros(4), 2)


def test_code_that_was_kept_is_called_by_python_after_a_whole_took_it_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("numba.core.config.CACHE_DIR", str(tmp_path))
    numba.njit(cache=True, pipeline_class=WholeCompiler)(double_last)(np.arange(4))
    kept = numba.njit(cache=True, pipeline_class=WholeCompiler)(double_last)
    assert whole(lambda values: kept(values) + 1)(np.arange(4)) == 7
    assert kept(np.arange(4)) == 6


def test_numba_makes_later_code_as_usual() -> None:
    whole(lambda value: value + 1)(1)
    twice = numba.njit(lambda value: 2 * value)
    assert twice(21) == 42
    (code,) = twice.overloads.values()
    assert not isinstance(code.library, PartLibrary)


def test_the_whole_is_kept_between_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("numba.core.config.CACHE_DIR", str(tmp_path))
    first = numba.njit(cache=True, pipeline_class=WholeCompiler)(double_last)
    assert first(np.arange(4)) == 6
    second = numba.njit(cache=True, pipeline_class=WholeCompiler)(double_last)
    assert second(np.arange(4)) == 6
    assert sum(second.stats.cache_hits.values()) == 1
