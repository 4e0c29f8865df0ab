"""Several processes share the parts; what cannot be compiled ahead is left to whoever needs it."""

from __future__ import annotations

import queue
from pathlib import Path
from typing import Any

import pytest

from wse_cp import compiled
from wse_cp.ahead import compiling
from wse_cp.ahead.compiling import Compiling
from wse_cp.ahead.parts import ALL
from wse_cp.code_cache.checked import seal
from wse_cp.code_cache.folders import Folders


class StubProcess:
    """Stands in for a child process: compiles at once, or dies of one part."""

    def __init__(self, fatal: str = "") -> None:
        self.fatal, self.pid = fatal, 0
        self.sent: list[str] = []
        self.killed = False
        self.reports: queue.Queue[str | None] = queue.Queue()

    def send(self, name: str) -> None:
        self.sent.append(name)
        self.reports.put(None if name == self.fatal else name)

    def kill(self) -> None:
        self.killed = True


@pytest.fixture
def mark(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where it is noted that everything is compiled: nothing is yet."""
    monkeypatch.setattr(compiled, "completion_mark", lambda: "complete-test")
    monkeypatch.setattr(compiling, "completion_mark", lambda: "complete-test")
    use(monkeypatch, Folders(tmp_path, tmp_path, tmp_path))
    return tmp_path / "complete-test"


def use(monkeypatch: pytest.MonkeyPatch, folders: Folders) -> None:
    """Have the code kept in these folders."""
    monkeypatch.setattr(compiled, "folders", lambda: folders)
    monkeypatch.setattr(compiling, "folders", lambda: folders)


def stub(monkeypatch: pytest.MonkeyPatch, fatal: str = "") -> list[StubProcess]:
    made: list[StubProcess] = []

    def start(module: str, name: str) -> Any:
        made.append(StubProcess(fatal))
        return made[-1]

    monkeypatch.setattr(compiling, "ChildProcess", start)
    return made


def test_every_part_is_compiled_once_and_that_is_noted(monkeypatch: pytest.MonkeyPatch, mark: Path) -> None:
    made, told = stub(monkeypatch), list[str]()
    with Compiling(told.append) as work:
        assert work.needed
        work.wait()
        assert sorted(name for process in made for name in process.sent) == sorted(ALL)
    assert any(f"{len(ALL)} of {len(ALL)}" in text for text in told)
    assert all(process.killed for process in made)
    assert mark.exists()


def test_nothing_is_done_once_that_is_noted(monkeypatch: pytest.MonkeyPatch, mark: Path) -> None:
    mark.touch()
    made = stub(monkeypatch)
    with Compiling() as work:
        assert not work.needed
        work.wait()
    assert not made


def test_a_part_that_processes_die_of_is_given_up(monkeypatch: pytest.MonkeyPatch, mark: Path) -> None:
    monkeypatch.setattr(compiling, "_MOST", 1)
    stub(monkeypatch, fatal="trees")
    with Compiling() as work:
        work.wait()
    assert not mark.exists()


def test_without_processes_it_compiles_itself(monkeypatch: pytest.MonkeyPatch, mark: Path) -> None:
    def refuse(module: str, name: str) -> Any:
        raise OSError

    done: list[str] = []
    monkeypatch.setattr(compiling, "ChildProcess", refuse)
    monkeypatch.setattr(compiling, "compile_part", done.append)
    with Compiling() as work:
        work.wait()
    assert done == list(ALL)
    assert mark.exists()


def test_waiting_ends_when_asked(monkeypatch: pytest.MonkeyPatch, mark: Path) -> None:
    monkeypatch.setattr(compiling, "compile_part", lambda name: pytest.fail(name))
    use(monkeypatch, Folders(None, None, None))
    with Compiling() as work:
        work.wait(stop=lambda: True)
    assert not mark.exists()


def test_a_damaged_cache_is_not_complete(
    monkeypatch: pytest.MonkeyPatch, mark: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mark.touch()
    good, bad = mark.with_name("good.nbi"), mark.with_name("bad.nbc")
    good.write_bytes(b"data" + seal(b"data"))
    bad.write_bytes(b"")
    made = stub(monkeypatch)
    with Compiling() as work:
        assert work.needed
        assert not bad.exists()
        work.wait()
    assert made
    assert mark.exists()
    assert good.exists()
    assert "damaged files in" in caplog.text


def test_a_damaged_cache_that_is_only_read_is_not_complete(
    monkeypatch: pytest.MonkeyPatch, mark: Path
) -> None:
    """Nothing can be removed from it, and nothing is noted in it."""
    mark.touch()
    mark.with_name("bad.nbc").write_bytes(b"")
    use(monkeypatch, Folders(mark.parent, mark.parent, None, "read only"))
    monkeypatch.setattr(Path, "unlink", lambda path, **more: (_ for _ in ()).throw(OSError(30, "read only")))
    monkeypatch.setattr(compiling, "compile_part", lambda name: None)
    assert not compiled.is_complete()
    with Compiling() as work:
        assert work.needed
        work.wait()


def test_a_warm_cache_that_is_only_read_is_complete(monkeypatch: pytest.MonkeyPatch, mark: Path) -> None:
    mark.touch()
    use(monkeypatch, Folders(mark.parent, mark.parent, None, "read only"))
    made = stub(monkeypatch)
    with Compiling() as work:
        assert not work.needed
    assert not made


def test_a_temporary_cache_is_filled_by_several_processes(
    monkeypatch: pytest.MonkeyPatch, mark: Path, tmp_path: Path
) -> None:
    spare = tmp_path / "spare"
    spare.mkdir()
    use(monkeypatch, Folders(tmp_path, tmp_path, spare, "read only"))
    made = stub(monkeypatch)
    with Compiling() as work:
        work.wait()
    assert made
    assert (spare / "complete-test").exists()
    assert not mark.exists()


def test_nothing_is_compiled_where_that_is_switched_off(monkeypatch: pytest.MonkeyPatch, mark: Path) -> None:
    monkeypatch.setattr(compiling, "is_switched_off", lambda: True)
    made = stub(monkeypatch)
    with Compiling() as work:
        work.wait()
    assert not made


def test_with_little_memory_one_process_at_a_time_compiles_one_part_each(
    mark: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = stub(monkeypatch)
    with Compiling(most=1) as compiling:
        compiling.wait()
    assert [name for process in made for name in process.sent] == list(ALL)
    assert all(len(process.sent) == 1 for process in made)
    assert all(process.killed for process in made)
    assert mark.exists()


def test_a_process_that_has_grown_large_is_exchanged(mark: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = stub(monkeypatch)
    monkeypatch.setattr(compiling, "usable_cores", lambda: 2)
    monkeypatch.setattr(compiling, "memory_of", lambda pid: 10**9)
    with Compiling() as running:
        running.wait()
    assert sorted(name for process in made for name in process.sent) == sorted(ALL)
    assert all(len(process.sent) == 1 for process in made if process.sent)
    assert all(process.killed for process in made)
