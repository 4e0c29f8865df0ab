"""The MiniZinc model has the optimum that plain enumeration finds, and prints it as a solution file."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import defaultdict
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from random import Random

import pytest

from tests.cpsat.brute_force import all_options, improve, random_instance
from wse_cp.cpsat.problem import Problem
from wse_cp.cpsat.tables import option_splits
from wse_cp.cpsat.whole import problem_from
from wse_cp.errors import InputError
from wse_cp.export.minizinc import data as data_module
from wse_cp.export.minizinc import format_data, model_text
from wse_cp.files.paint import parse_placement
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import CBlock, Conv, DBlock, Kernel
from wse_cp.placement import Placement
from wse_cp.score import checked_score
from wse_cp.shapes.arrays import UNLIMITED
from wse_cp.shapes.complete import EdgeUse, complete_options
from wse_cp.shapes.options import Option

#: (seed, kernels, largest side) whose enumeration is quick; adapters weigh in a third of them.
CASES = [(3, 2, 10), (10, 2, 10), (1, 3, 7), (3, 3, 7), (6, 3, 7), (1, 4, 6)]
COMMAND = ("minizinc", "--soln-sep", "", "--search-complete-msg", "")


def minizinc(folder: Path, data: str) -> str:
    """Return what the model prints for a data file."""
    if shutil.which("minizinc") is None:
        pytest.skip("MiniZinc is not installed")
    (folder / "placement.mzn").write_text(model_text())
    (folder / "case.dzn").write_text(data)
    files = [str(folder / "placement.mzn"), str(folder / "case.dzn")]
    done = subprocess.run([*COMMAND, *files], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-500:]
    return done.stdout


def solved(folder: Path, instance: Instance, data: str) -> tuple[Placement, Fraction]:
    """Return the legal placement that MiniZinc prints, and its cost, which it must claim."""
    text = minizinc(folder, data)
    placement = parse_placement(text, "minizinc", instance)
    claim = re.search(r"\(\* cost: (\d+) \* (\d+) / (\d+) \*\)", text)
    assert claim
    cost = checked_score(instance, placement).cost
    assert cost == Fraction(int(claim[1]) * int(claim[2]), int(claim[3]))
    return placement, cost


@pytest.mark.parametrize(("seed", "count", "largest"), CASES)
def test_the_optimum_is_the_true_one(tmp_path: Path, seed: int, count: int, largest: int) -> None:
    instance = random_instance(Random(seed), count, largest)
    data = format_data(instance)
    assert "all_shapes = true;" in data
    _, cost = solved(tmp_path, instance, data)
    options = {name: all_options(instance, kernel) for name, kernel in instance.kernels.items()}
    assert improve(instance, options, cost) is None


def test_what_cannot_be_placed_is_no_solution_file(tmp_path: Path) -> None:
    nodes = (Node(1, "k1", DBlock(2, 2, 4)), Node(2, "k2", DBlock(2, 2, 4)))  # at least 2 x 9 tiles each
    instance = Instance(Settings(width=12, height=3), nodes, ())
    with pytest.raises(InputError, match="expected a statement"):
        parse_placement(minizinc(tmp_path, format_data(instance)), "minizinc", instance)


def test_a_placement_to_beat_leaves_slower_shapes_out_and_loses_nothing(tmp_path: Path) -> None:
    instance = random_instance(Random(3), 3, 7)
    best, cost = solved(tmp_path, instance, format_data(instance))
    data = format_data(instance, best)
    assert len(data) < len(format_data(instance))
    assert "all_shapes = true;" in data
    assert solved(tmp_path, instance, data)[1] == cost


def test_cut_options_are_said_to_be_cut_and_keep_the_placements_own(tmp_path: Path) -> None:
    instance = random_instance(Random(3), 3, 7)
    best, cost = solved(tmp_path, instance, format_data(instance))
    data = format_data(instance, best, max_options=1)
    assert "all_shapes = false;" in data
    assert solved(tmp_path, instance, data)[1] == cost


def test_an_illegal_placement_is_refused() -> None:
    instance = random_instance(Random(3), 3, 7)
    with pytest.raises(InputError, match="a legal placement, found k1 is not placed"):
        format_data(instance, Placement([]))


def test_too_many_options_are_refused_unless_they_may_be_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_module, "MAX_TABLE", 20)
    instance = random_instance(Random(3), 3, 7)
    with pytest.raises(InputError, match=r"at most 20 shapes .*--max-options"):
        format_data(instance)
    assert "all_shapes = false;" in format_data(instance, max_options=5)


def test_equal_kernels_share_their_options_and_names_are_quoted() -> None:
    kernel = Conv(2, 2, 1, 1, 2, 2, 1)
    nodes = (Node(1, "a\\b$", kernel), Node(2, "k2", kernel))
    data = format_data(Instance(Settings(width=6, height=6), nodes, ()))
    ranges = re.findall(r"(?:first|last)_option = \[(\d+), (\d+)\];", data)
    assert len(ranges) == 2
    assert all(first == second for first, second in ranges)
    assert r'"a\\b$"' in data


def kind(problem: Problem, option: Option, use: EdgeUse) -> object:
    """Return the splits that edges of kernel k see, and the parities that its wires see."""
    splits = option_splits(problem, "k", option)
    return splits, (option.width % 2, option.height % 2) if use.centre else None


@cache
def every_shape(kernel: Kernel) -> list[Option]:
    found = all_options(Instance(SETTINGS, (Node(2, "k", kernel),), ()), kernel)
    assert found
    return found


SETTINGS = Settings(width=12, height=13, memlimit=70)
KERNELS = [Conv(3, 2, 3, 3, 2, 4, 2), Conv(4, 4, 1, 1, 3, 3, 1), DBlock(2, 3, 4), CBlock(2, 2, 8)]


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize(("wadapter", "wlength"), [(0, 0), (0, 1), (5, 0), (5, 1)])
@pytest.mark.parametrize("end", ["source", "middle", "sink"])
def test_every_shape_is_matched_by_one_at_most_as_large_and_slow(
    kernel: Kernel, wadapter: int, wlength: int, end: str
) -> None:
    other = Conv(2, 2, 1, 1, 2, 2, 1)
    nodes = (Node(1, "u", other), Node(2, "k", kernel), Node(3, "v", other))
    edges = {"source": [("k", "v")], "middle": [("u", "k"), ("k", "v")], "sink": [("u", "k")]}[end]
    settings = replace(SETTINGS, wlength=wlength, wadapter=wadapter)
    instance = Instance(settings, nodes, tuple(Edge(*edge) for edge in edges))
    use = EdgeUse(wadapter > 0 and end != "source", wadapter > 0 and end != "sink", wlength > 0)
    low, known = 40, defaultdict(list)
    found = complete_options(kernel, settings, instance.time_scale, low, UNLIMITED, use)
    problem = problem_from(instance, dict.fromkeys("ukv", found))
    for option in found:
        known[kind(problem, option, use)].append(option)
    for option in every_shape(kernel):
        assert any(
            better.width <= option.width
            and better.height <= option.height
            and better.time <= max(low, option.time)
            for better in known[kind(problem, option, use)]
        ), option
