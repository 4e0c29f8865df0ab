"""The yardstick evaluates exactly, and finds what a plain loop over all its plans finds."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from typer import Typer
from typer.testing import CliRunner

from benchmarks.yardstick import MOST_ROWS, STEP, Yardstick, fill_rows, main, measure
from wse_cp.construct.cycle_limits import rounded_up
from wse_cp.construct.orders import depth_first, narrow
from wse_cp.errors import NoPlacementError
from wse_cp.files.by_suffix import write_instance_file
from wse_cp.instance import Instance, Settings
from wse_cp.kernels import Kernel
from wse_cp.networks.model import parse_model
from wse_cp.placement import PlacedKernel, Placement
from wse_cp.score import checked_score
from wse_cp.shapes.arrays import scaled
from wse_cp.shapes.curves import least_time_by_area, shape_curves
from wse_cp.shapes.loops import NONE
from wse_cp.shapes.options import fit

MODEL = 'family = "inception"\nmodules = [1]\nwidths = [16]\nimage = 64\n'


def instance(**settings: int) -> Instance:
    return parse_model(MODEL, "m").instance(Settings(**settings))


SMALL = instance(width=60, height=50, wdeltat=1, wlength=6)
WITH_ADAPTERS = instance(width=60, height=50, wdeltat=1, wlength=6, wadapter=40)


#: The limit at which a kernel's least width in a number of rows was first seen.
Since = dict[tuple[Kernel, int, int], int]


def plain_placement(
    problem: Instance, names: tuple[str, ...], rows: int, limit: Fraction, since: Since
) -> Placement | None:
    """The rows without arrays: kernels one by one, a new row where one does not fit."""
    settings, scale = problem.settings, problem.time_scale
    height = settings.height // rows
    curves = dict(zip(problem.kernels, shape_curves(problem, limit), strict=True))
    placed, row, used = [], 0, 0
    for name in names:
        width = int(curves[name][height])
        if width > settings.width:
            return None
        if used + width > settings.width:
            row, used = row + 1, 0
        used += width
        if row == rows:
            return None
        kernel = problem.kernels[name]
        option = fit(kernel, settings, scale, since[kernel, rows, width], width, height)
        assert option is not None
        x = settings.width - used if row % 2 else used - width
        y = row * height + (height - option.height) // 2
        placed.append(PlacedKernel(name, kernel, option.args, x, y, option.rotated))
    return Placement(placed)


def plain_best(problem: Instance) -> Fraction:
    graph = problem.kernel_graph
    since: Since = {}
    best, limit = None, least_time_by_area(problem)
    while best is None or problem.settings.wdeltat * limit < best:
        curves = shape_curves(problem, limit)
        for rows in range(1, MOST_ROWS + 1):
            for kernel, curve in zip(problem.kernels.values(), curves, strict=True):
                width = int(curve[problem.settings.height // rows])
                since.setdefault((kernel, rows, width), scaled(problem, limit))
            for names in (depth_first(graph, list(graph)), narrow(graph)):
                placement = plain_placement(problem, names, rows, limit, since)
                if placement:
                    cost = checked_score(problem, placement).cost
                    best = cost if best is None else min(best, cost)
        limit = rounded_up(problem, limit * STEP)
    return best


@pytest.mark.parametrize("problem", [SMALL, WITH_ADAPTERS], ids=["wire", "adapters"])
def test_it_finds_the_best_of_all_its_plans(problem: Instance) -> None:
    plan = Yardstick(problem).run()
    assert plan.cost == plain_best(problem)
    assert checked_score(problem, plan.placement(problem)).cost == plan.cost


def test_rows_run_back_and_forth() -> None:
    found = fill_rows(np.array([4, 4, 3, 5, 9]), 10, 3)
    assert found is not None
    x, row = found
    assert x.tolist() == [0, 4, 7, 2, 0]
    assert row.tolist() == [0, 0, 1, 1, 2]


@pytest.mark.parametrize(("widths", "rows"), [([6, 6], 1), ([11], 2), ([5, 11], 2), ([NONE, 1], 4)])
def test_rows_that_do_not_fit_are_no_plan(widths: list[int], rows: int) -> None:
    assert fill_rows(np.array(widths), 10, rows) is None


def test_where_no_row_is_high_enough_there_is_no_plan() -> None:
    # Three kernels of 3 x 2 tiles on 4 x 5: a row of height 5 holds two, rows of height 2 hold one each.
    chain = parse_model('family = "fully-connected"\nwidths = [4, 4, 4, 4]', "m")
    with pytest.raises(NoPlacementError):
        Yardstick(chain.instance(Settings(width=4, height=5))).run()


def test_the_measured_share_of_time_is_that_of_the_cost() -> None:
    found = measure("small", WITH_ADAPTERS)
    share = 100 * Fraction(found.max_time) / Fraction(found.cost)
    assert found.time_percent == f"{float(share):.1f}"
    assert (found.kernels, found.edges) == (8, len(WITH_ADAPTERS.kernel_edges))


def test_the_command_writes_a_row_for_each_instance(tmp_path: Path) -> None:
    app = Typer()
    app.command()(main)
    write_instance_file(tmp_path / "small.kgraph", SMALL)
    table = tmp_path / "x.csv"
    done = CliRunner().invoke(app, [str(tmp_path / "small.kgraph"), "--csv", str(table)])
    assert done.exit_code == 0, done.output
    (row,) = csv.DictReader(table.read_text().splitlines())
    assert row["instance"] == "small"
    assert Fraction(row["cost"]) == Yardstick(SMALL).run().cost
    assert CliRunner().invoke(app, [str(tmp_path / "none.kgraph")]).exit_code == 2
