"""Any instance and any placement survive writing and reading."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from wse_cp.files.json_documents import (
    format_instance,
    format_placement,
    parse_instance,
    parse_placed,
    placement_json,
)
from wse_cp.files.json_text import format_json
from wse_cp.files.kgraph import format_kgraph, parse_kgraph
from wse_cp.files.paint import (
    format_paint,
    format_solution,
    matched_placement,
    parse_paint,
    parse_placement,
)
from wse_cp.instance import Edge, Instance, Node, Settings, Terminal
from wse_cp.kernels import Arguments, CBlock, Conv, DBlock, Kernel, convs
from wse_cp.placement import PlacedKernel, Placement

SMALL = st.integers(1, 40)
CONVS = st.builds(Conv, SMALL, SMALL, st.integers(1, 5), st.integers(1, 5), SMALL, SMALL, st.integers(1, 4))
DBLOCKS = st.builds(lambda h, w, f: DBlock(h, w, 4 * f), SMALL, SMALL, SMALL)
CBLOCKS = st.builds(lambda h, w, f: CBlock(2 * h, 2 * w, 4 * f), SMALL, SMALL, SMALL)
KERNELS = CONVS | DBLOCKS | CBLOCKS
SHAPES = st.lists(SMALL, max_size=3).map(tuple)
TERMINALS = st.builds(Terminal, st.sampled_from(("input", "output")), SHAPES)
NAMES = st.from_regex(r"[A-Za-z_/][A-Za-z0-9_./-]{0,8}", fullmatch=True)
WAFERS = st.builds(
    Settings, st.integers(500, 700), st.integers(500, 700), SMALL, SMALL, SMALL, st.integers(20000, 30000)
)


@st.composite
def instances(draw: st.DrawFn) -> Instance:
    kinds: list[Kernel | Terminal] = [draw(KERNELS), *draw(st.lists(KERNELS | TERMINALS, max_size=5))]
    count = len(kinds)
    ids = draw(st.lists(st.integers(0, 99), min_size=count, max_size=count, unique=True))
    names = draw(st.lists(NAMES, min_size=count, max_size=count, unique=True))
    nodes = tuple(map(Node, ids, names, kinds))
    pairs = draw(
        st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1), SHAPES), max_size=8)
    )
    edges = tuple(Edge(names[u], names[v], shape) for u, v, shape in pairs if u < v)
    return Instance(draw(WAFERS), nodes, edges, draw(st.sampled_from(("", "a label", "x=1"))))


@st.composite
def placed_kernels(draw: st.DrawFn, name: str, kernel: Kernel) -> PlacedKernel:
    count = len(convs(kernel))
    splits = st.lists(SMALL, min_size=count, max_size=count).map(tuple)
    args = Arguments(draw(SMALL), draw(SMALL), draw(splits), draw(splits))
    at = st.integers(-9, 999)
    return PlacedKernel(name, kernel, args, draw(at), draw(at), draw(st.booleans()))


@settings(deadline=None, max_examples=40)
@given(instances())
def test_instances(instance: Instance) -> None:
    again = parse_kgraph(format_kgraph(instance), "text")
    assert again == instance
    assert again.test == instance.test


@settings(deadline=None, max_examples=40)
@given(instances())
def test_instances_as_json(instance: Instance) -> None:
    again = parse_instance(format_instance(instance), "text")
    assert again == instance
    assert again.test == instance.test


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_placements(data: st.DataObject) -> None:
    instance = data.draw(instances())
    placed = [data.draw(placed_kernels(name, kernel)) for name, kernel in instance.kernels.items()]
    placement = Placement(placed)
    assert parse_placement(format_paint(instance, placement), "text", instance) == placement
    assert [entry.placed for entry in parse_paint(format_solution(placed), "text")] == placed


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_placements_as_json(data: st.DataObject) -> None:
    instance = data.draw(instances())
    placed = [data.draw(placed_kernels(name, kernel)) for name, kernel in instance.kernels.items()]
    placement = Placement(placed)
    text = format_placement(instance, placement)
    assert matched_placement(parse_placed(text, "text"), "text", instance, 1) == placement
    wrong = [*placed, *placed[:1]]
    assert [entry.placed for entry in parse_placed(format_json(placement_json(wrong)), "text")] == wrong
