"""Small legal placements, and results of any kind of run."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import strategies as st

from wse_cp.instance import Edge, Instance, Node, Settings, Terminal
from wse_cp.kernels import Arguments, CBlock, Conv, DBlock, Kernel, convs
from wse_cp.options import RunOptions
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.result import OperatorStatistics, Result
from wse_cp.score import checked_score

KERNELS = (Conv(4, 4, 3, 3, 4, 4, 1), Conv(4, 4, 3, 3, 4, 4, 3), DBlock(4, 4, 8), CBlock(4, 4, 8))
FRACTIONS = st.builds(Fraction, st.integers(0, 10**12), st.integers(1, 99))
SECONDS = st.floats(0, 1e6, allow_nan=False)
COUNTS = st.integers(0, 99)
OPERATORS = st.builds(OperatorStatistics, st.text(max_size=5), COUNTS, COUNTS, FRACTIONS, SECONDS)


@st.composite
def placements(draw: st.DrawFn) -> tuple[Instance, Placement]:
    """A few kernels in a row, each split at random, some of them turned; a chain with an input."""
    settings = Settings(400, 400, *draw(st.tuples(*[st.integers(0, 9)] * 3)))
    nodes = [Node(0, "in", Terminal("input", (4, 4)))]
    placed, x = [], 0
    kernels: list[Kernel] = draw(st.lists(st.sampled_from(KERNELS), min_size=1, max_size=4))
    for i, kernel in enumerate(kernels, 1):
        count, split = len(convs(kernel)), st.integers(1, 3)
        args = Arguments(
            draw(split), draw(split), draw(st.tuples(*[split] * count)), draw(st.tuples(*[split] * count))
        )
        placed.append(PlacedKernel(f"k{i}", kernel, args, x, draw(st.integers(0, 300)), draw(st.booleans())))
        x += placed[-1].rectangle.width
        nodes.append(Node(i, f"k{i}", kernel))
    edges = [Edge(u.name, v.name, (4,)) for u, v in pairwise(nodes)]
    return Instance(settings, tuple(nodes), tuple(edges), draw(st.sampled_from(("", "a label")))), Placement(
        placed
    )


@st.composite
def results(draw: st.DrawFn) -> Result:
    """A result with some of all that a result may have."""
    instance, placement = draw(placements())
    bound = draw(st.none() | FRACTIONS)
    return Result(
        instance,
        placement,
        checked_score(instance, placement),
        draw(SECONDS),
        draw(st.integers(0, 2**31 - 1)),
        statistics=tuple(draw(st.lists(OPERATORS, max_size=2))),
        stopped_by=draw(st.sampled_from(("", "time limit", "optimal"))),
        lower_bound=bound,
        certificate=None if bound is None else draw(st.none() | st.text(max_size=20)),
        verified=bound is not None and draw(st.booleans()),
        history=tuple(draw(st.lists(st.tuples(SECONDS, FRACTIONS), max_size=3))),
        options=draw(
            st.none()
            | st.builds(
                RunOptions,
                st.floats(0, 1e6, exclude_min=True),
                st.just(1),
                st.integers(0, 9),
                st.booleans(),
                st.sampled_from(((), ("spans", "trees"))),
            )
        ),
    )
