"""The balance between annealing and large neighbourhoods."""

from __future__ import annotations

from wse_cp.strategy.schedule import Balance


def test_rates_are_gains_per_second_of_each_side() -> None:
    assert Balance().rates((12.0, 6.0), (8.0, 2.0)) == (2.0, 4.0)


def test_nothing_done_has_no_rate() -> None:
    assert Balance().rates((0.0, 0.0), (0.0, 0.0)) == (0.0, 0.0)


def test_old_gains_fade() -> None:
    balance = Balance()
    first, _ = balance.rates((100.0, 1.0), (0.0, 0.0))
    seconds = 1.0
    for _ in range(10):
        seconds += 1.0
        latest, _ = balance.rates((100.0, seconds), (0.0, 0.0))
    assert 0 < latest < first / 10
