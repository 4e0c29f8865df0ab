"""Labels and names are text everywhere: no mathematics, no markup, and nothing that ends a command."""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.small_case import COST, StubSolver, instance, placement, stub_module
from tests.marks import with_slow
from wse_cp.cli import run
from wse_cp.files.by_suffix import write_instance_file, write_placement_file
from wse_cp.instance import Instance, Node
from wse_cp.kernels import Kernel
from wse_cp.placement import Placement
from wse_cp.report.page.render import page_text  # noqa: F401  (loads what pages need before the clock runs)

NAMES = ("$$", "$foo$", "a$b$c", "$\\frac", "%s{x}", "<b>&amp;", "`|~;#\\n", "名前", "+1;@x", "x" * 200)
LABELS = (
    "Ba$$in",
    "[/x]",
    "[bold]x",
    ":smile:",
    "${\\foo}$",
    "<script>",
    "%d {} \\n",
    "Größe 名前 🦉",
    "\"'`",
    "y" * 3000,
)


def case(folder: Path, name: str, label: str) -> tuple[str, str]:
    """Write an instance whose first kernel has that name, and a placement of it."""
    small = instance()
    new = {"k1": name, "k2": "k2"}
    nodes = tuple(Node(n.id, new[n.name], n.kernel) for n in small.nodes)
    assert all(isinstance(node.kernel, Kernel) for node in nodes)
    named = Instance(small.settings, nodes, (), label)
    placed = Placement(
        type(p)(new[p.name], p.kernel, p.args, p.x, p.y, p.rotated) for p in placement().values()
    )
    paths = folder / "i.json", folder / "p.json"
    write_instance_file(paths[0], named)
    write_placement_file(paths[1], named, placed)
    return str(paths[0]), str(paths[1])


CASES = [*((name, "") for name in NAMES), *(("k1", label) for label in LABELS)]
#: Those that others are much like.
LONG = [case for case in CASES if set(case) & {*NAMES[:3], *NAMES[4:6], *NAMES[7:9], *LABELS[1:7]}]


@pytest.mark.filterwarnings("ignore:Glyph")
@pytest.mark.parametrize(("name", "label"), with_slow(CASES, *LONG), ids=lambda text: text[:12] or "-")
def test_a_picture_shows_the_text_as_it_is(tmp_path: Path, name: str, label: str) -> None:
    i, p = case(tmp_path, name, label)
    assert run(["plot", i, p, "-o", str(tmp_path / "x.svg")]) == 0
    assert run(["plot", i, p, "-o", str(tmp_path / "x.png"), "--colour", "time"]) == 0
    drawn = "".join(ElementTree.parse(tmp_path / "x.svg").getroot().itertext())
    shown = [text for text in (name, label) if 0 < len(text) < 80]
    assert all(text in drawn for text in shown)


@pytest.mark.filterwarnings("ignore:Glyph")
@pytest.mark.parametrize("label", with_slow(LABELS, *LABELS[1:7]), ids=lambda text: text[:12])
def test_a_run_draws_and_reports_whatever_the_label_is(
    tmp_path: Path, label: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stub = StubSolver()
    monkeypatch.setitem(sys.modules, "wse_cp.solve", stub_module(stub))
    small = instance()
    path = tmp_path / "i.json"
    write_instance_file(path, Instance(small.settings, small.nodes, small.edges, label))
    names = {"-o": "x.paint", "--plot": "x.png", "--report": "x.html"}
    words = [word for option, name in names.items() for word in (option, str(tmp_path / name))]
    assert run(["solve", str(path), "--quiet", *words]) == 0
    assert capsys.readouterr().out.split()[:2] == ["cost", str(COST)]
    assert all((tmp_path / name).stat().st_size for name in names.values())


@pytest.mark.parametrize(("name", "label"), with_slow(CASES, *LONG), ids=lambda text: text[:12] or "-")
def test_every_command_shows_the_text_as_it_is(
    tmp_path: Path, name: str, label: str, capsys: pytest.CaptureFixture[str]
) -> None:
    i, p = case(tmp_path, name, label)
    assert run(["info", i]) == 0
    out = capsys.readouterr().out.replace("\n", "").replace(" ", "")
    assert name in out
    assert label[:100].replace(" ", "") in out
    assert run(["check", i, p]) == 0
    assert run(["report", i, p, "-o", str(tmp_path / "x.html")]) == 0
    for suffix in ("json", "dot", "csv", "dzn", "kgraph", "paint"):
        given = [i] if suffix == "kgraph" else [i, p]
        assert run(["export", *given, "-o", str(tmp_path / f"x.{suffix}")]) == 0
    assert run(["check", str(tmp_path / "x.kgraph"), str(tmp_path / "x.paint")]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
