"""Pictures for print: real text, their width, what stands around the wafer, colours."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from tests.marks import with_slow
from tests.report.picture.test_draw import INSTANCE, PLACEMENT
from wse_cp.errors import InputError
from wse_cp.instance import Instance, Node, Settings
from wse_cp.kernels import Arguments, Conv
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.report.picture.figure import drawn, picture_data, placement_figure, save_picture
from wse_cp.report.picture.style import (
    DEFAULT_WIDTH,
    MAX_WIDTH,
    MIN_WIDTH,
    TYPES,
    UNUSED,
    Page,
    check_page,
)

#: Machado, Oliveira, Fernandes (2009): how full protanopia, deuteranopia and tritanopia see linear RGB.
BLINDNESS = {
    "protan": "0.152286 1.052583 -0.204868 0.114503 0.786281 0.099216 -0.003882 -0.048116 1.051998",
    "deutan": "0.367322 0.860646 -0.227968 0.280085 0.672501 0.047413 -0.011820 0.042940 0.968881",
    "tritan": "1.255528 -0.076749 -0.178779 -0.078411 0.930809 0.147602 0.004733 0.691367 0.303900",
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lab(colour: str, kind: str) -> np.ndarray:
    """Return a colour as seen, in CIELAB."""
    matrix = np.array(BLINDNESS[kind].split(), float).reshape(3, 3)
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    x, y, z = np.cbrt(XYZ @ np.clip(matrix @ linear, 0, 1) / XYZ.sum(axis=1))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("kind", BLINDNESS)
def test_types_are_told_apart_by_colour_blind_eyes(kind: str) -> None:
    seen = [lab(colour, kind) for colour in (*TYPES.values(), UNUSED)]
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > 15  # 2 is just noticeable


def saved(folder: Path, suffix: str, page: Page = Page(), colour: str = "type") -> bytes:  # noqa: B008
    path = folder / f"x{suffix}"
    save_picture(path, INSTANCE, PLACEMENT, colour, page)
    return path.read_bytes()


def test_text_in_svg_is_text(tmp_path: Path) -> None:
    svg = saved(tmp_path, ".svg").decode()
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    assert {"k1", "k2", "dblock", "cblock", "unused"} <= set(texts)
    assert any(text.startswith("cost") for text in texts)


def test_fonts_in_pdf_are_whole(tmp_path: Path) -> None:
    pdf = saved(tmp_path, ".pdf")
    assert b"/Type3" not in pdf
    assert b"/CIDFontType2" in pdf
    assert b"/FontFile2" in pdf


def test_no_date_is_in_the_files(tmp_path: Path) -> None:
    assert b"CreationDate" not in saved(tmp_path, ".pdf")
    assert b"<dc:date>" not in saved(tmp_path, ".svg")


@pytest.mark.parametrize("width", [60.0, 85.0, 254.0])
@pytest.mark.parametrize("colour", ["type", "time"])
def test_a_picture_is_as_wide_as_asked_and_keeps_the_wafers_proportions(
    tmp_path: Path, width: float, colour: str
) -> None:
    page = Page(width)
    svg = saved(tmp_path, ".svg", page, colour).decode()
    points = [float(text) for text in re.findall(r'(?:width|height)="([0-9.]+)pt"', svg)[:2]]
    assert points[0] * 25.4 / 72 == pytest.approx(width, abs=0.01)
    wafer = (INSTANCE.settings.width, INSTANCE.settings.height)
    _, _, across, up = page.axes(wafer)
    assert points[0] * across / (points[1] * up) == pytest.approx(wafer[0] / wafer[1], rel=1e-6)


def test_without_title_and_legend_there_is_only_the_wafer(tmp_path: Path) -> None:
    svg = saved(tmp_path, ".svg", Page(title=False, legend=False)).decode()
    texts = set(re.findall(r"<text[^>]*>([^<]*)</text>", svg))
    assert {"k1", "k2"} <= texts
    assert not any(text in ("dblock", "unused") or text.startswith("cost") for text in texts)
    wafer = (60, 50)
    assert Page(title=False, legend=False).size(wafer)[1] < Page().size(wafer)[1]


@pytest.mark.parametrize("width", [0.0, 29.0, 1e4, float("nan")])
def test_other_widths_are_refused(width: float) -> None:
    with pytest.raises(InputError, match=r"--width: expected a width from 30 to 2000 mm"):
        check_page(Page(width))


@pytest.mark.parametrize(
    ("columns", "rows"),
    with_slow(
        [(2, 4096), (4096, 2), (1, 4096), (4096, 1), (3, 2), (40, 4096), (4096, 4096)], (2, 4096), (40, 4096)
    ),
)
@pytest.mark.parametrize("width", [MIN_WIDTH, DEFAULT_WIDTH])
def test_pictures_are_bounded_on_both_sides(tmp_path: Path, columns: int, rows: int, width: float) -> None:
    conv = Conv(1, 1, 1, 1, 1, 1, 1)
    instance = Instance(Settings(columns, rows), (Node(1, "k1", conv),), ())
    placed = PlacedKernel("k1", conv, Arguments(1, 1, (1,), (1,)), 0, 0)
    data = picture_data(tmp_path / "x.png", instance, Placement([placed]), page=Page(width))
    across, down = (int.from_bytes(data[at : at + 4]) for at in (16, 20))
    assert 1 / 10 < down / across < 10
    assert max(down, across) < 1 << 16


def test_the_largest_picture_has_no_more_dots_than_fit_into_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds: list[tuple[float, float, float]] = []

    class Noted(Figure):
        def __init__(self, figsize: tuple[float, float], dpi: float) -> None:
            kinds.append((*figsize, dpi))
            super().__init__(figsize=figsize, dpi=dpi)

    tall = Instance(replace(INSTANCE.settings, width=60, height=4096), INSTANCE.nodes, INSTANCE.edges)
    for page in (Page(MAX_WIDTH), Page(DEFAULT_WIDTH - 1), Page()):
        drawn(Noted, tall, PLACEMENT, page=page)
    assert all(width * height * dpi**2 < 65_000_000 for width, height, dpi in kinds)
    assert kinds[2][2] == 160


def test_a_page_of_no_sensible_width_is_refused(tmp_path: Path) -> None:
    for width in (0.0, MIN_WIDTH / 2, 10 * MAX_WIDTH, float("nan")):
        with pytest.raises(InputError, match="a width from"):
            save_picture(tmp_path / "x.png", INSTANCE, PLACEMENT, page=Page(width))


@pytest.mark.parametrize("text", ["$$", "a$b$c", "${\\foo}$", "Ba$$in", "$x^2$"])
def test_no_text_of_a_picture_is_mathematics(text: str) -> None:
    labelled = Instance(INSTANCE.settings, INSTANCE.nodes, INSTANCE.edges, text)
    figure = placement_figure(labelled, PLACEMENT)
    found = [item for item in figure.findobj(Text) if text in item.get_text()]
    assert found
    assert not any(item.get_parse_math() for item in found)
