"""The bound beside the search: it ends the run soon after the incumbent meets it."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any

import pytest
from small_instances import small_instance

from wse_cp.bounds.background import BackgroundBound, ProofSigns
from wse_cp.bounds.result import Bound
from wse_cp.bounds.search import lower_bound
from wse_cp.bounds.verifier import verify


def test_an_incumbent_that_meets_a_finished_bound_ends_the_run_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    instance = small_instance("chain", 0)
    least = lower_bound(instance, time_limit=20, workers=1).value
    told: list[Bound] = []
    verified_at: list[float] = []
    begin = time.monotonic()

    def slowly(*arguments: Any) -> Fraction:
        time.sleep(1)
        verified_at.append(time.monotonic())
        return verify(*arguments)

    def cost() -> Fraction:
        return least if verified_at and time.monotonic() > verified_at[0] + 0.5 else 2 * least

    monkeypatch.setattr("wse_cp.bounds.background.verify", slowly)

    def over() -> bool:
        return time.monotonic() > begin + 20

    assert BackgroundBound(instance, cost, over, told.append, ProofSigns()).run()
    assert time.monotonic() - verified_at[0] < 2
    assert len(verified_at) == 1


def test_the_signs_are_off_when_the_run_is_over() -> None:
    instance, signs = small_instance("chain", 1), ProofSigns()
    signs.near.set()
    signs.verifying.set()
    assert not BackgroundBound(instance, lambda: None, lambda: True, lambda _: None, signs).run()
    assert not signs.near.is_set()
    assert not signs.verifying.is_set()
