"""The desk scores what workers report, drops what is wrong, and gives each what the others have found."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("distributed", reason="distributed is not installed (wse-cp[cluster])")

from tests.checkpoint.cases import KEPT, chain, placed
from wse_cp.checkpoint.document import CheckpointText, parse_checkpoint
from wse_cp.checkpoint.kept import Kept, KeptTree
from wse_cp.checkpoint.memory import Memory
from wse_cp.cluster.desk import BOUND_EVERY, Desk
from wse_cp.cluster.member import Member
from wse_cp.cluster.messages import Order, Report, Task, parse, text_of
from wse_cp.files.paint import format_paint, parse_placement
from wse_cp.incumbent import Incumbent
from wse_cp.options import RunOptions
from wse_cp.placement import Placement
from wse_cp.progress import Event
from wse_cp.score import checked_score
from wse_cp.strategy import Run

INSTANCE = chain(50)
NAMES = tuple(INSTANCE.kernels)


class Table:
    """A desk with members, and what it has told."""

    def __init__(
        self, members: int = 2, memory: Memory | None = None, seed: int = 3, without: tuple[str, ...] = ()
    ) -> None:
        self.events: list[Event] = []
        self.incumbent = Incumbent(INSTANCE, self.events.append)
        self.memory = memory or Memory(None, NAMES)
        options = RunOptions(60, 1, seed, without=without)
        self.desk = Desk(self.incumbent, options, self.memory)
        self.members = [Member(f"tcp://w{i}", 1, i, key=f"k{i}") for i in range(members)]
        self.tasks = [parse(Task, self.desk.task(m), "") for m in self.members]

    @property
    def lines(self) -> list[str]:
        return [event.message for event in self.events if event.is_message]

    def begin(self) -> Run:
        """Let the run begin."""
        end = time.monotonic() + 60
        run = Run(self.incumbent, RunOptions(60, 1), end, threading.Event(), Fraction(0))
        self.desk.begin(run, _NoBound())
        return run

    def report(self, member: int, **values: Any) -> None:
        self.desk.take(self.members[member], text_of(Report(**{"state": "searching", **values})))

    def placed(self, member: int, placement: Placement, **values: Any) -> None:
        text = format_paint(INSTANCE, placement)
        cost = checked_score(INSTANCE, placed(INSTANCE)).cost
        self.report(member, **{"placement": text, "cost": cost, "source": "rows", **values})

    def told(self, member: int, trees: tuple[KeptTree, ...], **values: Any) -> None:
        text = CheckpointText(INSTANCE).of(replace(Kept(trees=trees), **values))
        self.report(member, checkpoint=text)

    def order(self, member: int) -> Order:
        return parse(Order, self.desk.order(self.members[member], stop=False), "")


def trees(order: Order) -> tuple[KeptTree, ...]:
    return () if order.trees is None else parse_checkpoint(order.trees, "", INSTANCE).trees


def tree(limit: int) -> KeptTree:
    return replace(KEPT.trees[0], limit=Fraction(limit))


def test_a_placement_becomes_the_incumbent_and_goes_to_the_others_alone() -> None:
    table, placement = Table(), placed(INSTANCE)
    table.placed(0, placement)
    assert table.incumbent.best is not None
    assert table.incumbent.best.placement == placement
    assert table.events[-1].source == "rows"
    assert table.order(0).placement is None
    text = table.order(1).placement
    assert text is not None
    assert parse_placement(text, "", INSTANCE) == placement
    assert table.order(1).placement is not None  # as long as it does not say that it has it
    assert table.incumbent.best is not None
    table.report(1, cost=table.incumbent.best.score.cost)
    assert table.order(1).placement is None
    assert table.order(1).cost == table.incumbent.best.score.cost


def test_an_illegal_placement_is_dropped_with_one_line_for_each_worker() -> None:
    table, placement = Table(), placed(INSTANCE)
    first, second, *_ = placement.values()
    wrong = placement.replace([replace(second, x=first.x, y=first.y)])
    for member in (0, 0, 1):
        table.placed(member, wrong)
    assert table.incumbent.best is None
    assert len(table.lines) == 2
    assert all("is left out" in line and "overlap" in line for line in table.lines)
    assert "tcp://w0" in table.lines[0]


def test_a_cost_that_is_none_of_the_placement_is_said_and_does_not_count() -> None:
    table, placement = Table(), placed(INSTANCE)
    table.placed(0, placement, cost=Fraction(1))
    assert table.incumbent.best is not None
    assert table.incumbent.best.score == checked_score(INSTANCE, placement)
    assert "found 1" in table.lines[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[" * 100_000,
        '{"format": "wse-cp cluster report"}',
        '{"format": "wse-cp cluster report", "state": "glad"}',
        '{"format": "wse-cp cluster report", "state": "searching", "placement": "(*", "cost": 1}',
        '{"format": "wse-cp cluster report", "state": "searching", "checkpoint": "{}"}',
        '{"format": "wse-cp cluster report", "state": "searching", "certificate": "{}", "region": [0, null]}',
        '{"format": "wse-cp cluster report", "state": "searching", "messages": [["a"]]}',
        None,
        b"1",
    ],
)
def test_what_is_no_report_is_dropped_with_one_line(text: Any) -> None:
    table = Table()
    for _ in range(2):
        table.desk.take(table.members[0], text)
    assert len(table.lines) == 1
    assert "\n" not in table.lines[0]
    assert table.incumbent.best is None


def test_each_worker_has_a_seed_of_its_own() -> None:
    table = Table(3)
    assert table.tasks[0].seed == 3
    assert len({task.seed for task in table.tasks}) == 3


def test_some_of_many_workers_seek_a_bound() -> None:
    roles = [task.role for task in Table(2 * BOUND_EVERY).tasks]
    assert roles == (["placements"] * (BOUND_EVERY - 1) + ["bound"]) * 2


def test_trees_go_to_those_who_do_not_know_them_once() -> None:
    table = Table(3)
    one, two, three = (tree(limit) for limit in (3, 4, 5))
    table.told(0, (one, two))
    table.told(1, (three, one))
    assert trees(table.order(2)) == (one, three, two)
    assert trees(table.order(2)) == ()
    assert trees(table.order(0)) == (three,)
    assert trees(table.order(1)) == (two,)
    assert list(table.memory.trees()) == [one, three, two]


def test_calls_and_seconds_are_added_over_workers_and_reports() -> None:
    table = Table()
    way = KEPT.statistics[0]
    table.told(0, (), statistics=(way,))
    table.told(0, (), statistics=(replace(way, calls=5, seconds=0.75),))
    table.told(1, (), statistics=(way,))
    (found,) = table.incumbent.statistics()
    assert (found.name, found.calls, found.seconds) == ("rows", 8, 1.25)


def test_a_worker_that_comes_late_begins_with_what_is_known() -> None:
    table, placement = Table(1), placed(INSTANCE)
    table.report(0, state="ready")
    table.begin()
    table.placed(0, placement)
    table.told(0, (tree(3),), started=True, operators=KEPT.operators)
    late = Member("tcp://late", 1, 2)
    task = parse(Task, table.desk.task(late), "")
    assert task.placement is not None
    assert parse_placement(task.placement, "", INSTANCE) == placement
    kept = parse_checkpoint(task.checkpoint, "", INSTANCE)
    assert kept.started
    assert kept.trees == (tree(3),)
    assert kept.statistics == ()
    assert task.seed not in [other.seed for other in table.tasks]


def test_a_run_that_goes_on_gives_its_state_to_the_workers_and_keeps_theirs() -> None:
    table = Table(2, Memory(KEPT, NAMES))
    kept = [parse_checkpoint(task.checkpoint, "", INSTANCE) for task in table.tasks]
    assert [state.runs for state in kept] == [KEPT.runs, KEPT.runs]
    assert kept[0].trees == KEPT.trees
    assert kept[0].operators[0] == kept[1].operators[1] == KEPT.operators[0]
    table.told(1, (tree(9),), operators=KEPT.operators, orders=((1, 0, 2, 3),))
    state = table.memory.state(3, 1.0, ())
    assert state.trees == (tree(9),)
    assert state.operators[1] == KEPT.operators[0]
    assert (1, 0, 2, 3) in state.orders


def test_the_search_of_the_workers_ends_before_the_run() -> None:
    table = Table()
    assert table.order(0).left is None
    run = table.begin()
    left = table.order(0).left
    assert left is not None
    assert 50 < left < run.left()
    run.stop.set()
    assert table.order(0).stop


class _NoBound:
    best = None

    def learn(self, certificate: str) -> None:
        raise AssertionError("nothing to learn")


def test_messages_of_workers_are_passed_on_with_their_names() -> None:
    table = Table()
    table.report(1, messages=[["lns", "the solver crashed"]])
    assert table.events == [Event(table.events[0].seconds, "lns", "the solver crashed (tcp://w1)")]


def test_what_workers_are_at_is_shown_until_they_leave() -> None:
    table = Table()
    table.report(0, searching=["rows"])
    table.report(1, searching=["slicing", "lns:align"])
    assert table.incumbent.activity().searching == ("rows", "slicing, lns:align")
    table.desk.leave(table.members[0])
    assert table.incumbent.activity().searching == ("slicing, lns:align",)


def test_messages_are_json_texts_of_known_keys() -> None:
    text = text_of(Order(left=1.5, cost=Fraction(7, 2), region=[3, None]))
    assert json.loads(text) == {
        "format": "wse-cp cluster order",
        "left": 1.5,
        "stop": False,
        "cost": "7/2",
        "region": [3, None],
    }
    assert parse(Order, text, "").cost == Fraction(7, 2)


def test_a_placement_of_another_instance_is_dropped(tmp_path: Path) -> None:
    table, other = Table(), chain(50, width=61)
    text = format_paint(other, placed(other)).replace("k0", "elsewhere")
    table.report(0, placement=text, cost=Fraction(1))
    assert table.incumbent.best is None
    assert len(table.lines) == 1
