"""What notebooks show of the values."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pytest
from matplotlib._pylab_helpers import Gcf

import wse_cp as wse
from tests.paths import ROOT

EVIL = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def result() -> wse.Result:
    inst = wse.load(ROOT / "instances/K.kgraph")
    best = wse.load_placement(ROOT / "instances/best/K.paint", inst)
    found = wse.score(inst, best)
    return wse.Result(inst, best, found, 2.0, 0, stopped_by="user", lower_bound=Fraction(1300), verified=True)


def texts(html: str) -> list[str]:
    """Return the texts of the cells of all tables."""
    tree = ElementTree.fromstring(f"<html>{html.split('<img')[0]}</html>")
    return [cell.text or "" for cell in tree.iter() if cell.tag in ("td", "th")]


def test_a_result_shows_score_bound_gap_and_picture(result: wse.Result) -> None:
    html = result._repr_html_()
    cells = texts(html)
    facts = dict(zip(cells[::2], cells[1::2], strict=True))
    assert facts["cost"] == "1350"
    assert facts["wire length"] == "211.5 x 4"
    assert facts["lower bound"] == "1300 (verified)"
    assert facts["gap"] == "3.85 %"
    picture = b64decode(html.partition("base64,")[2].partition('"')[0]).decode()
    assert ElementTree.fromstring(picture).tag.endswith("svg")


def test_names_from_files_are_escaped(result: wse.Result) -> None:
    evil = replace(result.instance, test=EVIL)
    for html in (replace(result, instance=evil)._repr_html_(), evil._repr_html_()):
        assert "<script" not in html
        assert "&lt;script&gt;" in html
    graded = wse.grade(result.instance, {EVIL: result.placement}, 1)
    assert "<script" not in graded._repr_html_()


def test_an_instance_shows_its_facts_and_kernels(result: wse.Result) -> None:
    cells = texts(result.instance._repr_html_())
    assert "633 x 633 tiles" in cells
    assert set(result.instance.kernels) <= set(cells)


def test_a_placement_shows_its_kernels(result: wse.Result) -> None:
    assert set(result.placement) <= set(texts(result.placement._repr_html_()))


def test_a_long_table_is_shortened() -> None:
    inst = wse.load(ROOT / "instances/C.kgraph")
    assert len(inst.kernels) == 100
    assert inst._repr_html_().count("<tr") < 50


def test_a_plot_shows_itself_and_can_be_saved(result: wse.Result, tmp_path: Path) -> None:
    figure = result.plot()
    svg = figure._repr_svg_()  # type: ignore[attr-defined]
    assert ElementTree.fromstring(svg).tag.endswith("svg")
    figure.savefig(tmp_path / "K.png", dpi=30)
    assert (tmp_path / "K.png").read_bytes().startswith(b"\x89PNG")


def test_plots_by_time_differ_from_those_by_type(result: wse.Result) -> None:
    plots = [wse.plot(result.instance, result.placement, colour) for colour in ("type", "time")]
    first, second = (figure._repr_svg_() for figure in plots)  # type: ignore[attr-defined]
    assert first != second


def test_there_are_no_other_colours(result: wse.Result) -> None:
    with pytest.raises(wse.InputError, match="taste"):
        result.plot("taste")


def test_a_plot_leaves_no_trace_in_pyplot(result: wse.Result) -> None:
    before = Gcf.get_all_fig_managers()
    result.plot()
    assert Gcf.get_all_fig_managers() == before
