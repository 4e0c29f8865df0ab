"""No layout costs less than the verifier says a star with demands and boxes does."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from tests.bounds.verifier.layouts import Layout, packed, random_star, stack, value_of
from wse_cp.bounds.verifier.boxes import Box
from wse_cp.bounds.verifier.cover import Cover, CoverStar
from wse_cp.bounds.verifier.stars import CoverCost


def test_no_packed_layout_costs_less() -> None:
    raised = edge = 0
    for seed in range(150):
        random = Random(f"packed {seed}")
        layout = packed(random)
        assert layout.is_legal()
        wire = random.randint(1, 3)
        for _ in range(4):
            cover = random_star(random, layout, wire)
            found = value_of(layout, cover, wire)
            assert found <= layout.cost(cover, wire), seed
            plain = replace(cover, stars=tuple(replace(star, boxes=()) for star in cover.stars))
            raised += found > value_of(layout, plain, wire)
        edge += 0 in layout.spots[0][:2]
    assert raised > 20
    assert edge > 40


@pytest.mark.parametrize("upright", [False, True])
def test_a_stack_as_wide_as_its_box_costs_what_it_costs(upright: bool) -> None:
    for seed in range(30):
        layout, cover = stack(Random(f"stack {seed}"), upright)
        assert layout.is_legal()
        assert value_of(layout, cover, 1) == layout.cost(cover, 1), seed


def test_other_boxes_prove_no_more_of_a_stack() -> None:
    for seed in range(60):
        random = Random(f"stack {seed}")
        layout, cover = stack(random, seed % 2 == 0)
        (star,) = cover.stars
        width, reach, price = star.boxes[0]
        for _ in range(10):
            box = Box(
                max(1, width + random.choice([-1, 0, 0, 1])),
                max(1, reach + random.randint(-2, 2)),
                price + random.choice([-1, 0, 0, 1, 2]),
            )
            less = random.choice([(), (Box(width, reach, 1),), (Box(max(1, width - 1), reach - 1, 1),)])
            demands = tuple(n + random.choice([-50, 0, 0, 0, 50]) for n in star.demands)
            other = replace(star, boxes=(box, *less), demands=demands)
            trial = replace(cover, stars=(other,))
            assert value_of(layout, trial, 1) <= layout.cost(trial, 1), seed


def test_shapes_of_a_hub_that_are_equally_dear_end_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is not looked at costs as much as the cheapest of those that are, and comes before it."""
    strips = [(0, low, 18, 2) for low in (0, 2, 4, 7, 9, 11)]
    hubs = [
        (2, 13),
        (5, 2),
        (5, 4),
        (5, 5),
        (7, 2),
        (7, 5),
        (8, 6),
        (8, 13),
        (9, 2),
        (10, 3),
        (11, 4),
        (13, 6),
    ]
    hubs += [(14, 13), (16, 5), (17, 1), (17, 12)]
    layout = Layout((18, 13), [(0, 6, 18, 1), *strips], [hubs, *([] for _ in strips)])
    none = (0,) * 3
    star = CoverStar(0, 2, 0, tuple(range(1, 7)), (0,) * 6, none, none, 0, none, none, 0, 0)
    cover = Cover(1, (replace(star, boxes=(Box(1, 26, 1),)),))
    looks = []
    plain = CoverCost._in_boxes

    def counted(self: CoverCost, *args: Any) -> Any:
        looks.append(args)
        assert len(looks) < 100
        return plain(self, *args)

    monkeypatch.setattr(CoverCost, "_in_boxes", counted)
    assert value_of(layout, cover, 1) <= layout.cost(cover, 1)
