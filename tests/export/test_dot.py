"""The network in Graphviz's language, whatever the names."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from wse_cp.export.dot import format_dot, quoted
from wse_cp.files.by_suffix import read_instance_file, read_placement_file
from wse_cp.instance import Edge, Instance, Node, Settings, Terminal
from wse_cp.kernels import CBlock, Conv, DBlock, Kernel

HOSTILE = ("\\", "a\\N", "<b>", "{x|y}", "é;#", "//", "digraph")


def graphviz(*command: str, text: str) -> dict[str, Any]:
    """Return the graph as Graphviz reads it, after a layout."""
    if shutil.which(command[0]) is None:
        pytest.skip("Graphviz is not installed")
    done = subprocess.run([*command, "-Tjson"], input=text, capture_output=True, text=True, check=True)
    assert "syntax error" not in done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def instance() -> Instance:
    kernels: list[Kernel | Terminal] = [
        Terminal("input", (4, 4)),
        Conv(4, 4, 1, 1, 2, 2, 1),
        DBlock(4, 4, 8),
        CBlock(4, 4, 8),
    ]
    kernels += [DBlock(4, 4, 8)] * (len(HOSTILE) - len(kernels))
    nodes = tuple(
        Node(i, name, kernel) for i, (name, kernel) in enumerate(zip(HOSTILE, kernels, strict=True))
    )
    edges = tuple(Edge(HOSTILE[i], HOSTILE[i + 1], (4, i + 1)) for i in range(len(HOSTILE) - 1))
    return Instance(Settings(), nodes, (*edges, edges[2], edges[2]), 'say "label" \\')


def shown(label: str) -> str:
    """Return what Graphviz shows for an escaped label."""
    return label.replace("\\n", "\n").replace("\\\\", "\\")


def test_graphviz_reads_any_name_and_label() -> None:
    graph = graphviz("dot", text=format_dot(instance()))
    labels = [shown(node["label"]).split("\n")[0] for node in graph["objects"]]
    assert labels == list(HOSTILE)
    assert [node["shape"] for node in graph["objects"][:4]] == ["ellipse", "box", "box", "invtrapezium"]
    assert "H=4 W=4 R=1 S=1 C=2 K=2 T=1" in graph["objects"][1]["label"]


def test_parallel_edges_are_one_with_their_number_and_terminals_edges_are_dashed() -> None:
    graph = graphviz("dot", text=format_dot(instance()))
    edges = {(edge["tail"], edge["head"]): edge for edge in graph["edges"]}
    assert len(graph["edges"]) == len(HOSTILE) - 1
    assert edges[(2, 3)]["label"] == "3 x 4x3"
    assert edges[(1, 2)]["label"] == "4x2"
    assert [pair for pair, edge in edges.items() if edge.get("style") == "dashed"] == [(0, 1)]


def test_quoting_leaves_no_end_open() -> None:
    assert quoted('a"b\\') == r'"a\"b\\"'
    assert quoted("two\nlines") == r'"two\nlines"'


def test_a_placement_gives_every_kernel_its_place_and_size(instances: Path) -> None:
    case = read_instance_file(instances / "H.kgraph")
    placement = read_placement_file(instances / "best/H.paint", case)
    graph = graphviz("neato", "-n", text=format_dot(case, placement))
    nodes = {node["name"]: node for node in graph["objects"]}
    for name, placed in placement.items():
        box, node = placed.rectangle, nodes[name]
        assert tuple(2 * float(part) for part in node["pos"].split(",")) == pytest.approx(box.center2)
        sides = (72 * float(node["width"]), 72 * float(node["height"]))
        assert sides == pytest.approx((box.width, box.height), abs=0.01)
        assert f"{box.width} x {box.height}, time" in node["label"]
