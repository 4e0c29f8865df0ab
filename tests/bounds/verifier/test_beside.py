"""Placements with a kernel beside a row or a straight spine: no bound may exceed what they cost."""

from __future__ import annotations

from fractions import Fraction

from tests.bounds.verifier.cases import contents, text_of
from wse_cp.bounds.verifier import derive, read_certificate
from wse_cp.bounds.verifier.assembly import Library, assemble
from wse_cp.bounds.verifier.cells import build_cells
from wse_cp.bounds.verifier.elimination import least_cost
from wse_cp.bounds.verifier.frame import Frame, comparisons
from wse_cp.bounds.verifier.network import build_network
from wse_cp.bounds.verifier.patterns import SCALE, money
from wse_cp.bounds.verifier.spine import Spine
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Arguments, Conv
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.score import checked_score

Rectangles = dict[str, tuple[int, int]]

#: (width, height) of the only least shape with max time 1, and where it stands: z, then d and u, then a, m.
RECTANGLES: Rectangles = {"u": (6, 6), "a": (30, 3), "m": (57, 20), "z": (39, 15), "d": (6, 6)}
PLACES = {"z": (9, 0), "d": (25, 15), "u": (31, 15), "a": (13, 21), "m": (0, 24)}
EDGES = (Edge("u", "a"), Edge("a", "m"), Edge("m", "z"), Edge("a", "d"), Edge("d", "z"))


def test_the_bound_is_not_above_a_row_in_a_ring_with_a_neighbour_beside_it() -> None:
    """u is disjoint along y from a, m, z (the spine) but not from d, so it lengthens no edge of the ring."""
    instance = instance_of(RECTANGLES, EDGES, (60, 60))
    assert (
        proven(instance, ["u", "a", "m", "z"]) <= checked_score(instance, placement_of(instance, PLACES)).cost
    )


#: Two rings of four (p, q, r, m and P, Q, R, M) in two columns, and the bridge q-Q between them.
RINGS: Rectangles = {"r": (6, 6), "m": (6, 9), "q": (6, 3), "p": (6, 12)}
RINGS |= {name.upper(): extents for name, extents in RINGS.items()}
RING_PLACES = {"m": (0, 6), "q": (0, 15), "p": (0, 18), "r": (0, 30)}
RING_PLACES |= {"R": (6, 0), "P": (6, 6), "Q": (6, 18), "M": (6, 21)}
RING_EDGES = tuple(Edge(*pair) for pair in ("rm", "mq", "rp", "pq", "qQ", "QM", "MR", "QP", "PR"))


def test_the_bound_is_not_above_two_rings_side_by_side_each_with_its_fourth_kernel_beside_the_other() -> None:
    """p is beside Q and M, P beside q and m: both rings ask for what the bridge goes off-axis."""
    instance = instance_of(RINGS, RING_EDGES, (60, 60))
    score = checked_score(instance, placement_of(instance, RING_PLACES))
    assert score.wire_length == 99
    assert proven(instance, [*"rmqQMR"]) <= score.cost


#: A straight spine a, b, c along x, on a wafer just as wide, and d, which is joined to a and b and stands
#: between them. There d is disjoint along x from a and b, but not from c: it has to be above or below c.
SPINE: Rectangles = {"a": (12, 12), "b": (6, 48), "c": (6, 6), "d": (6, 30)}
SPINE_PLACES = {"a": (12, 18), "b": (0, 0), "c": (6, 39), "d": (6, 9)}
SPINE_EDGES = (Edge("a", "b"), Edge("b", "c"), Edge("a", "d"), Edge("b", "d"))


def test_a_kernel_beside_a_straight_spine_pays_for_half_of_its_width() -> None:
    """The way from d to c goes off-axis half the sum of their heights here: d may pay for half of its own.

    Were d to pay for all of it, the straight spine would be charged 63 where this placement costs 54.
    """
    instance = instance_of(SPINE, SPINE_EDGES, (24, 48))
    score = checked_score(instance, placement_of(instance, SPINE_PLACES))
    assert score.wire_length == 54
    long = 10**6  # what a tile of run costs that the wafer has no room for
    rows = [[0, long, long], [0, 0, 0], [0, 0, 0]]
    text = text_of(
        contents(
            instance,
            [(0, rows)],
            spine=["a", "b", "c"],
            tree=[("a", "b"), ("b", "c"), ("a", "d")],
        )
    )
    assert straight_case(instance, text) == 51


def instance_of(rectangles: Rectangles, edges: tuple[Edge, ...], wafer: tuple[int, int]) -> Instance:
    """An instance in which max times above 1 are far too dear, so that each kernel has one least shape."""
    kernels = {name: Conv(1, 1, 1, 1, h - 1, w // 3, 1) for name, (w, h) in rectangles.items()}
    return Instance(
        Settings(width=wafer[0], height=wafer[1], wdeltat=10**6, wlength=1, memlimit=10**6),
        tuple(Node(i, name, kernel) for i, (name, kernel) in enumerate(kernels.items())),
        edges,
    )


def proven(instance: Instance, spine: list[str]) -> Fraction:
    """The bound by multipliers of 0, with an interval for max time 1 and one for more."""
    rows = [[0, 0, 0], [0, 0, 0]]
    certificate = contents(instance, [(0, rows), (1, rows), (2, rows)], spine=spine)
    found = derive(instance, read_certificate(text_of(certificate)))
    assert found is not None
    return found


def placement_of(instance: Instance, places: dict[str, tuple[int, int]]) -> Placement:
    """All kernels fully split, at their places."""
    return Placement(
        PlacedKernel(name, kernel, Arguments(1, 1, (kernel.C,), (kernel.K,)), *places[name])
        for name, kernel in instance.kernels.items()
        if isinstance(kernel, Conv)
    )


def straight_case(instance: Instance, text: str) -> Fraction:
    """What the verifier charges wires at least if max time is 1 and the spine has no turn and no break."""
    certificate = read_certificate(text)
    (interval,) = certificate.intervals
    network = build_network(instance, certificate, interval.part)
    frame = Frame(
        instance, network, build_cells(network, False), {}, comparisons(instance, network, (), False), False
    )
    prices = money(instance.settings, certificate.unit, interval.cases[0])
    case = assemble(frame, Library(instance, 1), Spine(prices, 0, more=False))
    assert case is not None
    least = least_cost(case)
    assert least is not None
    return Fraction(least, SCALE * certificate.unit)
