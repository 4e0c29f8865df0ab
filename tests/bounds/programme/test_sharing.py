"""What is shared, and what is not."""

from __future__ import annotations

import numpy as np
import pytest

from tests.bounds.networks import SHAPES, instance_of
from tests.bounds.small_instances import small_instance
from tests.marks import with_slow
from wse_cp.bounds.network.structure import structure_of
from wse_cp.bounds.programme import sharing
from wse_cp.bounds.programme.dual import Dual
from wse_cp.bounds.programme.passing import Message
from wse_cp.bounds.programme.plan import plan_of
from wse_cp.bounds.programme.pricing import Multipliers
from wse_cp.bounds.programme.sharing import Correspondence, Shared
from wse_cp.instance import Settings


def test_a_function_of_the_same_array_is_computed_once_and_of_an_equal_one_again() -> None:
    calls: list[int] = []

    def total(values: np.ndarray, more: int) -> int:
        calls.append(more)
        return int(values.sum()) + more

    shared, values = Shared(), np.arange(4)
    assert [shared(total, values, 1), shared(total, values, 1), shared(total, values.copy(), 1)] == [7, 7, 7]
    assert shared(total, values, 2) == 8
    assert calls == [1, 1, 2]


def test_messages_that_differ_by_a_constant_have_one_number() -> None:
    known = Correspondence(square=False)

    def message(cost: float, area: float) -> tuple[Message, None]:
        uses = np.array([[[area, 1, 2]], [[area + 5, 0, 0]]], np.float32)
        return Message(np.array([[cost], [cost + 3]]), uses), None

    first, second = known.sent("a", lambda: message(10, 7)), known.sent("b", lambda: message(50, 9))
    other = known.sent("c", lambda: (Message(np.array([[1.0], [2.0]]), message(0, 0)[0].uses), None))
    assert first.number == second.number != other.number
    assert (first.cost, second.cost, second.uses.tolist()) == (10, 50, [9, 1, 2])


def test_old_messages_are_given_up_when_there_is_no_room() -> None:
    known = Correspondence(square=False, room=5000)
    calls: list[int] = []

    def message(cost: int) -> tuple[Message, None]:
        calls.append(cost)
        return Message(np.full((20, 1), float(cost)), np.zeros((20, 1, 3), np.float32)), None

    for key in (*range(20), 19, 0):
        assert known.sent(key, lambda key=key: message(key)).cost == key  # type: ignore[misc]
    assert calls == [*range(20), 0]


@pytest.mark.parametrize("kind", with_slow(["chain", "square", "diamond", "ladder"], "diamond"))
def test_the_value_does_not_depend_on_what_is_shared(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for room in (1 << 26, -1):
        monkeypatch.setattr(
            "wse_cp.bounds.programme.dual.Correspondence",
            lambda square, room=room: sharing.Correspondence(square, room),
        )
        for seed in range(8):
            instance = small_instance(kind, seed)
            dual = Dual(instance, plan_of(instance, structure_of(instance), 3))
            tables = dual.tables(1 << 16)
            assert tables is not None
            found.append([dual.value(tables, Multipliers(0.5, 0.25, 0.25), case) for case in range(3)])
    assert found[:8] == found[8:]


def test_like_kernels_of_a_chain_share_their_tables() -> None:
    instance = instance_of([(i, i + 1) for i in range(50)], Settings(width=90, height=90))
    steps = plan_of(instance, structure_of(instance), 3).steps
    assert len({id(step.transitions) for step in steps}) <= 8
    assert len({step.name for step in steps}) == len(steps) == 51


@pytest.mark.parametrize("shape", SHAPES)
def test_children_and_links_are_those_of_the_kernel_itself(shape: str) -> None:
    instance = instance_of(SHAPES[shape], Settings(width=90, height=90))
    for step in plan_of(instance, structure_of(instance), 3).steps:
        graph = instance.kernel_graph.to_undirected()
        for child in step.below:
            assert graph.has_edge(child, step.name)
