from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from wse_cp.errors import InputError
from wse_cp.files.by_suffix import read_placement_file
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Arguments, CBlock, DBlock
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.report.picture.draw import draw, title
from wse_cp.report.picture.figure import save_picture
from wse_cp.report.picture.style import conv_rectangles, font_size, label_shift

BLOCK = DBlock(8, 8, 8)
INSTANCE = Instance(
    Settings(width=60, height=50),
    (Node(1, "k1", BLOCK), Node(2, "k2", CBlock(8, 8, 8))),
    (Edge("k1", "k2"),),
)
PLACEMENT = Placement(
    [
        PlacedKernel("k1", BLOCK, Arguments(2, 1, (1, 2, 3), (1, 2, 3)), 5, 6),
        PlacedKernel("k2", CBlock(8, 8, 8), Arguments(2, 1, (1, 2, 3, 4), (1, 2, 3, 4)), 30, 6, rotated=True),
    ]
)


@pytest.mark.parametrize("name", ["k1", "k2"])
def test_the_convolutions_of_a_block_tile_its_rectangle_side_by_side(name: str) -> None:
    placed = PLACEMENT[name]
    box, parts = placed.rectangle, conv_rectangles(placed)
    assert not any(a.overlaps(b) for i, a in enumerate(parts) for b in parts[:i])
    assert min(p.x for p in parts) == box.x
    assert min(p.y for p in parts) == box.y
    assert max(p.x + p.width for p in parts) == box.x + box.width
    assert max(p.y + p.height for p in parts) == box.y + box.height


def test_the_convolutions_of_a_turned_block_are_turned() -> None:
    parts = conv_rectangles(PLACEMENT["k2"])
    assert [(p.width, p.height) for p in parts] == [(4, 3), (6, 6), (8, 9), (10, 12)]
    assert [p.y for p in parts] == [6, 9, 15, 24]


def test_the_title_holds_the_score_and_names_illegal_placements() -> None:
    assert "cost" in title(INSTANCE, PLACEMENT)
    assert "illegal" in title(INSTANCE, Placement([PLACEMENT["k1"]]))


@pytest.mark.parametrize("colour", ["type", "time"])
def test_every_kernel_is_named_and_every_edge_drawn(colour: str) -> None:
    axes = Figure().add_subplot()
    draw(axes, INSTANCE, PLACEMENT, colour)
    names = {text.get_text().split("\n")[0] for text in axes.texts}
    assert names == {"k1", "k2"}
    assert sum(type(patch).__name__ == "FancyArrowPatch" for patch in axes.patches) == 1


def test_names_never_outgrow_their_box() -> None:
    assert font_size(["k100"], 20, 10) < font_size(["k1"], 20, 10)
    assert font_size(["k1", "123"], 100, 8) <= 4


def test_names_leave_the_centre_to_the_arrows_but_never_their_box() -> None:
    assert label_shift(extent=20, side=200) > 10
    assert label_shift(extent=20, side=24) == 2
    assert label_shift(extent=20, side=10) == 0


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_the_same_placement_gives_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    files = [tmp_path / f"{name}.{suffix}" for name in "ab"]
    for path in files:
        save_picture(path, INSTANCE, PLACEMENT)
    assert files[0].read_bytes() == files[1].read_bytes()
    assert len(list(tmp_path.iterdir())) == 2


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="gif"):
        save_picture(tmp_path / "x.gif", INSTANCE, PLACEMENT)


def test_a_hundred_kernels_are_all_named(contest: Path, contest_case: Callable[[str], Instance]) -> None:
    instance = contest_case("C")
    placement = read_placement_file(contest / "solutions/C-annealed.paint", instance)
    axes = Figure(figsize=(10, 10)).add_axes((0.05, 0.08, 0.9, 0.86))
    draw(axes, instance, placement)
    assert {text.get_text().split("\n")[0] for text in axes.texts} == set(instance.kernels)
