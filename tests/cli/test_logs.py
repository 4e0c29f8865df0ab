from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.small_case import StubSolver, stub_module, write_instance
from wse_cp.cli import run
from wse_cp.cli.app import LogLevel, start_logging


@pytest.fixture(autouse=True)
def _logger() -> Iterator[None]:
    """Leave the package's logger as it was."""
    logger = logging.getLogger("wse_cp")
    before = logger.level, logger.propagate, list(logger.handlers)
    yield
    logger.level, logger.propagate = before[:2]
    logger.handlers[:] = before[2]


def test_messages_from_the_level_on_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    start_logging(LogLevel.INFO)
    logger = logging.getLogger("wse_cp.anything")
    logger.debug("too fine")
    logger.info("just right")
    printed = capsys.readouterr()
    assert printed.out == ""
    [line] = printed.err.splitlines()
    assert "INFO wse_cp.anything" in line
    assert line.endswith("just right")


def test_asked_twice_every_message_comes_once(capsys: pytest.CaptureFixture[str]) -> None:
    start_logging(LogLevel.DEBUG)
    start_logging(LogLevel.INFO)
    logging.getLogger("wse_cp").info("hello")
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("before", [True, False])
def test_a_command_takes_the_level_before_its_name_or_after(
    before: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stub = StubSolver(during=lambda: logging.getLogger("wse_cp.stub").info("at it"))
    monkeypatch.setitem(sys.modules, "wse_cp.solve", stub_module(stub))
    monkeypatch.chdir(tmp_path)
    level = ["--log-level", "info"]
    command = ["solve", str(write_instance(tmp_path)), "--quiet"]
    assert run([*level, *command] if before else [*command, *level]) == 0
    assert "at it" in capsys.readouterr().err


def test_an_unknown_level_is_one_line_and_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--log-level", "loud", "info", "x.kgraph"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "debug" in line
