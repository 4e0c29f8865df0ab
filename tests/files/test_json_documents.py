"""What is wrong in a JSON document is said in one line, with the line and the path."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from wse_cp.errors import InputError
from wse_cp.files.by_suffix import (
    read_instance_file,
    read_placement_file,
    read_solution_file,
    write_instance_file,
    write_placement_file,
)
from wse_cp.files.json_documents import parse_instance, parse_placed
from wse_cp.files.json_models import VERSION
from wse_cp.instance import Settings

INSTANCE = """{
 "format": "wse-cp instance", "version": 1,
 "settings": {"width": 40, "height": 30},
 "nodes": [
  {"id": 0, "name": "in", "kernel": {"type": "input", "shape": [4, 4, 4]}},
  {"id": 1, "name": "k1", "kernel": {"type": "conv", "H": 4, "W": 4, "R": 3, "S": 3, "C": 4, "K": 4, "T": 1}},
  {"id": 2, "name": "k2", "kernel": {"type": "dblock", "H": 4, "W": 4, "F": 8}}
 ],
 "edges": [
  {"source": "in", "target": "k1"},
  {"source": "k1", "target": "k2", "shape": [4, 4, 4]}
 ]
}"""
PLACEMENT = """{
 "format": "wse-cp placement", "version": 1,
 "kernels": [
  {"name": "k1", "kernel": {"type": "conv", "H": 4, "W": 4, "R": 3, "S": 3, "C": 4, "K": 4, "T": 1},
   "h": 1, "w": 1, "c": [1], "k": [1], "x": 0, "y": 0, "rotation": "R180"},
  {"name": "k02", "kernel": {"type": "dblock", "H": 4, "W": 4, "F": 8},
   "h": 1, "w": 1, "c": [1, 1, 1], "k": [1, 1, 1], "x": 3, "y": 0, "rotation": "R90"}
 ]
}"""


def changed(text: str, path: list[Any], value: Any) -> str:
    """Return a document, re-laid, with another value at a path; `...` takes the key away."""
    data = json.loads(text)
    inner = data
    for step in path[:-1]:
        inner = inner[step]
    if value is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return json.dumps(data)


def message(parse: Callable[[str, str], object], text: str) -> str:
    with pytest.raises(InputError) as error:
        parse(text, "x.json")
    return str(error.value)


@pytest.mark.parametrize(
    ("path", "value", "wanted"),
    [
        (
            ["format"],
            "wse-cp placement",
            '"wse-cp instance" or "wse-cp result" at format, found "wse-cp placement"',
        ),
        (["format"], ..., '"wse-cp instance" or "wse-cp result" at format, found null or nothing'),
        (
            ["version"],
            VERSION + 1,
            "a version of at most 1 (later ones need a newer wse-cp) at version, found 2",
        ),
        (["version"], "1", 'a valid integer at version, found "1"'),
        (["version"], ..., "the key version, found none"),
        (["nodes"], ..., "the key nodes, found none"),
        (["nodes"], {}, "a valid list at nodes, found an object"),
        (["nodes", 1, "colour"], "red", "only known keys at nodes[1], found colour"),
        (["nodes", 1, "kernel", "H"], "4", 'a valid integer at nodes[1].kernel.H, found "4"'),
        (["nodes", 1, "kernel", "H"], 4.5, "a valid integer at nodes[1].kernel.H, found 9/2"),
        (["nodes", 1, "kernel", "H"], True, "a valid integer at nodes[1].kernel.H, found true"),
        (["nodes", 1, "kernel", "H"], 0, "greater than or equal to 1 at nodes[1].kernel.H, found 0"),
        (["nodes", 1, "kernel", "H"], ..., "the key H at nodes[1].kernel, found none"),
        (["nodes", 1, "kernel", "type"], ..., "the key type at nodes[1].kernel, found none"),
        (["nodes", 1, "kernel"], 7, "an object at nodes[1].kernel, found 7"),
        (["nodes", 2, "kernel", "F"], 6, "F divisible by 4 in a block at nodes[2].kernel, found F=6"),
        (["nodes", 2, "name"], "k1", "each name once at nodes[2].name, found k1"),
        (["nodes", 2, "id"], 1, "each id once at nodes[2].id, found 1"),
        (["nodes", 2, "name"], "k 2", "a name without blanks, quotes, brackets, = : and , at nodes[2].name"),
        (["edges", 1, "target"], "k7", "the name of a node at edges[1].target, found k7"),
        (["edges", 1, "source"], "k2", "a graph without cycles at edges, found the cycle k2 -> k2"),
        (["settings", "width"], 5000, "less than or equal to 4096 at settings.width, found 5000"),
        (
            ["settings", "memlimit"],
            1,
            "a conv with a shape within memlimit=1 on the 40 x 30 wafer at nodes[1]",
        ),
        (["label"], "two\nlines", "a printable label on one line at label, found two?lines"),
    ],
)
def test_a_wrong_instance_is_refused_with_the_path(path: list[Any], value: Any, wanted: str) -> None:
    assert wanted in message(parse_instance, changed(INSTANCE, path, value))


@pytest.mark.parametrize(
    ("path", "value", "wanted"),
    [
        (["kernels", 0, "c"], [1, 2], "1 numbers for a conv at kernels[0].c, found 2"),
        (["kernels", 0, "x"], 10**18, "less than 1000000000000000000 at kernels[0].x"),
        (["kernels", 1, "rotation"], "R45", "'R0', 'R90', 'R180' or 'R270' at kernels[1].rotation, found"),
        (
            ["kernels", 1, "kernel", "type"],
            "input",
            "a type of 'conv', 'dblock', 'cblock' at kernels[1].kernel",
        ),
        (["kernels", 1, "h"], None, "a valid integer at kernels[1].h, found null or nothing"),
    ],
)
def test_a_wrong_placement_is_refused_with_the_path(path: list[Any], value: Any, wanted: str) -> None:
    assert wanted in message(parse_placed, changed(PLACEMENT, path, value))


def test_errors_name_the_line() -> None:
    assert message(parse_instance, INSTANCE.replace('"F": 8', '"F": 6')).startswith("x.json:7: ")
    assert message(parse_instance, INSTANCE.replace('"target": "k2"', '"target": "k3"')).startswith(
        "x.json:11: "
    )
    assert message(parse_placed, PLACEMENT.replace('"R90"', '"R91"')).startswith("x.json:7: ")


def test_what_overrules_goes_before_the_document_and_is_checked_in_its_stead() -> None:
    settings = Settings(width=40, height=30)
    assert parse_instance(INSTANCE, "x", {"wlength": 7}).settings == replace(settings, wlength=7)
    too_small = INSTANCE.replace('"width": 40', '"width": 1')
    assert message(parse_instance, too_small).startswith("x.json:")
    assert parse_instance(too_small, "x", {"width": 50}).settings == replace(settings, width=50)


def test_half_turns_and_padded_names_are_read(tmp_path: Any) -> None:
    (tmp_path / "i.json").write_text(INSTANCE)
    (tmp_path / "p.json").write_text(PLACEMENT)
    instance = read_instance_file(tmp_path / "i.json")
    placement = read_placement_file(tmp_path / "p.json", instance)
    assert [placement[name].rotated for name in ("k1", "k2")] == [False, True]
    assert [placed.name for placed in read_solution_file(tmp_path / "p.json")] == ["k1", "k2"]


def test_a_kernel_that_is_not_the_instances_is_refused_with_its_line(tmp_path: Any) -> None:
    (tmp_path / "i.json").write_text(INSTANCE)
    (tmp_path / "p.json").write_text(PLACEMENT.replace('"F": 8', '"F": 12'))
    with pytest.raises(
        InputError, match=r"p.json:6: expected k2 = dblock\( 4 4 8 ... \), found dblock\( 4 4 12"
    ):
        read_placement_file(tmp_path / "p.json", read_instance_file(tmp_path / "i.json"))


@pytest.mark.parametrize("suffix", [".json", ".JSON", ".kgraph"])
def test_the_ending_decides_on_the_format_of_an_instance(tmp_path: Any, suffix: str) -> None:
    path = tmp_path / f"x{suffix}"
    write_instance_file(path, parse_instance(INSTANCE, "x"))
    assert path.read_text().startswith("{") == (suffix != ".kgraph")
    assert read_instance_file(path) == parse_instance(INSTANCE, "x")


@pytest.mark.parametrize("suffix", [".json", ".paint"])
def test_the_ending_decides_on_the_format_of_a_placement(tmp_path: Any, suffix: str) -> None:
    instance = parse_instance(INSTANCE, "x")
    (tmp_path / "p.json").write_text(PLACEMENT)
    placement = read_placement_file(tmp_path / "p.json", instance)
    path = tmp_path / f"x{suffix}"
    write_placement_file(path, instance, placement)
    assert path.read_text().startswith("{") == (suffix == ".json")
    assert read_placement_file(path, instance) == placement
