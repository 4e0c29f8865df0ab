"""Random small instances by class of network, and their proven optimum."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from random import Random

from tests.cpsat.brute_force import all_options
from wse_cp.cpsat.model import solve_problem
from wse_cp.cpsat.outcome import Limits
from wse_cp.cpsat.whole import placement_from, problem_from
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import CBlock, Conv, DBlock, Kernel
from wse_cp.score import checked_score
from wse_cp.shapes.options import Option

Pairs = list[tuple[int, int]]


def _chain(random: Random) -> Pairs:
    return list(pairwise(range(random.randint(2, 6))))


def _tree(random: Random) -> Pairs:
    return [(random.randrange(i), i) for i in range(1, random.randint(3, 6))]


def _triangle(random: Random) -> Pairs:
    """A triangle with or without tails, before and after."""
    before, after = random.choice([(0, 0), (1, 0), (0, 1), (1, 1), (1, 1), (2, 1)])
    a = before
    core = [(a, a + 1), (a + 1, a + 2), (a, a + 2)]
    return [*pairwise(range(a + 1)), *core, *((a + 2 + i, a + 3 + i) for i in range(after))]


def _square(random: Random) -> Pairs:
    """Two ways from one kernel to another, with or without tails."""
    before, after = random.choice([(0, 0), (1, 0), (0, 1), (1, 1)])
    a = before
    core = [(a, a + 1), (a, a + 2), (a + 1, a + 3), (a + 2, a + 3)]
    return [*pairwise(range(a + 1)), *core, *((a + 3 + i, a + 4 + i) for i in range(after))]


def _diamond(random: Random) -> Pairs:
    """A square with a diagonal, at times two triangles that share a kernel, or a cycle of five."""
    return random.choice(
        [
            [(0, 1), (0, 2), (1, 3), (2, 3), (0, 3)],
            [(0, 1), (1, 2), (0, 2), (2, 3), (3, 4), (2, 4)],
            [(0, 1), (1, 2), (0, 2), (2, 3), (3, 4), (4, 5), (3, 5)],
            [(0, 1), (1, 2), (2, 3), (3, 4), (0, 4)],
        ]
    )


def _ladder(random: Random) -> Pairs:
    """Cycles of four to six, up to two with an edge or a kernel in common."""
    return random.choice(
        [
            [(0, 1), (1, 2), (2, 3), (3, 4), (0, 4)],
            [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (0, 5)],
            [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (0, 5), (1, 4)],
            [(0, 1), (1, 2), (0, 3), (3, 4), (4, 2), (0, 2)],
            [(0, 1), (0, 2), (1, 3), (2, 3), (1, 2)],
            [(0, 1), (1, 2), (0, 2), (2, 3), (3, 4), (2, 4), (1, 3)],
        ]
    )


NETWORKS: dict[str, Callable[[Random], Pairs]] = {
    "chain": _chain,
    "tree": _tree,
    "triangle": _triangle,
    "square": _square,
    "diamond": _diamond,
    "ladder": _ladder,
}


def small_instance(kind: str, seed: int) -> Instance:
    """An instance of a class: wafers 9 to 30 wide, from tight ones that area bounds to wide ones for wire."""
    random = Random(f"{kind} {seed}")
    pairs = NETWORKS[kind](random)
    count = 1 + max(v for _, v in pairs)
    tight = random.random() < 0.5
    # The more kernels, the smaller the wafer, for the proof of the optimum to end.
    width = random.randint(9, 10 if tight or count > 3 else 14 if count == 3 else 30)
    settings = Settings(
        width=width,
        height=width if random.random() < 0.6 else random.randint(9, 11),
        wdeltat=random.choice([0, 1, 1, 3]),
        wlength=random.choice([1, 1, 4, 9]),
        wadapter=random.choice([0, 0, 5, 20]) if count < 5 else random.choice([0, 0, 0, 5]),
        memlimit=random.choice([60, 200, 1000]),
    )
    edges = [Edge(f"k{u}", f"k{v}") for u, v in pairs]
    if random.random() < 0.15:
        edges.append(random.choice(edges))
    blocks = count <= 3 and width <= 13
    nodes = tuple(Node(i, f"k{i}", _kernel(random, count, blocks, tight)) for i in range(count))
    return Instance(settings, nodes, tuple(edges))


def _kernel(random: Random, count: int, blocks: bool, tight: bool) -> Kernel:
    kind = random.random()
    if blocks and kind < 0.2:
        return DBlock(random.choice([2, 3]), 2, random.choice([4, 8]))
    if blocks and kind < 0.35:
        return CBlock(2, 2, random.choice([4, 8]))
    if count > 3:  # few shapes, for the proof of the optimum to end
        return Conv(random.choice([1, 1, 2]), 1, 1, 1, random.randint(1, 2), random.randint(1, 2), 1)
    size, reach = random.choice([1, 1, 2, 3] if not tight else [1, 2, 3, 4]), random.choice([1, 1, 3])
    return Conv(
        size, size, reach, reach, random.randint(1, 4), random.randint(1, 4), random.choice([1, 1, 2])
    )


def proven_optimum(instance: Instance, seconds: float = 20.0) -> Fraction | None:
    """The least cost, proven by the constraint model over all footprints; None without a proof in time."""
    found = least_known(instance, Limits(seconds=seconds))
    return found[0] if found is not None and found[1] else None


def least_known(instance: Instance, limits: Limits) -> tuple[Fraction, bool] | None:
    """The least cost found by the constraint model over all footprints, and whether none can be less."""
    options = {name: _options(instance, kernel) for name, kernel in instance.kernels.items()}
    if not all(options.values()):
        return None
    problem = problem_from(instance, options)
    outcome = solve_problem(problem, limits)
    if outcome.status not in ("optimal", "feasible"):
        return None
    cost = checked_score(instance, placement_from(instance, problem, outcome.choices)).cost
    return cost, outcome.status == "optimal"


def _options(instance: Instance, kernel: Kernel) -> list[Option]:
    """Return the options that a best placement may need: the small ones, of each protocol if that matters."""
    groups: dict[tuple[int, ...], dict[tuple[int, int], Option]] = {}
    for option in all_options(instance, kernel):
        args = option.args
        protocol = (args.h, args.w, args.c[0], args.k[min(2, len(args.k) - 1)])
        fastest = groups.setdefault(protocol if instance.settings.wadapter else (), {})
        size = option.width, option.height
        if size not in fastest or option.time < fastest[size].time:
            fastest[size] = option
    return [o for fastest in groups.values() for o in fastest.values() if not _dominated(o, fastest)]


def _dominated(option: Option, known: dict[tuple[int, int], Option]) -> bool:
    """Tell whether an option as fast has extents of the same parity, none larger: then it is not needed."""
    return any(
        other is not option
        and other.time <= option.time
        and other.width <= option.width
        and other.height <= option.height
        and not (option.width - other.width) % 2
        and not (option.height - other.height) % 2
        for other in known.values()
    )
