from __future__ import annotations

import re

from tests.report.page.cases import PLACED, SETTINGS, many, moved, small, view
from wse_cp.placement import Rectangle
from wse_cp.report.page.plan import Plan
from wse_cp.report.page.view import page_view
from wse_cp.report.picture.style import fitted, text_extent


def plan(*kernels: object) -> Plan:
    return view(small(placed=kernels or PLACED)).solutions[0].plan


def within(inner: Rectangle, outer: Rectangle) -> bool:
    return (
        outer.x <= inner.x
        and outer.y <= inner.y
        and inner.x + inner.width <= outer.x + outer.width
        and inner.y + inner.height <= outer.y + outer.height
    )


def test_boxes_are_those_of_the_placement_upside_down() -> None:
    for shape, placed in zip(plan().shapes, PLACED, strict=True):
        x, y, width, height = placed.rectangle
        assert shape.box == Rectangle(x, SETTINGS.height - y - height, width, height)
        assert all(within(part, shape.box) for part in shape.parts)
        assert len(shape.parts) == (0 if placed.kernel.type_name == "conv" else len(placed.args.c))


def test_wires_run_from_centre_to_centre() -> None:
    found = plan()
    centres = [(s.box.x + s.box.width / 2, s.box.y + s.box.height / 2) for s in found.shapes]
    assert len(found.lines) == 4
    x, y, *_, u, v = map(float, re.findall(r"-?[\d.]+", found.lines[0]))
    assert ((x, y), (u, v)) == (centres[0], centres[1])


def test_the_view_holds_the_wafer_and_kernels_not_too_far_outside() -> None:
    wafer = Rectangle(0, 0, SETTINGS.width, SETTINGS.height)
    assert within(wafer, plan().view)
    outside = plan(*moved(-20, 30))
    assert within(outside.shapes[-1].box, outside.view)
    far = plan(*moved(10**6, 30))
    assert within(wafer, far.view)
    assert far.view.width < 2 * SETTINGS.width


def test_labels_stay_inside_their_boxes() -> None:
    instance, solution = many(100)
    for shape in page_view(instance, [solution], None, "", "").solutions[0].plan.shapes:
        label = shape.label
        high = text_extent(label.lines, label.size, across=True)
        long = text_extent(label.lines, label.size, across=False)
        width, height = (long, high) if label.upright else (high, long)
        assert width <= shape.box.width * 1.01  # sizes are rounded
        assert height <= shape.box.height * 1.01
        assert abs(label.x - shape.box.x - shape.box.width / 2) <= shape.box.width / 2


def test_labels_are_turned_only_where_that_helps() -> None:
    assert fitted(["k1"], 10, 30).upright is False
    assert fitted(["k1"], 30, 10).upright is True
    assert fitted(["k1"], 100, 300, largest=5) == (5, True)


def test_a_screen_reader_hears_name_type_and_time() -> None:
    assert plan().shapes[0].spoken.startswith("k1, conv, time ")
