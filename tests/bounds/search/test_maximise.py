"""The maximiser on concave functions whose maximum is known."""

from __future__ import annotations

from math import inf

import pytest

from wse_cp.bounds.programme.pricing import UNIT, DualValue, Multipliers
from wse_cp.bounds.search.maximise import NOTHING, Maximiser

TOP = Multipliers(3.0, 1.0, 2.0)
CEILING, USUAL = Multipliers(100.0, 100.0, 100.0), Multipliers(1.0, 1.0, 1.0)


def pyramid(at: Multipliers) -> DualValue:
    """10 at the top, less the distances from it along the axes."""
    slope = [1.0 if x < top else -1.0 for x, top in zip(at, TOP, strict=True)]
    distance = sum(abs(x - top) for x, top in zip(at, TOP, strict=True))
    return DualValue(10.0 - distance, (slope[0], slope[1], slope[2]))


def maximiser(evaluate: object = pyramid, **changes: object) -> Maximiser:
    arguments: dict[str, object] = {
        "evaluate": evaluate,
        "start": USUAL,
        "known": -inf,
        "ceiling": CEILING,
        "usual": USUAL,
        "tied": False,
    }
    return Maximiser(**(arguments | changes))  # type: ignore[arg-type]


def after(steps: int, found: Maximiser) -> Maximiser:
    for _ in range(steps):
        found.step()
    return found


def test_it_finds_the_top_and_knows_that_nothing_is_higher() -> None:
    found = after(40, maximiser())
    assert found.value == pytest.approx(10.0, abs=1e-4)
    assert tuple(found.at) == pytest.approx(tuple(TOP), abs=1e-4)
    assert found.room == pytest.approx(0.0, abs=1e-3)


def test_the_best_value_never_falls_and_room_tells_what_may_be_left() -> None:
    found, last = maximiser(), -inf
    for _ in range(30):
        found.step()
        assert found.value >= last
        last = found.value
        assert found.room > 0.0 or found.value == pytest.approx(10.0, abs=1e-3)
    assert found.value + found.room >= 10.0 - 1e-6


def test_points_are_multiples_of_the_certificates_unit() -> None:
    seen: list[Multipliers] = []

    def noted(at: Multipliers) -> DualValue:
        seen.append(at)
        return pyramid(at)

    after(10, maximiser(noted))
    assert all((value * UNIT).is_integer() for at in seen for value in at)


def test_ceilings_are_kept() -> None:
    low = Multipliers(2.0, 0.5, 0.0)
    found = after(30, maximiser(ceiling=low, start=Multipliers(1.0, 0.5, 0.0)))
    assert tuple(found.at) == pytest.approx(tuple(low), abs=1e-4)
    assert found.value == pytest.approx(10.0 - 1.0 - 0.5 - 2.0, abs=1e-3)


def test_tied_multipliers_stay_equal_and_their_slopes_add_up() -> None:
    def alike(at: Multipliers) -> DualValue:
        return DualValue(8.0 - abs(at.area - 2.0) - abs(at.x + at.y - 6.0), slope_of(at))

    def slope_of(at: Multipliers) -> tuple[float, float, float]:
        both = 1.0 if at.x + at.y < 6.0 else -1.0
        return (1.0 if at.area < 2.0 else -1.0), both, both

    found = after(40, maximiser(alike, tied=True))
    assert found.at.x == found.at.y
    assert tuple(found.at) == pytest.approx((2.0, 3.0, 3.0), abs=1e-3)


def test_a_value_below_zero_counts_as_that_of_no_multipliers() -> None:
    found = after(1, maximiser(lambda at: DualValue(-5.0, (1.0, 0.0, 0.0))))
    assert (found.value, found.at) == (0.0, NOTHING)


def test_nothing_is_left_to_do_where_nothing_is_feasible() -> None:
    found = after(1, maximiser(lambda at: DualValue(inf, (0.0, 0.0, 0.0))))
    assert (found.value, found.room) == (inf, 0.0)


def test_what_is_known_at_the_start_counts_until_something_is_evaluated() -> None:
    found = maximiser(known=4.0)
    assert (found.value, found.at) == (4.0, USUAL)


def test_elsewhere_it_begins_at_the_best_point_with_nothing_known() -> None:
    found = after(20, maximiser())
    other = found.elsewhere(lambda at: DualValue(1.0, (0.0, 0.0, 0.0)))
    assert (other.start, other.value, other.best) == (found.at, 0.0, None)


def test_what_is_known_elsewhere_counts_until_the_first_evaluation() -> None:
    found = maximiser()
    assert found.learn(4.0, TOP)
    assert (found.value, found.at) == (4.0, TOP)
    assert not found.learn(3.0, USUAL)
    found.step()  # at the top
    assert (found.value, found.at) == (10.0, TOP)
    assert not found.learn(20.0, USUAL)


def test_a_first_point_that_is_worse_than_what_is_known_takes_nothing_away() -> None:
    low = Multipliers(50.0, 1.0, 2.0)
    found = maximiser(start=TOP, known=10.0, first=low)
    found.step()
    assert (found.value, found.at) == (10.0, TOP)
    assert after(30, found).value == pytest.approx(10.0, abs=1e-4)
    better = maximiser(known=1.0, first=TOP)
    better.step()
    assert (better.value, better.at) == (10.0, TOP)
