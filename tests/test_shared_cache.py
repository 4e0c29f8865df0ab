"""Who finds no code makes it, and the others wait for it instead of making it again."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from wse_cp import shared_cache
from wse_cp.shared_cache import SharedCache


class Kept:
    """Stands in for Numba's cache, one for all processes."""

    name = "kept"

    def __init__(self) -> None:
        self.code: dict[object, object] = {}

    def load_overload(self, signature: object, target: object) -> object:
        return self.code.get(signature)

    def save_overload(self, signature: object, code: object) -> None:
        self.code[signature] = code


def test_the_second_waits_for_what_the_first_makes(tmp_path: Path) -> None:
    kept = Kept()
    first, second = SharedCache(kept, tmp_path / "lock"), SharedCache(kept, tmp_path / "lock")
    found: list[Any] = []
    assert first.load_overload("sig", None) is None
    waiting = threading.Thread(target=lambda: found.append(second.load_overload("sig", None)))
    waiting.start()
    time.sleep(0.1)
    assert not found
    first.save_overload("sig", "code")
    waiting.join(10)
    assert found == ["code"]


def test_once_code_is_there_nobody_waits(tmp_path: Path) -> None:
    kept = Kept()
    kept.code["sig"] = "code"
    first, second = SharedCache(kept, tmp_path / "lock"), SharedCache(kept, tmp_path / "lock")
    assert first.load_overload("other", None) is None
    assert second.load_overload("sig", None) == "code"


def test_the_lock_is_released_when_another_made_the_code(tmp_path: Path) -> None:
    kept = Kept()
    first, second = SharedCache(kept, tmp_path / "lock"), SharedCache(kept, tmp_path / "lock")
    first.load_overload("sig", None)
    first.save_overload("sig", "code")
    assert second.load_overload("sig", None) == "code"
    assert second.load_overload("other", None) is None


def test_after_long_waiting_it_goes_on_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shared_cache, "_PATIENCE", 0.05)
    first, second = (SharedCache(Kept(), tmp_path / "lock") for _ in range(2))
    assert first.load_overload("sig", None) is None
    assert second.load_overload("sig", None) is None


def test_the_rest_is_numbas(tmp_path: Path) -> None:
    assert SharedCache(Kept(), tmp_path / "lock").name == "kept"
