"""Where machine code is kept: in NUMBA_CACHE_DIR, or in the user's cache directory."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest

from wse_cp.compiled import cache_directory


def directory() -> Path:
    return cache_directory.__wrapped__()


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


def test_numbas_variable_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "other"))
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "numba"))
    assert directory().parent == tmp_path / "numba" / "wse-cp"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a rule of Linux")
def test_the_users_cache_directory_is_next(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert directory().parent == tmp_path / "home" / ".cache" / "wse-cp"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "other"))
    assert directory().parent == tmp_path / "other" / "wse-cp"


def test_a_temporary_one_is_the_last(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert directory().parent == tmp_path
    assert directory().name.startswith("wse-cp-")
