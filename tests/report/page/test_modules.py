"""Kernels grouped by module: who belongs where, and what the table says of a group."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from tests.report.page.cases import KERNELS, instance, many, small, view
from wse_cp.decimals import exact_text
from wse_cp.instance import Instance, Node, Settings
from wse_cp.kernels import Conv
from wse_cp.report.page.modules import COLOURS, HEADINGS, MOST_GROUPS, OTHER, grouping
from wse_cp.report.page.render import render
from wse_cp.report.page.view import PageView, SolutionView, page_view

MODULES = {"k1": "net.0.query", "k2": "net.0.key", "k3": "net.1.query"}


def grouped_instance() -> Instance:
    return replace(instance(), modules=MODULES)


@pytest.fixture(scope="module")
def page() -> PageView:
    return page_view(grouped_instance(), [small()], None, "", "")


def program_data(solution: SolutionView) -> Any:
    return solution.to_json()


def of_paths(*paths: str) -> list[tuple[str, str]]:
    """Return group and rest of kernels that bear such names."""
    nodes = tuple(Node(n, path, Conv(4, 4, 1, 1, 4, 4, 1)) for n, path in enumerate(paths))
    found = grouping(Instance(Settings(), nodes, ()))
    return [] if found is None else [(found.titles[found.of[path]], found.rest[path]) for path in paths]


def test_a_group_ends_with_the_first_number_of_the_path() -> None:
    assert of_paths("encoder.layer.0.attention.query", "encoder.layer.11.output", "pooler.dense") == [
        ("encoder.layer.0", ".attention.query"),
        ("encoder.layer.11", ".output"),
        ("pooler", ".dense"),
    ]
    assert of_paths("layer1.0.conv1", "layer1.1.conv1", "block_3/conv") == [
        ("layer1.0", ".conv1"),
        ("layer1.1", ".conv1"),
        ("block_3", "/conv"),
    ]


def test_modules_of_the_instance_come_before_names() -> None:
    found = grouping(grouped_instance())
    assert found is not None
    assert found.kind == "module"
    assert found.titles == ("net.0", "net.1", OTHER)
    assert [found.titles[found.of[name]] for name in KERNELS] == ["net.0", "net.0", "net.1", OTHER]


def test_without_modules_images_are_groups_and_a_single_group_is_none() -> None:
    found = grouping(instance())
    assert found is not None
    assert found.kind == "image"
    assert found.titles == ("8 × 8", "4 × 4")
    problem, solution = many(20)
    assert grouping(problem) is None
    alone = page_view(problem, [solution], None, "", "")
    assert not alone.grouped
    assert "groups" not in alone.solutions[0].to_json()
    assert 'value="module"' not in render(alone)


def test_very_many_groups_are_put_together_with_their_neighbours() -> None:
    problem, _ = many(2 * MOST_GROUPS + 1)
    modules = {name: f"layer.{number}" for number, name in enumerate(problem.kernels)}
    found = grouping(replace(problem, modules=modules))
    assert found is not None
    assert len(found.titles) <= MOST_GROUPS
    assert found.titles[0] == "layer.0 to layer.2"
    assert found.titles[-1].endswith(f"layer.{2 * MOST_GROUPS}")
    assert found.rest["k7"] == "layer.7"


def test_the_row_of_a_group_adds_up_what_its_kernels_say(page: PageView) -> None:
    solution = page.solutions[0]
    facts = {kernel.placed.name: kernel for kernel in solution.kernels}
    row = dict(zip(("module", *HEADINGS), solution.modules[0].cells, strict=True))
    own = [facts["k1"], facts["k2"]]
    assert row["module"] == "net.0"
    assert row["kernels"] == "2"
    assert row["slowest (cycles)"] == exact_text(max(kernel.placed.time for kernel in own))
    assert row["area (tiles)"] == str(sum(kernel.area for kernel in own))
    # k1 -> k2 counts twice and lies within; k2 -> k3 and k1 -> k3 lead out
    lengths = {(w.producer, w.consumer): w.total_length for w in solution.wires}
    index = {name: kernel.index for name, kernel in facts.items()}

    def between(*ends: tuple[str, str]) -> Fraction:
        return sum((lengths[index[u], index[v]] for u, v in ends), Fraction(0))

    out = between(("k2", "k3"), ("k1", "k3"))
    assert row["inside (tiles)"] == f"{exact_text(between(('k1', 'k2')))} (2)"
    assert row["out (tiles)"] == f"{exact_text(out)} (2)"
    assert row["wires in (tiles)"] == "0 (0)"
    second = dict(zip(("module", *HEADINGS), solution.modules[1].cells, strict=True))
    assert second["wires in (tiles)"] == f"{exact_text(out)} (2)"


def test_all_wires_are_counted_once_within_or_twice_between(page: PageView) -> None:
    solution = page.solutions[0]
    counts = [[int(re.findall(r"\((\d+)\)", cell)[0]) for cell in row.cells[-3:]] for row in solution.modules]
    entering, within, leaving = (sum(column) for column in zip(*counts, strict=True))
    assert entering == leaving
    assert entering + within == sum(wire.count for wire in solution.wires)


def test_kernels_on_the_floorplan_have_the_colour_of_their_group(page: PageView) -> None:
    shades = {shape.name: shape.shades["module"] for shape in page.solutions[0].plan.shapes}
    assert shades == {"k1": 0, "k2": 0, "k3": 1, "k10": 2}
    html = render(page)
    assert html.count('data-module="0"') >= 2
    style = html[html.index("<style>") : html.index("</style>")]
    assert all(f"--module-{number}:" in style for number in range(COLOURS))
    assert f"--module-{COLOURS}:" not in style


def test_the_program_finds_group_and_path_of_each_kernel(page: PageView) -> None:
    groups = program_data(page.solutions[0])["groups"]
    paths = [
        groups["titles"][group] + groups["texts"][rest]
        for group, rest in zip(groups["of"], groups["rest"], strict=True)
    ]
    assert paths == ["net.0.query", "net.0.key", "net.1.query", OTHER]


def test_a_crowd_is_drawn_by_colour_too() -> None:
    problem, solution = many(600)
    modules = {name: f"layer.{number // 50}" for number, name in enumerate(problem.kernels)}
    found = page_view(replace(problem, modules=modules), [solution], None, "", "").solutions[0]
    assert {group.shades["module"] for group in found.plan.groups} == set(range(12))
    assert program_data(found)["groups"]["titles"] == tuple(f"layer.{number}" for number in range(12))


def test_unknown_kernels_of_a_wrong_solution_belong_to_no_group() -> None:
    stranger = replace(small().placed[0], name="k99")
    page = page_view(grouped_instance(), [small(placed=(stranger,))], None, "", "")
    assert program_data(page.solutions[0])["groups"]["of"] == [None]
    assert page.solutions[0].modules == ()
    assert "k99" in render(page)


def test_pages_of_plain_instances_stay_as_they_are() -> None:
    assert view().grouped == "image"


@pytest.mark.slow
def test_a_page_of_ten_thousand_kernels_with_modules_stays_below_five_megabytes() -> None:
    problem, solution = many(10_000)
    modules = {
        name: f"model.layers.{number // 20}.mlp.part{number % 20}"
        for number, name in enumerate(problem.kernels)
    }
    page = page_view(replace(problem, modules=modules), [solution], None, "", "")
    assert len(page.solutions[0].modules) == 500
    assert len(render(page).encode()) < 5_000_000
