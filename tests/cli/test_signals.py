from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.small_case import instance, placement, write_instance
from wse_cp.files.by_suffix import read_placement_file

SCRIPT = Path(__file__).with_name("small_case.py")


@contextmanager
def waiting_solver(folder: Path, obey: bool) -> Iterator[subprocess.Popen[str]]:
    """Start a solve that is under way, with a solver that obeys or ignores the request to stop."""
    arguments = ["solve", str(write_instance(folder)), "-o", str(folder / "out.paint")]
    command = [sys.executable, str(SCRIPT), "obey" if obey else "ignore", *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_search_and_the_best_placement_is_written(
    tmp_path: Path, number: signal.Signals
) -> None:
    with waiting_solver(tmp_path, obey=True) as process:
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert read_placement_file(tmp_path / "out.paint", instance()) == placement()
    assert "interrupted" in out
    assert "Traceback" not in err


def test_a_second_signal_exits_at_once_with_status_130(tmp_path: Path) -> None:
    with waiting_solver(tmp_path, obey=False) as process:
        assert process.stderr is not None
        process.send_signal(signal.SIGINT)
        while "stopping" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert not (tmp_path / "out.paint").exists()
