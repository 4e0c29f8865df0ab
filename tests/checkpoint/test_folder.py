"""The folder of a checkpoint: nothing in it is lost by mistake, nothing from it counts unchecked."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.checkpoint.cases import KEPT, chain, placed
from wse_cp.checkpoint.document import CheckpointText
from wse_cp.checkpoint.folder import CERTIFICATE, PLACEMENT, STATE, Folder, read_checkpoint
from wse_cp.errors import InputError
from wse_cp.files.by_suffix import write_placement_file

INSTANCE = chain()


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    (tmp_path / STATE).write_text(CheckpointText(INSTANCE).of(KEPT))
    write_placement_file(tmp_path / PLACEMENT, INSTANCE, placed(INSTANCE))
    (tmp_path / CERTIFICATE).write_text("{}")
    return tmp_path


def test_what_a_folder_keeps_is_read(kept: Path) -> None:
    found = read_checkpoint(kept, INSTANCE)
    assert (found.kept, found.placement, found.certificate) == (KEPT, placed(INSTANCE), "{}")


def test_a_run_that_had_found_nothing_yet_can_be_resumed(kept: Path) -> None:
    (kept / PLACEMENT).unlink()
    (kept / CERTIFICATE).unlink()
    found = read_checkpoint(kept, INSTANCE)
    assert (found.kept, found.placement, found.certificate) == (KEPT, None, None)


def test_a_folder_without_a_checkpoint_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(InputError, match="a folder with a checkpoint"):
            read_checkpoint(folder, INSTANCE)


def test_an_illegal_placement_is_refused(kept: Path) -> None:
    placement = placed(INSTANCE)
    moved = placement.replace([replace(placement["k0"], x=placement["k1"].x, y=placement["k1"].y)])
    write_placement_file(kept / PLACEMENT, INSTANCE, moved)
    with pytest.raises(InputError, match="a legal placement"):
        read_checkpoint(kept, INSTANCE)


@pytest.mark.parametrize("name", [STATE, PLACEMENT])
@pytest.mark.parametrize("data", [b"", b"\0" * 100, b"\xff\xfe", b"[" * 100_000, b"{}"])
def test_a_damaged_file_is_refused(kept: Path, name: str, data: bytes) -> None:
    (kept / name).write_bytes(data)
    with pytest.raises(InputError):
        read_checkpoint(kept, INSTANCE)


def test_a_file_beyond_the_limit_is_refused(kept: Path) -> None:
    data = json.loads((kept / STATE).read_text())
    data["written_by"] = "x" * 20_000_001
    (kept / STATE).write_text(json.dumps(data))
    with pytest.raises(InputError, match="at most 20000000 bytes"):
        read_checkpoint(kept, INSTANCE)


def test_a_new_run_does_not_overwrite_a_checkpoint(kept: Path) -> None:
    with pytest.raises(InputError, match="without a checkpoint"):
        Folder(kept, resumed=False)
    Folder(kept, resumed=True).close()


def test_two_runs_do_not_write_to_one_folder(tmp_path: Path) -> None:
    first = Folder(tmp_path / "run", resumed=False)
    with pytest.raises(InputError, match="no other run"):
        Folder(tmp_path / "run", resumed=False)
    first.close()
    Folder(tmp_path / "run", resumed=False).close()


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "file", tmp_path / "missing/run", tmp_path / "a\0b"):
        with pytest.raises(InputError, match="a folder for the checkpoint"):
            Folder(path, resumed=False)
