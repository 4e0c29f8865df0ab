"""Large placements are drawn as collections; only names that can be read are written."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure

from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Arguments, Conv, DBlock, Kernel
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.report.picture.draw import draw
from wse_cp.report.picture.many import MANY, MANY_WIRES, OUTLINE

CONV = Conv(8, 8, 1, 1, 8, 8, 1)
COUNT = MANY + 2


def kernel(number: int) -> tuple[Kernel, Arguments]:
    """The first is a large block, all others are thin."""
    if number == 0:
        return DBlock(8, 8, 8), Arguments(8, 2, (2, 2, 2), (2, 2, 4))
    return CONV, Arguments(2, 1, (3,), (1,))


def placed(number: int) -> PlacedKernel:
    kind, args = kernel(number)
    x, y = (30 * number + 100) % 3000, 60 + (30 * number + 100) // 3000 * 40
    return PlacedKernel(f"k{number}", kind, args, *((0, 0) if number == 0 else (x, y)))


PLACEMENT = Placement(map(placed, range(COUNT)))
INSTANCE = Instance(
    Settings(width=3000, height=300),
    tuple(Node(number, f"k{number}", kernel(number)[0]) for number in range(COUNT)),
    tuple(Edge(f"k{number}", f"k{number + 1}") for number in range(COUNT - 1)),
)


@pytest.fixture(params=["type", "time"])
def axes(request: pytest.FixtureRequest) -> Axes:
    made = Figure(figsize=(20, 3)).add_axes((0.05, 0.08, 0.9, 0.86))
    draw(made, INSTANCE, PLACEMENT, request.param)
    return made


def test_every_convolution_is_filled_and_every_wire_drawn_from_centre_to_centre(axes: Axes) -> None:
    (boxes,) = (found for found in axes.collections if isinstance(found, PolyCollection))
    extents = [path.get_extents().bounds for path in boxes.get_paths()]
    assert len(extents) == COUNT + 3
    assert extents[0] == tuple(PLACEMENT["k0"].rectangle)
    assert extents[4] == tuple(PLACEMENT["k1"].rectangle)
    (wires,) = (found for found in axes.collections if isinstance(found, LineCollection))
    assert len(wires.get_segments()) == COUNT - 1
    (x, y), (u, v) = wires.get_segments()[3]
    assert (2 * x, 2 * y) == PLACEMENT["k3"].rectangle.center2
    assert (2 * u, 2 * v) == PLACEMENT["k4"].rectangle.center2


def test_outlines_never_fill_a_kernel(axes: Axes) -> None:
    (boxes,) = (found for found in axes.collections if isinstance(found, PolyCollection))
    points_per_tile = axes.get_window_extent().width * 72 / axes.figure.dpi / 3000
    thin = PLACEMENT["k1"].rectangle
    widths = np.atleast_1d(boxes.get_linewidth())
    assert widths[4] == pytest.approx(OUTLINE * points_per_tile * min(thin[2:]))


def test_only_names_that_can_be_read_are_written(axes: Axes) -> None:
    assert [text.get_text().split("\n")[0] for text in axes.texts if text.get_text()[0] == "k"] == ["k0"]


def test_kernels_outside_the_picture_do_not_move_it(axes: Axes) -> None:
    assert axes.get_xlim() == (0, 3000)
    assert axes.get_ylim() == (0, 300)


def test_many_wires_are_plain_lines_even_between_few_kernels() -> None:
    kernels = [PlacedKernel(f"k{i}", CONV, Arguments(2, 1, (3,), (1,)), 30 * i, 0) for i in range(60)]
    pairs = [(u, v) for u in range(60) for v in range(u + 1, 60)]
    assert len(pairs) > MANY_WIRES
    instance = Instance(
        Settings(width=2000, height=300),
        tuple(Node(i, f"k{i}", CONV) for i in range(60)),
        tuple(Edge(f"k{u}", f"k{v}") for u, v in pairs),
    )
    made = Figure(figsize=(20, 3)).add_axes((0.05, 0.08, 0.9, 0.86))
    draw(made, instance, Placement(kernels))
    (lines,) = (found for found in made.collections if isinstance(found, LineCollection))
    assert len(lines.get_segments()) == len(pairs)
    assert not any(type(patch).__name__ == "FancyArrowPatch" for patch in made.patches)
