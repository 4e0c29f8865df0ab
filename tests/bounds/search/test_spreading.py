"""What is found at a limit holds at earlier ones; when adapters begin to count."""

from __future__ import annotations

import time
from dataclasses import replace
from math import inf

import pytest

from tests.bounds.small_instances import NETWORKS, small_instance
from tests.marks import with_slow
from wse_cp.bounds.network.structure import structure_of
from wse_cp.bounds.search.intervals import Interval, Intervals
from wse_cp.bounds.search.limit import Limit, relaxation_of
from wse_cp.bounds.search.limits import Limits
from wse_cp.bounds.search.maximise import NOTHING
from wse_cp.bounds.search.stages import Rise
from wse_cp.errors import InputError
from wse_cp.shapes.curves import least_time_by_area

SEEDS = range(8)


def limits_of(kind: str, seed: int, **settings: int) -> tuple[Limits, int]:
    """Return the limits of a small instance with its adapters, and the least time that area allows."""
    instance = small_instance(kind, seed)
    instance = replace(instance, settings=replace(instance.settings, **settings))
    least = int(least_time_by_area(instance) * instance.time_scale)
    relaxation = relaxation_of(instance, structure_of(instance))
    return Limits(relaxation, least), least


def limit_at(limits: Limits, end: int) -> Limit:
    return limits.lower(limits.endless(), end)


@pytest.mark.parametrize("kind", with_slow(NETWORKS, "square", "diamond", "ladder"))
def test_what_is_learnt_from_a_later_limit_is_reached_at_the_same_multipliers(kind: str) -> None:
    learnt = 0
    for seed in SEEDS:
        try:
            limits, least = limits_of(kind, seed)
        except InputError:
            continue  # a kernel has no shape
        early, late = limit_at(limits, least + least // 4 + 1), limit_at(limits, 3 * least)
        if early.tables is None or late.tables is None:
            continue
        for _ in range(6):
            for case in late.cases:
                case.step()
        assert not late.learn(early)
        if not early.learn(late):
            continue
        learnt += 1
        assert early.value >= late.value
        for number, case in enumerate(early.cases):
            reached = early.relaxation.dual.value(early.tables, case.at, number).value
            assert reached >= case.value - 1e-6
    assert learnt >= 3


def test_a_limit_learns_nothing_from_another_relaxation_nor_once_it_has_been_evaluated() -> None:
    (limits, least), (others, _) = limits_of("chain", 1), limits_of("chain", 1)
    early, late = limit_at(limits, 2 * least), limit_at(limits, 4 * least)
    for case in late.cases:
        case.step()
    assert not early.learn(limit_at(others, 4 * least))
    for case in early.cases:
        case.step()
    assert not early.learn(late)


@pytest.mark.parametrize("spreads", [False, True])
def test_intervals_spread_what_is_found_only_if_asked(spreads: bool) -> None:
    limits, least = limits_of("chain", 1, wdeltat=0)  # the later one is the weakest
    early, late = limit_at(limits, 2 * least), limit_at(limits, 3 * least)
    for case in early.cases:
        case.learn(0.5, NOTHING)
    intervals = Intervals(limits, [Interval(inf, 0, 0, early), Interval(inf, 1, 1, late)], spreads)
    while min(interval.limit.value for interval in intervals.all()[1:]) <= 0.5:
        assert intervals.improve()
    first, second = intervals.all()
    assert first.limit.value == (second.limit.value if spreads else 0.5)
    assert first.bound == first.limit.value


def test_adapters_count_once_the_bound_without_them_has_stood_for_as_long_as_it_took(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    rise = Rise(clock[0] - 20)  # what comes before the first bound
    assert not rise.over(0.0)
    rise = Rise(clock[0])
    for now, bound, over in (
        (101.0, 50.0, False),
        (102.0, 80.0, False),
        (103.5, 80.5, False),
        (104.1, 80.7, True),  # it rose by less than a hundredth for more than two seconds
        (109.0, 90.0, False),
        (117.9, 90.0, False),
        (118.1, 90.0, True),  # nine seconds it took, and nine it has stood
    ):
        clock[0] = now
        assert rise.over(bound) == over, now
