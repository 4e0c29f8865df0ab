"""How many random instances of few kernels end as certified optimal: ``python -m benchmarks.small``.

Kernels of all types, up to five, on wafers from 8 x 8 to 40 x 40, adapters at all weights. Instances that
have no legal placement do not count.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from random import Random
from typing import Annotated, NamedTuple

import typer

import wse_cp
from wse_cp.errors import InputError, NoPlacementError
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import CBlock, Conv, DBlock, Kernel


class Outcome(NamedTuple):
    """What came of an instance."""

    seed: int
    kernels: int
    cost: Fraction
    bound: Fraction
    certified: bool
    seconds: float


def small_network(seed: int) -> Instance:
    """Return a random connected instance of one to five kernels; it may have no legal placement."""
    random = Random(f"small {seed}")
    count = random.randint(1, 5)
    pairs = [(random.randrange(i), i) for i in range(1, count)]
    others = [pair for pair in combinations(range(count), 2) if pair not in pairs]
    pairs += random.sample(others, min(len(others), random.choice([0, 0, 1, 1, 2, 3])))
    if pairs and random.random() < 0.1:
        pairs.append(random.choice(pairs))
    width = random.randint(8, 40)
    settings = Settings(
        width=width,
        height=width if random.random() < 0.4 else random.randint(8, 40),
        wdeltat=random.choice([0, 1, 1, 1, 3]),
        wlength=random.choice([1, 1, 4, 10, 40]),
        wadapter=random.choice([0, 0, 5, 20, 100, 400]),
        memlimit=random.choice([200, 1000, 5000, 24576]),
    )
    nodes = tuple(Node(i, f"k{i}", _kernel(random)) for i in range(count))
    return Instance(settings, nodes, tuple(Edge(f"k{u}", f"k{v}") for u, v in sorted(pairs)))


def _kernel(random: Random) -> Kernel:
    kind, channels = random.random(), [4, 8, 16, 32]
    if kind < 0.2:
        return DBlock(random.choice([2, 4, 7, 14]), random.choice([2, 4, 7, 14]), random.choice(channels))
    if kind < 0.35:
        return CBlock(random.choice([2, 4, 8, 14]), random.choice([2, 4, 8, 14]), random.choice(channels))
    size = random.choice([1, 2, 4, 7, 14])
    other = size if random.random() < 0.8 else random.choice([1, 2, 4, 7, 14])
    reach = random.choice([1, 1, 3, 5])
    into, out = (random.choice([1, 2, 3, 4, 8, 16, 32]) for _ in range(2))
    return Conv(size, other, reach, reach, into, out, random.choice([1, 1, 1, 2]))


def outcomes(seeds: range, seconds: float, workers: int) -> Iterator[Outcome]:
    """Solve the instances of these seeds that can be solved, each for so long at most."""
    for seed in seeds:
        instance = small_network(seed)
        try:
            found = wse_cp.solve(instance, time_limit=seconds, workers=workers)
        except (InputError, NoPlacementError):
            continue
        certified = found.stopped_by == "optimal" and found.verified
        bound = found.lower_bound or Fraction(0)
        yield Outcome(
            seed, len(instance.kernels), found.score.cost, bound, certified, round(found.seconds, 1)
        )


def main(
    first: Annotated[int, typer.Option(help="First seed.")] = 0,
    count: Annotated[int, typer.Option(help="Number of seeds.")] = 240,
    seconds: Annotated[float, typer.Option(help="Time limit of each.")] = 60.0,
    workers: Annotated[int, typer.Option(help="Processor cores.")] = 2,
) -> None:
    """Print a line for each instance, and how many ended as certified optimal."""
    found = []
    for outcome in outcomes(range(first, first + count), seconds, workers):
        found.append(outcome)
        print(*outcome[:2], *map(float, outcome[2:4]), *outcome[4:], flush=True)
    if found:
        ratios = [float(one.bound / one.cost) if one.cost else 1.0 for one in found]
        proven = sum(one.certified for one in found)
        print(
            f"{proven} of {len(found)} certified optimal; mean bound / cost {sum(ratios) / len(ratios):.4f}"
        )


if __name__ == "__main__":
    typer.run(main)
