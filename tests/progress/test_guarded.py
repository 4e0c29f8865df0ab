from __future__ import annotations

import pytest

from wse_cp.progress import Activity, Event, GuardedMonitor, GuardedObserver

EVENT = Event(0.0, "test", "hello")
ACTIVITY = Activity(0.0, (), ())


def stop(_: object) -> None:
    raise StopIteration


def test_an_observer_may_ask_for_the_end_and_hears_no_more() -> None:
    heard: list[Event] = []
    told = GuardedObserver([heard.append, stop])
    told(EVENT)
    told(EVENT)
    assert (told.ended, told.error, heard) == (True, None, [EVENT])


def test_the_error_of_an_observer_is_kept() -> None:
    error = KeyError("mine")

    def fail(_: Event) -> None:
        raise error

    told = GuardedObserver([fail])
    told(EVENT)
    assert told.ended
    assert told.error is error


def test_a_monitor_is_told_at_most_once_in_a_period() -> None:
    seen: list[Activity] = []
    watched = GuardedMonitor([seen.append], period=60.0)
    for _ in range(3):
        watched.look(lambda: ACTIVITY)
    assert seen == [ACTIVITY]


def test_a_monitor_may_ask_for_the_end() -> None:
    watched = GuardedMonitor([stop], period=0.0)
    watched.look(lambda: ACTIVITY)
    assert watched.ended


def test_other_errors_of_a_monitor_pass() -> None:
    def fail(_: Activity) -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError):
        GuardedMonitor([fail]).look(lambda: ACTIVITY)
