"""The balance between annealing and large neighbourhoods."""

from __future__ import annotations

from fractions import Fraction

from wse_cp.result import OperatorStatistics
from wse_cp.strategy.work import Balance


def record(name: str, gain: int, seconds: float) -> OperatorStatistics:
    return OperatorStatistics(name, 1, 1, Fraction(gain), seconds)


def test_rates_are_gains_per_second_of_each_side() -> None:
    statistics = [record("slicing", 10, 5.0), record("spans", 2, 1.0), record("lns:resize", 8, 2.0)]
    assert Balance().rates(statistics) == (2.0, 4.0)


def test_nothing_done_has_no_rate() -> None:
    assert Balance().rates([]) == (0.0, 0.0)


def test_old_gains_fade() -> None:
    balance = Balance()
    first, _ = balance.rates([record("slicing", 100, 1.0)])
    seconds = 1.0
    for _ in range(10):
        seconds += 1.0
        latest, _ = balance.rates([record("slicing", 100, seconds)])
    assert 0 < latest < first / 10
