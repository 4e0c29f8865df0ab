"""A placement is checked and scored once, on its way into the incumbent."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from importlib import import_module

import pytest

from wse_cp.clock import WorkClock
from wse_cp.incumbent import Incumbent
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv
from wse_cp.options import RunOptions
from wse_cp.shapes.curves import least_time_by_area
from wse_cp.strategy import Run, search

#: The module: `wse_cp.score` is also a function.
SCORING = import_module("wse_cp.score")


def network(wadapter: int) -> Instance:
    nodes = tuple(Node(i, f"k{i}", Conv(8, 8, 3, 3, 8, 8, 1)) for i in range(6))
    edges = tuple(Edge(f"k{i}", f"k{i + 1}") for i in range(5))
    return Instance(Settings(60, 60, 1, 3, wadapter, memlimit=2000), nodes, edges)


def searched(instance: Instance) -> set[str]:
    """Search as a run does, but without a bound, which would end it; return what has been at work."""
    incumbent = Incumbent(instance)
    options = RunOptions(time_limit=2, workers=1, deterministic=True)
    run = Run(incumbent, options, 2.0, threading.Event(), least_time_by_area(instance), WorkClock())
    search(run)
    return {entry.name for entry in incumbent.statistics()}


@pytest.mark.parametrize(
    "wadapter", [pytest.param(0, marks=pytest.mark.slow), pytest.param(5, marks=pytest.mark.slow), 50]
)
def test_a_search_scores_what_it_offers_and_nothing_else(
    wadapter: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: Counter[str] = Counter()

    def count(owner: object, name: str) -> None:
        original: Callable[..., object] = getattr(owner, name)

        def counting(*given: object, **named: object) -> object:
            calls[name] += 1
            return original(*given, **named)

        monkeypatch.setattr(owner, name, counting)

    count(SCORING, "violations")
    count(SCORING, "score")
    count(Incumbent, "offer")
    assert {"rows", "slicing", "lns:polish"} <= searched(network(wadapter))
    assert calls["violations"] == calls["score"] == calls["offer"] > 5
