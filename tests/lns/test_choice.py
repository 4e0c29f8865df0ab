"""What calls bring decides what is called."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from wse_cp.lns.neighbourhood import in_window
from wse_cp.lns.operators import SMALLEST, Arm, Choice, Operator
from wse_cp.lns.selections import near

A, B, C = (Operator(name, near, in_window, 4) for name in "abc")


def test_all_are_tried_in_order_first() -> None:
    choice, generator, names = Choice([A, B, C], 10), np.random.default_rng(0), []
    for _ in range(3):
        arm = choice.next(generator)
        arm.record(0.0, 1.0, finished=True)
        names.append(arm.operator.name)
    assert names == ["a", "b", "c"]


def test_the_rewarding_one_is_called_most_and_no_one_forgotten() -> None:
    choice, generator = Choice([A, B, C], 10), np.random.default_rng(0)
    counts = dict.fromkeys("abc", 0)
    for _ in range(300):
        arm = choice.next(generator)
        counts[arm.operator.name] += 1
        arm.record(1.0 if arm.operator is B else 0.0, 1.0, finished=True)
    assert counts["b"] > 150
    assert min(counts.values()) > 10


def test_sizes_grow_when_solved_in_vain_and_shrink_when_not_solved() -> None:
    arm = Arm(A, 4, largest=6)
    for _ in range(10):
        arm.record(0.0, 1.0, finished=True)
    assert arm.size == 6
    for _ in range(50):
        arm.record(0.0, 1.0, finished=False)
    assert arm.size == SMALLEST


def test_a_gain_keeps_the_size() -> None:
    arm = Arm(A, 4, largest=6)
    arm.record(1.0, 1.0, finished=True)
    assert arm.size == 4


def test_records_come_back_and_records_of_others_are_left_out() -> None:
    choice = Choice([A, B, C], 10)
    for arm in choice.arms[:2]:
        arm.record(1.5, 2.0, finished=False)
    again = Choice([B, A], 10)
    again.recall(choice.records())
    assert again.records() == (choice.records()[1], choice.records()[0])


def test_a_record_without_calls_changes_nothing_and_sizes_stay_in_range() -> None:
    choice = Choice([A, B], 10)
    before = choice.records()
    choice.recall([replace(before[0], gain=5.0), replace(before[1], calls=1, size=1e9, seconds=0.0)])
    assert choice.records()[0] == before[0]
    assert choice.records()[1].size == 10
    assert choice.records()[1].seconds > 0
