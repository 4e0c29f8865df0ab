"""The minimisation without spine and adapters: the general one finds the same, in either arithmetic."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from tests.bounds.small_instances import NETWORKS, small_instance
from wse_cp.bounds.network.structure import structure_of
from wse_cp.bounds.programme.pricing import Multipliers as Prices
from wse_cp.bounds.search.certificate import Piece, certificate_text
from wse_cp.bounds.search.limit import without_adapters
from wse_cp.bounds.verifier.assembly import Library, assemble
from wse_cp.bounds.verifier.cells import build_cells
from wse_cp.bounds.verifier.certificate import Multipliers, read_certificate
from wse_cp.bounds.verifier.elimination import least_cost
from wse_cp.bounds.verifier.frame import Frame, comparisons
from wse_cp.bounds.verifier.levels import ComparedSplits, least_levels
from wse_cp.bounds.verifier.network import build_network
from wse_cp.bounds.verifier.patterns import money
from wse_cp.bounds.verifier.plain import plain_cost
from wse_cp.bounds.verifier.reading import EndedError
from wse_cp.bounds.verifier.rectangles import Demands, Rectangles
from wse_cp.bounds.verifier.spine import Spine
from wse_cp.instance import Instance, Node, Settings
from wse_cp.kernels import Conv


def frame_of(instance: Instance, cycles: bool) -> Frame:
    structure = structure_of(instance, runs=False, cycles=cycles)
    text = certificate_text(
        instance, structure, 1, [Piece(0, 0.0, (Prices(0.0, 0.0, 0.0),), (0, 0))], Fraction(0)
    )
    network = build_network(instance, read_certificate(text), (0, 0))
    return Frame(
        instance, network, build_cells(network, False), {}, comparisons(instance, network, (), False), False
    )


@pytest.mark.parametrize("kind", NETWORKS)
def test_both_minimisations_find_the_same(kind: str) -> None:
    finite = 0
    for seed in range(40):
        random = Random(seed)
        instance = without_adapters(small_instance(kind, seed))
        frame = frame_of(instance, cycles=random.random() < 0.5)
        # the last one leaves 64 bits
        area = random.choice([0, 1, 7, 50, 10**25])
        limit = random.choice([4, 32, 1000, None])
        prices = money(instance.settings, 3, Multipliers(area, 0, 0))
        case = assemble(frame, Library(instance, limit), Spine(prices, 0, more=True))
        expected = None if case is None else least_cost(case)
        assert plain_cost(frame, Rectangles(Demands(instance), limit), prices) == expected, seed
        finite += expected is not None
    assert finite > 20


def test_rectangles_are_the_least_ones_at_every_limit() -> None:
    random = Random(1)
    for _ in range(60):
        side, field = random.randint(1, 40), random.choice([1, 3])
        kernel = Conv(side, side, field, field, random.randint(1, 70), random.randint(1, 70), 1)
        width, height = random.randint(4, 90), random.randint(4, 90)
        settings = Settings(width, height, memlimit=random.choice([40, 300, 20000]))
        instance = Instance(settings, (Node(0, "k", kernel),), ())
        demands = Demands(instance)
        for limit in (None, 10**6, 40000, 3000, 200, 10):
            found = Rectangles(demands, limit)(kernel)
            levels = least_levels(instance, kernel, ComparedSplits(False, 0, ()), limit)
            short, long = levels.width, levels.splits.height
            upright = list(zip(short.tolist(), long.tolist(), strict=True))
            both = [*upright, *((h, w) for w, h in upright)]
            pairs = {(w, h) for w, h in both if w <= settings.width and h <= settings.height}
            least = {
                (w, h)
                for w, h in pairs
                if not any((a <= w and b <= h) and (a, b) != (w, h) for a, b in pairs)
            }
            assert set(zip(found[0].tolist(), found[1].tolist(), strict=True)) == least


def test_a_minimisation_ends_when_it_is_told_to() -> None:
    instance = without_adapters(small_instance("chain", 0))
    prices = money(instance.settings, 1, Multipliers(1, 0, 0))
    with pytest.raises(EndedError):
        plain_cost(
            frame_of(instance, cycles=False), Rectangles(Demands(instance), None), prices, lambda: True
        )
