"""Random tables of shapes for up to four kernels, what they and wires cost, and the least by enumeration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product
from random import Random

import numpy as np

from wse_cp.shapes.arrays import IntArray

#: Columns of the source and of the target of a wire that are compared: three splits, two parities.
COMPARED = (3, 3), (4, 4), (6, 5), (7, 7), (8, 8)


@dataclass(frozen=True)
class Case:
    """Tables of nine columns, costs of rows, wires (source, target, multiplicity) and their amounts."""

    shapes: Sequence[IntArray]
    costs: Sequence[IntArray]
    wires: list[tuple[int, int, int]]
    amounts: list[list[int]]  #: of each wire, for each of what is compared
    potentials: list[list[dict[int, int]]]  #: of each wire, for the first three of these

    def cost(self, rows: tuple[int, ...]) -> int:
        """Return what a choice costs."""
        total = sum(int(cost[i]) for cost, i in zip(self.costs, rows, strict=True))
        for (u, v, _), amounts in zip(self.wires, self.amounts, strict=True):
            for (one, other), amount in zip(COMPARED, amounts, strict=True):
                total += amount * int(self.shapes[u][rows[u], one] != self.shapes[v][rows[v], other])
        return total

    def all(self) -> dict[tuple[int, ...], int]:
        """Return the cost of every choice."""
        return {rows: self.cost(rows) for rows in product(*(range(len(table)) for table in self.shapes))}


def random_case(seed: int, most_rows: int = 8) -> Case:
    """Return a case; in half of them the wires form a cycle."""
    random = Random(f"joint {seed}")
    count = random.randint(1, 4)
    sizes = [random.randint(1, most_rows) for _ in range(count)]
    generator = np.random.default_rng(seed)
    shapes = [generator.integers(0, 4, (size, 9)) for size in sizes]
    for table in shapes:
        table[:, 7:] %= 2
    pairs = [(random.randrange(i), i) for i in range(1, count) if random.random() < 0.9]
    pairs += [pair for pair in combinations(range(count), 2) if random.random() < 0.25 and pair not in pairs]
    if pairs and random.random() < 0.2:
        pairs.append(pairs[0][::-1])
    wires = sorted((u, v, random.randint(1, 2)) for u, v in pairs)
    amounts = [[random.choice([0, 3, 7])] * 3 + [random.choice([0, 2]), random.randint(0, 4)] for _ in wires]
    potentials = [
        [{value: random.randint(0, of[0]) for value in range(4) if random.random() < 0.7} for _ in range(3)]
        for of in amounts
    ]
    costs = [generator.integers(0, 12, size) for size in sizes]
    return Case(shapes, costs, wires, amounts, potentials)
