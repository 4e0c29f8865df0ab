"""A placement in which a neighbour stands beside the fourth kernel of a row: no bound may exceed its cost."""

from __future__ import annotations

from tests.bounds.verifier.cases import contents, text_of
from wse_cp.bounds.verifier import derive, read_certificate
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Arguments, Conv
from wse_cp.placement import PlacedKernel
from wse_cp.score import checked_score

#: (width, height) of the only least shape with max time 1, and where it stands: z, then d and u, then a, m.
RECTANGLES = {"u": (6, 6), "a": (30, 3), "m": (57, 20), "z": (39, 15), "d": (6, 6)}
PLACES = {"z": (9, 0), "d": (25, 15), "u": (31, 15), "a": (13, 21), "m": (0, 24)}
EDGES = (Edge("u", "a"), Edge("a", "m"), Edge("m", "z"), Edge("a", "d"), Edge("d", "z"))


def test_the_bound_is_not_above_a_row_in_a_ring_with_a_neighbour_beside_it() -> None:
    """u is disjoint along y from a, m, z (the spine) but not from d, so it lengthens no edge of the ring."""
    kernels = {name: Conv(1, 1, 1, 1, h - 1, w // 3, 1) for name, (w, h) in RECTANGLES.items()}
    instance = Instance(
        Settings(width=60, height=60, wdeltat=10**6, wlength=1, memlimit=10**6),
        tuple(Node(i, name, kernel) for i, (name, kernel) in enumerate(kernels.items())),
        EDGES,
    )
    placement = {
        name: PlacedKernel(name, kernel, Arguments(1, 1, (kernel.C,), (kernel.K,)), *PLACES[name])
        for name, kernel in kernels.items()
    }
    rows = [[0, 0, 0], [0, 0, 0]]
    certificate = contents(instance, [(0, rows), (1, rows), (2, rows)], spine=["u", "a", "m", "z"])
    proven = derive(instance, read_certificate(text_of(certificate)))
    assert proven is not None
    assert proven <= checked_score(instance, placement).cost
