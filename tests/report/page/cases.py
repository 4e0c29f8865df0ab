"""Cases for report pages: a small one with every kind of kernel and wire, and one of any size."""

from __future__ import annotations

from fractions import Fraction

from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Arguments, CBlock, Conv, DBlock, Kernel, performance
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.report.page.model import KnownBound, Run, Solution
from wse_cp.report.page.view import PageView, page_view
from wse_cp.score import score

SETTINGS = Settings(width=120, height=80, wdeltat=1, wlength=3, wadapter=7)
KERNELS: dict[str, Kernel] = {
    "k1": Conv(8, 8, 3, 3, 8, 8, 1),
    "k2": CBlock(8, 8, 8),
    "k3": DBlock(4, 4, 8),
    "k10": Conv(4, 4, 3, 3, 8, 16, 2),
}
#: k1 -> k2 counts twice.
EDGES = (("k1", "k2"), ("k1", "k2"), ("k2", "k3"), ("k1", "k3"), ("k3", "k10"))
PLACED = (
    PlacedKernel("k1", KERNELS["k1"], Arguments(2, 2, (2,), (3,)), 0, 0),
    PlacedKernel("k2", KERNELS["k2"], Arguments(2, 1, (1, 2, 3, 2), (1, 2, 2, 1)), 20, 5, rotated=True),
    PlacedKernel("k3", KERNELS["k3"], Arguments(1, 1, (2, 2, 2), (1, 2, 7)), 60, 30),
    PlacedKernel("k10", KERNELS["k10"], Arguments(1, 2, (7,), (3,)), 100, 60),
)


def instance(names: dict[str, str] | None = None, test: str = "small") -> Instance:
    """Return the small instance, some of its kernels renamed."""
    new = names or {}
    nodes = (Node(i, new.get(name, name), kernel) for i, (name, kernel) in enumerate(KERNELS.items(), 1))
    edges = (Edge(new.get(u, u), new.get(v, v)) for u, v in EDGES)
    return Instance(SETTINGS, tuple(nodes), tuple(edges), test)


def small(**changes: object) -> Solution:
    """Return a legal solution of the small instance with its history."""
    cost = score(instance(), Placement(PLACED)).cost
    run = Run(2.5, 4, "finished", ((0.1, 2 * cost), (1.0, cost)))
    return Solution(**{"label": "small.paint", "placed": PLACED, "run": run, **changes})  # type: ignore[arg-type]


def moved(x: int, y: int) -> tuple[PlacedKernel, ...]:
    """Return the small placement with its last kernel elsewhere."""
    last = PLACED[-1]
    return (*PLACED[:-1], PlacedKernel(last.name, last.kernel, last.args, x, y))


def view(*solutions: Solution, bound: KnownBound | None = None) -> PageView:
    """Return what a page of some solutions of the small instance shows."""
    return page_view(instance(), solutions or (small(),), bound, "small.kgraph", "wse-cp report")


def many(count: int) -> tuple[Instance, Solution]:
    """Return a chain of convs with skips, placed on shelves, and the solution's history."""
    kernel = Conv(14, 14, 3, 3, 64, 64, 1)
    kinds = [Arguments(2, 2, (4 + i % 3,), (8 - i % 4,)) for i in range(12)] + [Arguments(4, 2, (5,), (6,))]
    placed, x, y, shelf = [], 0, 0, 0
    for number in range(count):
        args = kinds[number % len(kinds)]
        size = performance(kernel, args)
        if x + size.width > 633:
            x, y, shelf = 0, y + shelf, 0
        placed.append(PlacedKernel(f"k{number}", kernel, args, x, y))
        x, shelf = x + size.width, max(shelf, size.height)
    edges = [(i, i + 1) for i in range(count - 1)] + [(i, i + 3) for i in range(0, count - 3, 3)]
    nodes = tuple(Node(i, f"k{i}", kernel) for i in range(count))
    found = Instance(
        Settings(wadapter=2), nodes, tuple(Edge(f"k{u}", f"k{v}") for u, v in edges), f"of {count}"
    )
    cost = score(found, Placement(placed)).cost
    history = tuple((0.1 * i, cost + Fraction(1000, i)) for i in range(1, 30))
    return found, Solution(f"{count}.paint", tuple(placed), Run(3.0, 0, "finished", (*history, (3.0, cost))))
