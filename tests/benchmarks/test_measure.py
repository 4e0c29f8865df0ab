"""What a command is measured by."""

from __future__ import annotations

import sys

from benchmarks.measure import measure


def test_memory_counts_the_children_of_a_command() -> None:
    child = "x = bytearray(150_000_000); import time; time.sleep(1.2)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}], check=True)"
    measured = measure([sys.executable, "-c", code])
    assert measured.status == 0
    assert measured.peak_memory_mb > 150


def test_a_failing_command_keeps_its_status_and_message() -> None:
    measured = measure([sys.executable, "-c", "import sys; sys.exit('no way')"])
    assert (measured.status, measured.stderr) == (1, "no way\n")
