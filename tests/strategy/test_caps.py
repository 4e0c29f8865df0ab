"""When capped stacks are looked for, and what comes of it."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from wse_cp.compiled import warm_up
from wse_cp.files.by_suffix import read_instance_file
from wse_cp.incumbent import Incumbent
from wse_cp.instance import Instance
from wse_cp.options import RunOptions
from wse_cp.shapes.curves import least_time_by_area
from wse_cp.strategy import Run, exercise_search
from wse_cp.strategy.rows import build_caps, first_rows


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    warm_up(exercise_search, lambda _: None)  # compiling would use up the seconds that caps get


@pytest.fixture
def deep(instances: Path) -> Instance:
    return read_instance_file(instances / "C.kgraph")


def begun(instance: Instance, without: tuple[str, ...] = (), left: float = 60) -> Run:
    incumbent = Incumbent(instance, lambda event: None)
    end = time.monotonic() + left
    run = Run(
        incumbent,
        RunOptions(workers=1, without=without),
        end,
        threading.Event(),
        least_time_by_area(instance),
    )
    first_rows(run)
    return run


def looked_for(run: Run) -> bool:
    return any(entry.name == "caps" and entry.calls for entry in run.incumbent.statistics())


def test_a_deep_network_gets_a_cap(deep: Instance) -> None:
    run = begun(deep)
    assert run.incumbent.best is not None
    before = run.incumbent.best[1].cost
    build_caps(run, None)
    placement, found = run.incumbent.best
    assert looked_for(run)
    assert found.cost < before
    wide = sorted(k.rectangle for k in placement.values() if k.rectangle.width > k.rectangle.height)
    by_height = sorted(wide, key=lambda rectangle: rectangle.y)
    assert len(wide) > 5
    assert all(a.y + a.height <= b.y for a, b in pairwise(by_height))


def test_where_adapters_cost_something_there_is_none(deep: Instance) -> None:
    run = begun(replace(deep, settings=replace(deep.settings, wadapter=100)))
    build_caps(run, None)
    assert not looked_for(run)


def test_caps_can_be_left_out(deep: Instance) -> None:
    run = begun(deep, ("caps",))
    build_caps(run, None)
    assert not looked_for(run)


def test_without_time_or_a_placement_there_is_none(deep: Instance) -> None:
    late = begun(deep, left=0)
    build_caps(late, None)
    nothing = Run(
        Incumbent(deep, lambda event: None),
        RunOptions(workers=1),
        time.monotonic() + 9,
        threading.Event(),
        least_time_by_area(deep),
    )
    build_caps(nothing, None)
    assert not looked_for(late)
    assert not looked_for(nothing)


def test_it_ends_in_its_share_of_the_time(deep: Instance) -> None:
    run = begun(deep, left=2)
    begin = time.monotonic()
    build_caps(run, None)
    assert time.monotonic() - begin < 1.5
