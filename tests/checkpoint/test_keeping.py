"""Which outputs are written while a run goes on, and what stands there."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.checkpoint.cases import chain, placed
from wse_cp.checkpoint.folder import STATE, Folder
from wse_cp.checkpoint.keeping import Keeping, Sources, memory_of, open_keeping, replaceable, writing
from wse_cp.errors import InputError
from wse_cp.placement import Placement
from wse_cp.score import Score, score

INSTANCE = chain()


def test_files_are_replaced_pipes_devices_and_folders_are_not(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    (tmp_path / "dangling").symlink_to(tmp_path / "missing")
    os.mkfifo(tmp_path / "pipe")
    assert [name for name in ("file", "link", "new") if not replaceable(tmp_path / name)] == []
    (tmp_path / "one").write_text("")
    os.link(tmp_path / "one", tmp_path / "another")
    others = [
        tmp_path,
        tmp_path / "one",
        tmp_path / "pipe",
        tmp_path / "dangling",
        Path("/dev/stdout"),
        Path("-"),
    ]
    assert [path for path in (*others, Path("/proc/self/fd/1")) if replaceable(path)] == []


def test_the_state_stands_there_before_there_is_a_placement(tmp_path: Path) -> None:
    best: list[tuple[Placement, Score]] = []
    sources = Sources(lambda: best[0] if best else None, lambda: None, lambda: (), time.monotonic, 0)
    folder = Folder(tmp_path / "run", resumed=False)
    keeping = Keeping(output=tmp_path / "x.paint", folder=folder)
    with writing(INSTANCE, keeping, memory_of(INSTANCE, keeping), sources):
        end = time.monotonic() + 60
        while not (tmp_path / "run" / STATE).exists() and time.monotonic() < end:
            time.sleep(0.01)
        assert [path.name for path in tmp_path.rglob("*")] == ["run", STATE]
        best.append((placed(INSTANCE), score(INSTANCE, placed(INSTANCE))))
    assert (tmp_path / "x.paint").exists()
    assert (tmp_path / "run/placement.paint").read_text() == (tmp_path / "x.paint").read_text()


def test_a_folder_is_free_again_after_a_run(tmp_path: Path) -> None:
    in_use = pytest.raises(InputError, match="no other run")
    with open_keeping(None, tmp_path / "run", None, None, None), in_use:
        Folder(tmp_path / "run", resumed=True)
    Folder(tmp_path / "run", resumed=True).close()


def test_a_run_that_goes_on_writes_to_its_folder_unless_another_is_named(tmp_path: Path) -> None:
    with open_keeping(None, None, tmp_path, None, None) as keeping:
        assert keeping.folder is not None
        assert keeping.folder.path == tmp_path
    with open_keeping(None, tmp_path / "two", tmp_path, None, None) as keeping:
        assert keeping.folder is not None
        assert keeping.folder.path == tmp_path / "two"
    with open_keeping(None, None, None, None, None) as keeping:
        assert keeping.folder is None
