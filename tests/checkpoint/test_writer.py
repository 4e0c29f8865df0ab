"""Files that are replaced while a run goes on: whole at any moment, and no trouble of theirs is the run's."""

from __future__ import annotations

import logging
import resource
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from wse_cp.checkpoint.writer import Content, KeptFile, Writer


class Source:
    """What a file is to contain, and how often its text was made."""

    def __init__(self, text: str | None = None) -> None:
        self.text, self.made = text, 0

    def __call__(self) -> Content | None:
        return None if self.text is None else Content(self.text, self._make)

    def _make(self) -> str:
        self.made += 1
        assert self.text is not None
        return self.text


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_nothing_is_written_before_there_is_something(tmp_path: Path) -> None:
    assert KeptFile(tmp_path / "x", Source(), 0.0).visit() is None
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_written_again_only_if_its_content_is_new(tmp_path: Path) -> None:
    source = Source("one")
    file = KeptFile(tmp_path / "x", source, 0.0)
    file.visit()
    file.visit()
    assert (source.made, (tmp_path / "x").read_text()) == (1, "one")
    source.text = "two"
    file._next = 0.0
    file.visit()
    assert (source.made, (tmp_path / "x").read_text()) == (2, "two")


def test_writings_begin_a_period_apart_but_for_the_last(tmp_path: Path) -> None:
    source = Source("one")
    file = KeptFile(tmp_path / "x", source, 3600.0)
    file.visit()
    source.text = "two"
    file.visit()
    assert (tmp_path / "x").read_text() == "one"
    file.visit(last=True)
    assert (tmp_path / "x").read_text() == "two"


def test_a_file_too_large_for_the_disk_leaves_the_one_before(tmp_path: Path) -> None:
    source = Source("one")
    file = KeptFile(tmp_path / "x", source, 0.0)
    file.visit()
    source.text = "2" * 1000
    with file_size_limit(500):
        assert "large" in str(file.visit(last=True))
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
    assert (tmp_path / "x").read_text() == "one"
    assert file.visit(last=True) is None
    assert (tmp_path / "x").read_text() == source.text


def test_a_folder_that_vanishes_is_said_once_and_written_to_again_when_it_is_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    sources = [Source("one"), Source("two")]
    writer = Writer(
        [KeptFile(folder / name, source, 0.0) for name, source in zip("xy", sources, strict=True)]
    )
    shutil.rmtree(folder)
    with caplog.at_level(logging.WARNING):
        writer._visit(last=True)
        writer._visit(last=True)
    assert len(caplog.messages) == 1
    assert "the search goes on" in caplog.messages[0]
    folder.mkdir()
    writer._visit(last=True)
    assert {path.name for path in folder.iterdir()} == {"x", "y"}


def test_whatever_making_a_text_raises_is_a_message(tmp_path: Path) -> None:
    def text() -> str:
        raise RuntimeError("a defect")

    found = KeptFile(tmp_path / "x", lambda: Content(object(), text), 0.0).visit()
    assert found == "RuntimeError: a defect"


def test_the_thread_writes_by_itself_and_the_newest_at_the_end(tmp_path: Path) -> None:
    source = Source("one")
    writer = Writer([KeptFile(tmp_path / "x", source, 3600.0)])
    writer.start()
    end = time.monotonic() + 60
    while not (tmp_path / "x").exists() and time.monotonic() < end:
        time.sleep(0.01)
    assert (tmp_path / "x").read_text() == "one"
    source.text = "two"
    writer.close()
    assert (tmp_path / "x").read_text() == "two"
