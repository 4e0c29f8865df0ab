"""Linear programmes end before the interpreter does."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from scipy.sparse import csr_matrix

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


@pytest.mark.parametrize("seed", range(20))
def test_rough_amounts_fit_and_rough_prices_are_near_the_exact_ones(seed: int) -> None:
    random = np.random.default_rng(seed)
    dense = np.where(random.random((40, 150)) < 0.1, random.random((40, 150)), 0.0)
    dense[random.integers(40, size=150), np.arange(150)] += 0.5  # everything takes something
    takes, room = csr_matrix(dense), random.uniform(1, 20, 40)
    worths = random.uniform(1, 3, 150) * dense.sum(axis=0) * 10.0 ** random.integers(-6, 7)
    exact = linear.pack(worths, takes, room)
    assert exact is not None
    amounts, prices = exact
    best = float(worths @ amounts)
    assert best == pytest.approx(prices @ room)
    rough = linear.pack_roughly(worths, takes, room)
    assert rough is not None
    amounts, prices = rough
    assert (amounts >= 0).all()
    assert (takes @ amounts <= room * (1 + 1e-9)).all()
    assert 0.7 * best <= worths @ amounts <= best * (1 + 1e-9)
    assert (prices >= 0).all()
    assert prices @ room == pytest.approx(best, rel=0.05)
    # what a price is for: nothing is worth much more than what it takes
    excess = np.maximum(worths / (takes.T @ prices) - 1, 0.0)
    assert excess.mean() < 0.02
    assert excess.max() < 0.5
