"""What the patterns of a cell charge never exceeds what any real arrangement of rectangles costs."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations, pairwise, product
from random import Random

import pytest

from tests.marks import with_slow
from wse_cp.bounds.network.cells import Cell, Pair, bridge_cell, cycle_cell

Sizes = Mapping[str, tuple[int, int]]
Corner = tuple[int, int]


def charged(cell: Cell, sizes: Sizes) -> int:
    """The least payment of any pattern, in halves of a tile of wire."""
    return min(
        sum(pattern.payment(v)[0] * w + pattern.payment(v)[1] * h for v, (w, h) in sizes.items())
        for pattern in cell.patterns
    )


def least_wire2(edges: Mapping[Pair, int], sizes: Sizes, side: int) -> int:
    """Twice the least wire of any arrangement without overlap on a square, by enumeration."""
    names = list(sizes)
    best = 1 << 30

    def overlap(a: str, b: str, at: Mapping[str, Corner]) -> bool:
        return all(
            at[a][axis] < at[b][axis] + sizes[b][axis] and at[b][axis] < at[a][axis] + sizes[a][axis]
            for axis in (0, 1)
        )

    def wire2(pair: Pair, at: Mapping[str, Corner]) -> int:
        a, b = pair
        return sum(abs(2 * at[a][i] + sizes[a][i] - 2 * at[b][i] - sizes[b][i]) for i in (0, 1))

    def place(i: int, at: dict[str, Corner], cost: int) -> None:
        nonlocal best
        if cost >= best:
            return
        if i == len(names):
            best = cost
            return
        name = names[i]
        width, height = sizes[name]
        for corner in product(range(side - width + 1), range(side - height + 1)):
            here = {**at, name: corner}
            if not any(overlap(name, other, here) for other in at):
                done = frozenset(here)
                more = sum(
                    n * wire2(pair, here) for pair, n in edges.items() if name in pair and pair <= done
                )
                place(i + 1, here, cost + more)

    place(0, {}, 0)
    return best


def cycle(count: int, random: Random) -> dict[Pair, int]:
    names = "abcd"[:count]
    return {frozenset(pair): random.choice([1, 1, 1, 2, 3]) for pair in pairwise(names + names[0])}


@pytest.mark.parametrize(
    ("count", "seed"),
    with_slow(
        [*((3, seed) for seed in range(15)), *((4, seed) for seed in range(5))],
        *((3, seed) for seed in range(8, 15)),
        (4, 2),
        (4, 4),
    ),
)
def test_no_arrangement_of_a_cycle_is_cheaper_than_its_patterns(count: int, seed: int) -> None:
    random = Random(1000 * count + seed)
    longest = 4 if count == 3 else 3
    sizes = {name: (random.randint(1, longest), random.randint(1, longest)) for name in "abcd"[:count]}
    edges = cycle(count, random)
    cell = cycle_cell(tuple(sizes), edges, frozenset())
    assert charged(cell, sizes) <= least_wire2(edges, sizes, 8 if count == 3 else 6)


def test_a_triangle_of_long_strips_is_charged_exactly() -> None:
    sizes = {"a": (6, 1), "b": (6, 2), "c": (6, 1)}
    edges = {frozenset(pair): 1 for pair in combinations("abc", 2)}
    cell = cycle_cell(("a", "b", "c"), edges, frozenset())
    assert charged(cell, sizes) == least_wire2(edges, sizes, 7) == 2 * (1 + 1 + 2 + 1)


def test_a_bridge_is_charged_half_the_shorter_sides() -> None:
    cell = bridge_cell("a", "b", 2)
    assert charged(cell, {"a": (4, 3), "b": (1, 5)}) == 2 * min(4 + 1, 3 + 5)
