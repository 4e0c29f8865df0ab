"""The bound beside the search: it ends the run soon after the incumbent meets it."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any

import pytest

from tests.bounds.small_instances import small_instance
from wse_cp.bounds.background.child import BoundWork
from wse_cp.bounds.background.messages import Signs
from wse_cp.bounds.result import Bound
from wse_cp.bounds.search.best_first import lower_bound
from wse_cp.bounds.verifier import verify


def test_an_incumbent_that_meets_a_finished_bound_ends_the_run_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    instance = small_instance("chain", 0)
    least = lower_bound(instance, time_limit=20, workers=1).value
    told: list[tuple[Bound, bool]] = []
    shown: list[Signs] = []
    verified_at: list[float] = []
    begin = time.monotonic()

    def slowly(*arguments: Any) -> Fraction:
        time.sleep(1)
        verified_at.append(time.monotonic())
        return verify(*arguments)

    def cost() -> Fraction:
        return least if verified_at and time.monotonic() > verified_at[0] + 0.5 else 2 * least

    monkeypatch.setattr("wse_cp.bounds.background.child.verify", slowly)

    def over() -> bool:
        return time.monotonic() > begin + 20

    def tell(bound: Bound, verified: bool) -> None:
        told.append((bound, verified))

    assert BoundWork(instance, cost, over, tell, print, shown.append).run()
    assert time.monotonic() - verified_at[0] < 2
    assert len(verified_at) == 1


def test_a_proof_is_shown_while_it_is_verified_and_not_afterwards() -> None:
    instance = small_instance("chain", 0)
    least = lower_bound(instance, time_limit=20, workers=1).value
    end = time.monotonic() + 20
    shown: list[Signs] = []
    work = BoundWork(
        instance, lambda: least, lambda: time.monotonic() > end, lambda *_: None, print, shown.append
    )
    assert work.run()
    assert any(signs.verifying for signs in shown)
    assert not shown[-1].verifying
