"""Who finds no code makes it, and the others wait for it instead of making it again."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import pytest

from wse_cp.code_cache import shared
from wse_cp.code_cache.shared import SharedCache


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
    first, second = SharedCache([kept], tmp_path / "lock"), SharedCache([kept], tmp_path / "lock")
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
    first, second = SharedCache([kept], tmp_path / "lock"), SharedCache([kept], tmp_path / "lock")
    assert first.load_overload("other", None) is None
    assert second.load_overload("sig", None) == "code"


def test_the_lock_is_released_when_another_made_the_code(tmp_path: Path) -> None:
    kept = Kept()
    first, second = SharedCache([kept], tmp_path / "lock"), SharedCache([kept], tmp_path / "lock")
    first.load_overload("sig", None)
    first.save_overload("sig", "code")
    assert second.load_overload("sig", None) == "code"
    assert second.load_overload("other", None) is None


def test_after_long_waiting_it_goes_on_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shared, "_PATIENCE", 0.05)
    first, second = (SharedCache([Kept()], tmp_path / "lock") for _ in range(2))
    assert first.load_overload("sig", None) is None
    assert second.load_overload("sig", None) is None


def test_the_rest_is_numbas(tmp_path: Path) -> None:
    assert SharedCache([Kept()], tmp_path / "lock").name == "kept"


class Broken(Kept):
    """A cache that raises whatever is done to it."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error, self.discarded = error, 0

    def load_overload(self, signature: object, target: object) -> object:
        raise self.error

    def save_overload(self, signature: object, code: object) -> None:
        raise self.error

    def discard(self) -> None:
        self.discarded += 1


@pytest.fixture(autouse=True)
def _nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "_said", set())


@pytest.mark.parametrize(
    "error",
    [
        EOFError(),
        UnpicklingError("x"),
        OSError(5, "I/O"),
        PermissionError(13, "no"),
        ValueError(),
        AttributeError("y"),
    ],
    ids=repr,
)
def test_a_cache_that_cannot_be_read_is_as_good_as_none(
    tmp_path: Path, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    broken = Broken(error)
    cache = SharedCache([broken], tmp_path / "lock")
    for _ in range(2):
        assert cache.load_overload("sig", None) is None
        cache.save_overload("sig", "code")
    assert broken.discarded
    assert len([r for r in caplog.records if r.levelname == "WARNING" and "damaged" in r.message]) == 1
    assert len([r for r in caplog.records if r.levelname == "WARNING" and "takes no code" in r.message]) == 1


def test_the_next_cache_is_asked_and_the_last_one_is_written_to(tmp_path: Path) -> None:
    first, second = Kept(), Kept()
    first.code["old"], second.code["new"] = "from first", "from second"
    cache = SharedCache([first, second], tmp_path / "lock")
    assert cache.load_overload("old", None) == "from first"
    assert cache.load_overload("new", None) == "from second"
    assert cache.load_overload("none", None) is None
    cache.save_overload("none", "made")
    assert (first.code, second.code["none"]) == ({"old": "from first"}, "made")


def test_without_a_place_nothing_is_saved() -> None:
    kept = Kept()
    cache = SharedCache([kept], None)
    assert cache.load_overload("sig", None) is None
    cache.save_overload("sig", "code")
    assert not kept.code


def test_the_others_do_not_wait_for_code_that_could_not_be_saved(tmp_path: Path) -> None:
    full = Broken(OSError(28, "No space left on device"))
    full.load_overload = lambda signature, target: None  # type: ignore[method-assign]
    first, second = SharedCache([full], tmp_path / "lock"), SharedCache([Kept()], tmp_path / "lock")
    assert first.load_overload("sig", None) is None
    first.save_overload("sig", "code")
    begin = time.monotonic()
    assert second.load_overload("sig", None) is None
    assert time.monotonic() - begin < shared._PATIENCE / 2
