"""The bound beside the search: it ends the run soon after the incumbent meets it."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any

import pytest

from tests.bounds.small_instances import small_instance
from wse_cp.bounds.background.child import _RISING_SECONDS, BoundWork, _Effort
from wse_cp.bounds.background.messages import Known, Signs
from wse_cp.bounds.halftiles.lower_bound import lower_bound
from wse_cp.bounds.result import Bound
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


def known_run(known: Known, cost: Fraction | None = None) -> tuple[bool, list[tuple[Bound, bool]], list[str]]:
    """Run with what is known before until something is told or refused, or the end."""
    told: list[tuple[Bound, bool]] = []
    refused: list[str] = []
    end = time.monotonic() + 60
    work = BoundWork(
        small_instance("chain", 0),
        lambda: cost,
        lambda: bool(told or refused) or time.monotonic() > end,
        lambda bound, verified: told.append((bound, verified)),
        print,
        print,
        1,
        known,
        refused.append,
    )
    return work.run(), told, refused


def test_a_certificate_known_before_is_verified_before_it_counts() -> None:
    bound = lower_bound(small_instance("chain", 0), time_limit=20, workers=1)
    _, told, refused = known_run(Known(certificate=bound.certificate))
    assert [(found.value, verified) for found, verified in told] == [(bound.value, True)]
    assert not refused


@pytest.mark.parametrize("other", ["another weight", "damaged"])
def test_a_certificate_that_does_not_hold_is_refused(other: str) -> None:
    text = lower_bound(small_instance("chain", 0), time_limit=20, workers=1).certificate
    if other == "another weight":
        text = lower_bound(small_instance("chain", 50), time_limit=20, workers=1).certificate
    _, told, refused = known_run(Known(certificate=text if other == "another weight" else text[:-20]))
    assert not told
    assert len(refused) == 1


def test_an_incumbent_that_meets_a_bound_known_before_is_proven_at_once() -> None:
    bound = lower_bound(small_instance("chain", 0), time_limit=20, workers=1)
    assert known_run(Known(bound=bound), bound.value) == (True, [], [])


def test_a_certificate_learnt_on_the_way_counts_once_it_is_verified() -> None:
    instance = small_instance("chain", 50)
    true = lower_bound(instance, time_limit=5, workers=1).certificate
    texts, told, refused = [true, true.replace('"bound"', '"bond"')], list[tuple[Bound, bool]](), list[str]()
    end = time.monotonic() + 60
    work = BoundWork(
        instance,
        lambda: None,
        lambda: bool(refused) or time.monotonic() > end,
        lambda bound, verified: told.append((bound, verified)),
        print,
        print,
        1,
        None,
        refused.append,
        lambda: texts.pop(0) if texts else None,
    )
    assert not work.run()
    assert told[0][1]
    assert told[0][0].certificate == true
    assert len(refused) == 1


@pytest.mark.parametrize(
    ("values", "cost", "expected"),
    [
        ([100, 100, 100, 100], None, False),  # stands
        ([100, 100, 100, 102], None, True),  # rises
        ([100, 100, 102, 102], 200, True),  # has risen not long ago
        ([100, 100, 100, Fraction("100.5")], 200, False),  # hardly rises
        ([100, 100, 100, 102], 110, False),  # the gap is not wide any more
    ],
)
def test_the_work_goes_on_without_rests_while_the_gap_is_wide_and_the_bound_rises(
    values: list[Fraction], cost: Fraction | None, expected: bool
) -> None:
    effort = _Effort()
    for value in values:
        effort.add(_RISING_SECONDS * 0.6, Fraction(value))
    assert effort.goes_on(_RISING_SECONDS * 2.5, _RISING_SECONDS, cost) is True
    assert effort.goes_on(_RISING_SECONDS * 2.3, _RISING_SECONDS, cost) is expected
    # who waits longer for a rise goes on, as long as the gap is wide
    assert effort.goes_on(_RISING_SECONDS * 2.3, _RISING_SECONDS * 3, cost) is (cost != 110)
