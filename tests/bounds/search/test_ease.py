"""A search for a bound that gives up memory keeps what it has found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.bounds.small_instances import small_instance
from wse_cp.bounds.programme.ending import EndedError, look, until
from wse_cp.bounds.search.best_first import BoundSearch
from wse_cp.bounds.verifier import verify
from wse_cp.processes.reliefs import RELIEFS, Pressure

_PLAIN = small_instance("diamond", 1)
INSTANCE = replace(_PLAIN, settings=replace(_PLAIN.settings, wadapter=5))
#: Steps after which something has gone wrong.
MANY = 5000


def stepped(search: BoundSearch, enough: Callable[[], bool]) -> None:
    for _ in range(MANY):
        if enough():
            return
        search.step()
    raise AssertionError("no end")


@pytest.fixture
def search() -> BoundSearch:
    return BoundSearch(INSTANCE, proofs=False)


def test_short_of_memory_one_thread_evaluates(search: BoundSearch) -> None:
    stepped(search, lambda: search.gains_by_threads)
    RELIEFS.ask(Pressure.SHORT)
    assert not search.gains_by_threads
    assert not search.step(first=False)
    stepped(search, lambda: search.finished)
    assert verify(INSTANCE, search.bound().certificate) == search.value


def test_out_of_memory_adapters_are_given_up_and_the_bound_so_far_stays(search: BoundSearch) -> None:
    stepped(search, lambda: search.gains_by_threads)
    for _ in range(3):
        search.step()
    before = search.value
    search.ease(Pressure.SPENT)
    assert not search.finished
    for _ in range(2):
        search.ease(Pressure.SPENT)
    assert search.finished
    assert not search.step()
    assert search.value == before > 0
    assert verify(INSTANCE, search.bound().certificate) == before


def test_an_evaluation_is_left_undone_and_can_be_done_again(search: BoundSearch) -> None:
    stepped(search, lambda: search.gains_by_threads)
    asked: list[int] = []

    def spend() -> None:
        if not asked:
            asked.append(1)
            search.ease(Pressure.SPENT)
        look()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("wse_cp.bounds.programme.dual.look", spend)
        stepped(search, lambda: bool(asked))
    stepped(search, lambda: search.finished)
    assert verify(INSTANCE, search.bound().certificate) == search.value
    other = BoundSearch(INSTANCE, proofs=False)
    stepped(other, lambda: other.finished)
    assert search.value == other.value


def test_adapters_given_up_early_are_never_looked_at(search: BoundSearch) -> None:
    for _ in range(3):
        search.ease(Pressure.SPENT)
    stepped(search, lambda: search.finished)
    assert not search.gains_by_threads
    found = search.bound()
    assert found.value > 0
    assert verify(INSTANCE, found.certificate) == found.value
    other = BoundSearch(INSTANCE, proofs=False)
    stepped(other, lambda: other.finished)
    assert found.value <= other.value


def test_a_block_within_another_ends_with_either() -> None:
    outer, inner = [False], [False]
    with until(lambda: outer[0]), until(lambda: inner[0], besides=True):
        look()
        for flag in (outer, inner):
            flag[0] = True
            with pytest.raises(EndedError):
                look()
            flag[0] = False
        look()
