"""What a search tells is kept; what it has not told yet stays as an earlier run kept it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from tests.checkpoint.cases import KEPT
from wse_cp.checkpoint.kept import MAX_ORDERS, KeptOperator
from wse_cp.checkpoint.memory import Memory
from wse_cp.result import OperatorStatistics

NAMES = ("k0", "k1", "k2", "k3")
RECORD = KeptOperator("near-window", 2.0, 3.0, 4.0, 5)


def test_a_run_that_has_told_nothing_keeps_what_it_began_with() -> None:
    assert Memory(KEPT, NAMES).state(7, 0.0, ()) == replace(KEPT, runs=3)


def test_time_and_statistics_of_all_runs_are_added() -> None:
    more = [
        OperatorStatistics("rows", 1, 1, Fraction(2, 3), 1.0),
        OperatorStatistics("lns", 1, 0, Fraction(0), 2.0),
    ]
    found = Memory(KEPT, NAMES).state(8, 2.5, more)
    assert (found.seed, found.seconds, found.runs) == (8, 15.0, 3)
    assert found.statistics == (OperatorStatistics("rows", 4, 2, Fraction(1), 1.5), more[1])


def test_operators_go_on_from_the_records_of_their_worker_or_of_another_one() -> None:
    kept = replace(KEPT, operators=((RECORD,), (), (replace(RECORD, calls=6),)))
    memory = Memory(kept, NAMES)
    assert [memory.operators_of(k)[0].calls for k in range(4)] == [5, 6, 5, 6]
    assert Memory(None, NAMES).operators_of(0) == ()


def test_records_of_workers_that_have_not_begun_are_kept() -> None:
    memory = Memory(replace(KEPT, operators=((RECORD,), (RECORD,))), NAMES)
    newer = replace(RECORD, calls=50)
    memory.follow_operators(1, lambda: (newer,))
    assert memory.state(0, 0.0, ()).operators == ((RECORD,), (newer,))
    memory.follow_operators(3, lambda: (newer,))
    assert memory.state(0, 0.0, ()).operators == ((RECORD,), (newer,), (), (newer,))


def test_new_orders_are_kept_before_old_ones_and_do_not_change_what_the_run_began_with() -> None:
    memory = Memory(KEPT, NAMES)
    before = list(memory.orders)
    memory.add_orders([("k2", "k1", "k0", "k3"), before[1]])
    assert memory.orders == before == [("k3", "k1", "k0", "k2"), ("k0", "k1", "k2", "k3")]
    assert memory.state(0, 0.0, ()).orders == ((2, 1, 0, 3), (0, 1, 2, 3), (3, 1, 0, 2))


def test_the_oldest_orders_are_forgotten() -> None:
    memory = Memory(None, [f"k{i}" for i in range(20)])
    names = [f"k{i}" for i in range(20)]
    for k in range(20):
        memory.add_orders([tuple(names[k:] + names[:k])])
    orders = memory.state(0, 0.0, ()).orders
    assert [order[0] for order in orders] == list(range(19, 19 - MAX_ORDERS, -1))
