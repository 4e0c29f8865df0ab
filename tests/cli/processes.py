"""The command line in a process of its own, with a solver that returns a fixed placement."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.paths import ROOT

SCRIPT = Path(__file__).with_name("small_case.py")
#: Seconds within which a process has to answer on a busy machine.
PATIENCE = 60


def command(mode: str, *arguments: str) -> list[str]:
    """Return the command line; `mode` is that of the solver."""
    return [sys.executable, str(SCRIPT), mode, *arguments]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def finished(
    folder: Path, *arguments: str, shell: str = "", check: bool = False, **more: Any
) -> subprocess.CompletedProcess[str]:
    """Run a command line to its end; `shell` is put around it, with ``"$@"`` in its place."""
    given = command("end", *arguments)
    if shell:
        given = ["bash", "-c", shell, "bash", *given]
    more = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    return subprocess.run(
        given, cwd=folder, env=environment(), text=True, timeout=PATIENCE, check=check, **more
    )


@contextmanager
def waiting(
    folder: Path, arguments: Sequence[str], mode: str = "obey", **more: Any
) -> Iterator[subprocess.Popen[str]]:
    """Start a search that waits to be stopped, and give its process once it is under way."""
    (folder / "ready").unlink(missing_ok=True)
    given = command(mode, *arguments)
    more = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    with subprocess.Popen(given, cwd=folder, env=environment(), text=True, **more) as process:
        try:
            end = time.monotonic() + PATIENCE
            while not (folder / "ready").exists():
                assert process.poll() is None, "it ended before it began"
                assert time.monotonic() < end
                time.sleep(0.02)
            yield process
        finally:
            process.kill()
