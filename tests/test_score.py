from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from wse_cp.errors import IllegalPlacementError
from wse_cp.files.by_suffix import read_placement_file
from wse_cp.instance import Edge, Instance, Node, Settings, Terminal
from wse_cp.kernels import Arguments, Conv, DBlock
from wse_cp.placement import PlacedKernel, Placement, Rectangle
from wse_cp.score import Score, checked_score, edge_adapters, score, violations

SMALL = Conv(4, 4, 1, 1, 4, 4, 1)
STRIDED = Conv(4, 4, 1, 1, 4, 4, 2)
NODES = (
    Node(0, "in", Terminal("input", (4, 4, 4))),
    Node(1, "a", SMALL),
    Node(2, "b", SMALL),
    Node(3, "c", STRIDED),
)
EDGES = (Edge("in", "a"), Edge("a", "b"), Edge("a", "b"), Edge("b", "c"))
INSTANCE = Instance(Settings(width=20, height=20, wdeltat=2, wlength=3, wadapter=5), NODES, EDGES)
A = PlacedKernel("a", SMALL, Arguments(1, 1, (1,), (1,)), 0, 0)  # 3 x 2
B = PlacedKernel("b", SMALL, Arguments(1, 2, (2,), (1,)), 3, 0)  # 3 x 6
C = PlacedKernel("c", STRIDED, Arguments(1, 2, (1,), (2,)), 10, 0, True)  # 6 x 4, rotated: 4 x 6
LEGAL = Placement([A, B, C])


def kinds(*placed: PlacedKernel) -> list[str]:
    return [violation.kind for violation in violations(INSTANCE, placed)]


def test_score_by_hand() -> None:
    assert score(INSTANCE, LEGAL) == Score(
        cost=2 * Fraction(256) + 3 * Fraction(35, 2) + 5 * 4,
        max_time=Fraction(256),  # of a: 4 * 4 * 4 * 4 trips
        wire_length=Fraction(35, 2),  # a-b twice: 3 + 2; b-c: 7.5 + 0
        adapters=4,
    )


def test_known_scores_of_real_solutions(contest: Path, contest_case: Callable[[str], Instance]) -> None:
    for name, letter, time, length, cost in (
        ("D-sample", "D", "56448", "5443.5", "61891.5"),
        ("A-annealed", "A", "72576", "2041.5", "74617.5"),
        ("C-annealed", "C", "144384", "10209.5", "154593.5"),
    ):
        instance = contest_case(letter)
        result = checked_score(instance, read_placement_file(contest / f"solutions/{name}.paint", instance))
        found = (result.max_time, result.wire_length, result.cost)
        assert found == (Fraction(time), Fraction(length), Fraction(cost))


@pytest.mark.parametrize(("name", "letter", "count"), [("A-annealed", "E", 29), ("D-sample", "H", 74)])
def test_known_adapters_of_real_solutions(
    contest: Path, contest_case: Callable[[str], Instance], name: str, letter: str, count: int
) -> None:
    instance = contest_case(letter)
    assert (
        score(instance, read_placement_file(contest / f"solutions/{name}.paint", instance)).adapters == count
    )


def test_a_legal_placement_has_no_violations() -> None:
    assert kinds(A, B, C) == []
    assert checked_score(INSTANCE, LEGAL) == score(INSTANCE, LEGAL)


def test_adapters_compare_k_of_the_producer_with_c_of_the_consumer() -> None:
    assert edge_adapters(A, B) == 2  # w: 1 against 2; k = 1 against c = 2
    assert edge_adapters(B, C) == 0


@pytest.mark.parametrize(
    ("placed", "expected"),
    [
        ((A, B), ["missing"]),
        ((), ["missing"] * 3),
        ((A, B, C, replace(A, y=10)), ["twice"]),
        ((A, B, C, replace(A, name="d", y=10)), ["unknown"]),
        ((A, B, replace(C, x=5)), ["overlap"]),
        ((A, B, replace(C, x=17)), ["outside"]),
        ((A, B, replace(C, x=16)), []),
        ((A, B, replace(C, y=15)), ["outside"]),
        ((A, B, replace(C, y=14)), []),
        ((replace(A, x=-1), B, C), ["outside"]),
        ((replace(A, y=-1), B, C), ["outside"]),
        ((A, B, replace(C, kernel=SMALL)), ["arguments"]),
        ((A, B, replace(C, kernel=DBlock(4, 4, 4))), ["arguments"]),
        ((A, B, replace(C, args=Arguments(1, 0, (1,), (1,)))), ["arguments"]),
        ((A, B, replace(C, args=Arguments(1, 1, (1, 1), (1,)))), ["arguments"]),
    ],
)
def test_every_kind_of_violation(placed: tuple[PlacedKernel, ...], expected: list[str]) -> None:
    assert kinds(*placed) == expected


def test_memory_is_compared_exactly() -> None:
    need = B.performance.memory  # 4/2 * 4 + 4/2 * 4 * 4 = 40
    assert need == 40
    nodes = (NODES[2],)
    for limit, expected in ((40, []), (39, ["memory"])):
        instance = Instance(Settings(memlimit=limit), nodes, ())
        assert [violation.kind for violation in violations(instance, [B])] == expected


def test_all_violations_are_reported_at_once() -> None:
    assert kinds(replace(A, x=-1), B, replace(B, name="d")) == ["missing", "unknown", "outside", "overlap"]


@pytest.mark.parametrize("turned", [False, True])
def test_overlaps_are_found_whichever_axis_the_sweep_takes(turned: bool) -> None:
    names = [f"k{number}" for number in range(60)]
    instance = Instance(
        Settings(width=200, height=200), tuple(Node(i, n, SMALL) for i, n in enumerate(names)), ()
    )
    # Strips of 2 x 12 in a pile, some of them askew.
    at = [(3 * (i % 4), 2 * i - (i % 7 == 3)) for i in range(60)]
    strips = [
        PlacedKernel(name, SMALL, Arguments(1, 1, (1,), (4,)), *((y, x) if turned else (x, y)), turned)
        for name, (x, y) in zip(names, at, strict=True)
    ]
    expected = [
        (a.name, b.name)
        for i, a in enumerate(strips)
        for b in strips[i + 1 :]
        if a.rectangle.overlaps(b.rectangle)
    ]
    assert [violation.kernels for violation in violations(instance, strips)] == expected
    assert len(expected) > 5


@pytest.mark.parametrize("turned", [False, True])
def test_a_pile_of_strips_is_compared_with_neighbours_only(
    turned: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = []
    monkeypatch.setattr(Rectangle, "overlaps", lambda *boxes: compared.append(boxes))
    strips = [
        PlacedKernel(
            f"k{i}", SMALL, Arguments(1, 1, (1,), (4,)), *((2 * i, 0) if turned else (0, 2 * i)), turned
        )
        for i in range(100)
    ]
    violations(INSTANCE, strips)
    assert compared == []


def test_an_illegal_placement_has_no_checked_score() -> None:
    with pytest.raises(IllegalPlacementError, match="a and b overlap") as caught:
        checked_score(INSTANCE, LEGAL.replace([replace(A, x=2)]))
    assert [violation.kernels for violation in caught.value.violations] == [("a", "b")]


def test_violations_name_the_kernels_and_numbers() -> None:
    (found,) = violations(INSTANCE, [A, B, replace(C, x=17)])
    assert found.message == "c covers x 17..21, y 0..6, outside the 20 x 20 wafer"
