"""Linear programmes end before the interpreter does."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from wse_cp.bounds import linear

#: A thread that solves one programme after the other when the main one ends.
PROGRAM = """
import threading, time
import numpy as np
from scipy.sparse import random
from wse_cp.bounds.linear import minimise

matrix = random(300, 600, 0.05, random_state=1, format="csr")
begun = threading.Event()

def work():
    while True:
        begun.set()
        minimise(-np.ones(600), A_ub=matrix, b_ub=np.ones(300), bounds=(0, 1))

threading.Thread(target=work, daemon=True).start()
begun.wait()
time.sleep(0.3)
"""


def test_the_interpreter_waits_for_a_programme_at_its_end() -> None:
    for _ in range(3):
        ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60)
        assert (ended.returncode, ended.stderr) == (0, "")


def test_a_programme_that_takes_too_long_has_no_solution(monkeypatch: pytest.MonkeyPatch) -> None:
    def programme() -> object:
        matrix = np.random.default_rng(0).random((200, 400))
        return linear.minimise(-np.ones(400), A_ub=matrix, b_ub=np.ones(200), bounds=(0, 1)).x

    assert programme() is not None
    monkeypatch.setattr(linear, "SECONDS", 0.0)
    assert programme() is None
