"""What enters is checked and converted where it enters; what leaves can be pickled, and read again."""

from __future__ import annotations

import copy
import json
import multiprocessing
import os
import pickle
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wse_cp as wse
from wse_cp.bounds.result import BoundParts
from wse_cp.errors import (
    BoundError,
    IllegalPlacementError,
    InputError,
    NoPlacementError,
    UnwrittenError,
    Violation,
)
from wse_cp.grades import judge, ranked
from wse_cp.networks.graph import instance_from_graph
from wse_cp.options import RunOptions
from wse_cp.progress import Event

CONV = wse.Conv(4, 4, 1, 1, 2, 2, 1)
ARGS = wse.Arguments(4, 1, (2,), (1,))
SETTINGS = wse.Settings(width=12, height=12, memlimit=200)


def one(name: Any = "k1", kernel: Any = CONV, number: Any = 1, **more: Any) -> wse.Instance:
    return wse.Instance(SETTINGS, (wse.Node(number, name, kernel),), (), **more)


def pair() -> wse.Instance:
    nodes = (wse.Node(1, "k1", CONV), wse.Node(2, "k2", CONV))
    return wse.Instance(SETTINGS, nodes, (wse.Edge("k1", "k2"),))


def placement(*corners: tuple[int, int]) -> wse.Placement:
    placed = (wse.PlacedKernel(f"k{i}", CONV, ARGS, x, y) for i, (x, y) in enumerate(corners, 1))
    return wse.Placement(placed)


LEGAL, OVERLAPPING = placement((0, 0), (3, 0)), placement((0, 0), (0, 0))


def judged(found: wse.Placement) -> wse.Score:
    return wse.score(pair(), found)


# --- whatever is returned or raised goes through a process pool


def test_an_illegal_placement_is_raised_in_the_parent_of_an_executor() -> None:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as executor:
        found = [executor.submit(judged, placed) for placed in (LEGAL, OVERLAPPING)]
        assert found[0].result() == judged(LEGAL)
        with pytest.raises(IllegalPlacementError, match=r"^k1 and k2 overlap$") as caught:
            found[1].result()
    assert caught.value.violations == tuple(wse.violations(pair(), OVERLAPPING))


ILLEGAL = (
    OVERLAPPING,
    placement((0, 0), (11, 0)),
    placement((0, 0)),
    placement((0, 0), (3, 0), (6, 0)),
    placement((-1, 0), (1, 0)),
)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_an_illegal_placement_is_raised_in_the_parent_of_a_pool(method: str) -> None:
    with multiprocessing.get_context(method).Pool(1) as pool:
        found = [pool.apply_async(judged, (placed,)) for placed in (*ILLEGAL, LEGAL)]
        for placed, one_found in zip(ILLEGAL, found, strict=False):
            with pytest.raises(IllegalPlacementError) as caught:
                one_found.get(60)
            assert caught.value.violations == tuple(wse.violations(pair(), placed))
        assert found[-1].get(60) == judged(LEGAL)


ERRORS = (
    IllegalPlacementError([]),
    IllegalPlacementError([Violation("overlap", ("a", "b"), "a and b overlap")] * 7),
    InputError("a", "b"),
    InputError("a", "b", "file", 3),
    InputError("a", "b").at("file"),
    BoundError("refused"),
    NoPlacementError("none"),
    UnwrittenError("x.paint: could not be written", "y.json: could not be written"),
)


@pytest.mark.parametrize("error", ERRORS, ids=str)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_errors_are_pickled(error: Exception, protocol: int) -> None:
    found = pickle.loads(pickle.dumps(error, protocol))
    assert (type(found), str(found), vars(found)) == (type(error), str(error), vars(error))


def values() -> list[Any]:
    instance = pair()
    bound = wse.Bound(
        Fraction(7, 2), BoundParts(Fraction(3), Fraction(1, 2), Fraction(0)), "stack", 0.5, "{}"
    )
    result = wse.Result(instance, LEGAL, judged(LEGAL), 1.5, 3, options=RunOptions(3, without={"trees"}))
    grade = judge(instance, "x.paint", OVERLAPPING.values())
    return [
        instance,
        LEGAL,
        judged(LEGAL),
        bound,
        result,
        grade,
        wse.Grades("pair", Fraction(7, 2), None, ranked([grade])),
        Event(1.0, "rows", score=judged(LEGAL), message="better"),
        *wse.violations(instance, OVERLAPPING),
    ]


@pytest.mark.parametrize("value", values(), ids=lambda value: type(value).__name__)
def test_values_are_pickled_and_copied(value: Any) -> None:
    assert pickle.loads(pickle.dumps(value)) == value
    assert copy.deepcopy(value) == value


@pytest.mark.parametrize(
    "value", [v for v in values() if hasattr(v, "to_json")], ids=lambda v: type(v).__name__
)
def test_reports_are_json(value: Any) -> None:
    given = [] if isinstance(value, wse.Result | wse.Grades) else ["pair"]
    if isinstance(value, wse.Bound):
        given.append("bound.json")
    report = value.to_json(*given)
    assert json.loads(json.dumps(report, allow_nan=False)) == report


# --- instances


@pytest.mark.parametrize(
    "name", ["a b", "a\nb", "", "a(", "a'b", "\ud800", "x" * 201, 3, None, b"k1"], ids=repr
)
def test_a_name_that_no_file_could_hold_is_refused(name: Any) -> None:
    with pytest.raises(InputError):
        one(name)


@pytest.mark.parametrize("label", ["two\nlines", "\ud800", "\0", 3, None], ids=repr)
def test_a_label_that_no_file_could_hold_is_refused(label: Any) -> None:
    with pytest.raises(InputError, match="label"):
        one(test=label)


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: one(kernel=None), "as k1, found None"),
        (lambda: one(kernel="conv"), "as k1, found 'conv'"),
        (lambda: one(number=-1), "as id of k1"),
        (lambda: one(number=10**12), "as id of k1"),
        (lambda: wse.Terminal("sink", ()), "kind of a terminal, found sink"),  # type: ignore[arg-type]
        (lambda: wse.Terminal("input", (0,)), "shape of an input"),
        (lambda: wse.Edge("a", "b", (1,) * 17), "at most 16 extents"),
        (lambda: wse.Edge("a", "b", (-1,)), "shape of a -> b"),
        (lambda: wse.Edge(None, "b"), "source of an edge"),  # type: ignore[arg-type]
        (lambda: wse.Instance(None, (), ()), "Settings"),  # type: ignore[arg-type]
        (lambda: wse.Instance(SETTINGS, None, ()), "nodes of an instance"),  # type: ignore[arg-type]
        (lambda: wse.Instance(SETTINGS, ("k1",), ()), "of type Node"),  # type: ignore[arg-type]
        (lambda: wse.Instance(SETTINGS, pair().nodes, (("k1", "k2"),)), "of type Edge"),  # type: ignore[arg-type]
    ],
)
def test_a_wrong_part_of_an_instance_is_refused_by_name(make: Callable[[], object], named: str) -> None:
    with pytest.raises(InputError) as caught:
        make()
    assert named in str(caught.value)


def test_nodes_and_edges_from_anywhere_become_tuples() -> None:
    lists = wse.Instance(SETTINGS, list(pair().nodes), iter(pair().edges))  # type: ignore[arg-type]
    assert (type(lists.nodes), type(lists.edges)) == (tuple, tuple)
    assert lists == pair()
    assert hash(lists) == hash(pair())


def test_texts_of_other_types_become_str() -> None:
    instance = one(np.str_("k1"), test=np.str_("label"))
    assert (type(instance.nodes[0].name), type(instance.test)) == (str, str)
    assert type(wse.PlacedKernel(np.str_("k1"), CONV, ARGS, 0, 0).name) is str


# --- placements


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"kernel": None}, "k1, found None"),
        ({"args": None}, "k1, found None"),
        ({"args": (4, 1, 2, 1)}, r"k1, found \(4, 1, 2, 1\)"),
        ({"name": 1}, "the name of a placed kernel, found 1"),
        ({"x": float("nan")}, "x of k1, found nan"),
        ({"y": 0.5}, "y of k1, found 0.5"),
        ({"x": True}, "x of k1, found True"),
        ({"x": 10**18}, "x of k1"),
    ],
    ids=repr,
)
def test_a_wrong_part_of_a_placed_kernel_is_refused_by_name(given: dict[str, Any], named: str) -> None:
    with pytest.raises(InputError, match=named):
        wse.PlacedKernel(**{"name": "k1", "kernel": CONV, "args": ARGS, "x": 0, "y": 0, **given})


def test_unknown_kernels_that_mean_nothing_are_violations_too() -> None:
    for kernel in (
        wse.Conv(0, 0, 0, 0, 0, 0, 0),
        wse.DBlock(4, 4, 3),
        wse.CBlock(3, 3, 8),
        wse.Conv(-1, 1, 1, 1, 1, 1, 1),
    ):
        stray = wse.PlacedKernel("k9", kernel, ARGS, 0, 0)
        kinds = [violation.kind for violation in wse.violations(pair(), [*LEGAL.values(), stray])]
        assert kinds == ["unknown", "arguments"]


numbers = st.one_of(st.integers(-3, 15), st.integers(-(10**18) + 1, 10**18 - 1))
kernels = st.builds(
    wse.PlacedKernel,
    st.sampled_from(["k1", "k2", "k3"]),
    st.sampled_from([CONV, wse.Conv(4, 4, 1, 1, 2, 2, 2), wse.DBlock(4, 4, 4)]),
    st.builds(wse.Arguments, numbers, st.just(1), st.tuples(numbers), st.tuples(numbers)),
    numbers,
    numbers,
    st.booleans(),
)


@given(st.lists(kernels, max_size=3, unique_by=lambda placed: placed.name))
def test_no_violations_means_legal_and_what_is_saved_can_be_read(
    tmp_path_factory: pytest.TempPathFactory, placed: list[wse.PlacedKernel]
) -> None:
    instance, found = pair(), wse.Placement(placed)
    if not wse.violations(instance, found):
        wse.score(instance, found)
    for suffix in (".paint", ".json"):
        path = tmp_path_factory.getbasetemp() / f"saved{suffix}"
        path.unlink(missing_ok=True)
        try:
            wse.save(path, instance, found)
        except InputError:
            assert not path.exists()
        else:
            assert wse.load_placement(path, instance) == found


@pytest.mark.parametrize("corners", [(), ((0, 0),), ((0, 0), (3, 0), (6, 0))], ids=len)
@pytest.mark.parametrize("suffix", [".paint", ".json"])
def test_a_placement_of_other_kernels_is_not_saved(
    tmp_path: Path, suffix: str, corners: tuple[tuple[int, int], ...]
) -> None:
    with pytest.raises(InputError, match=f"x{suffix}: expected a"):
        wse.save(tmp_path / f"x{suffix}", pair(), placement(*corners))
    assert not list(tmp_path.iterdir())


# --- names of files


@pytest.mark.parametrize("make", [str, Path, os.fsencode], ids=["str", "Path", "bytes"])
def test_a_path_may_be_of_any_type(tmp_path: Path, make: Callable[[str], Any]) -> None:
    instance, placed = make(str(tmp_path / "i.json")), make(str(tmp_path / "p.paint"))
    wse.api.save_instance(instance, pair())
    wse.save(placed, pair(), LEGAL)
    assert wse.load(instance) == pair()
    assert wse.load_placement(placed, pair()) == LEGAL


# --- graphs


@pytest.mark.parametrize("make", [int, np.int32, np.uint8, float, np.float64, Fraction])
def test_a_graph_may_hold_numbers_of_any_type(make: Callable[[int], Any]) -> None:
    graph: nx.DiGraph[Any] = nx.DiGraph()
    for label in map(np.int64, (3, 4)):
        graph.add_node(label, kind="conv", **{key: make(1) for key in "HWRSCKT"})
    graph.add_edge(np.int64(3), np.int64(4), multiplicity=make(2), shape=[make(7)])
    found = instance_from_graph(graph)
    assert list(found.kernels) == ["k3", "k4"]
    assert found.kernel_edges == (("k3", "k4", 2),)
    assert {type(value) for value in vars(found.kernels["k3"]).values()} == {int}


@pytest.mark.parametrize("value", [True, np.bool_(True), 0.5, float("nan"), "1", None, 0, 10**20], ids=repr)
def test_a_graph_with_a_wrong_number_is_refused_with_its_place(value: Any) -> None:
    graph: nx.DiGraph[Any] = nx.DiGraph()
    graph.add_node("k1", kind="conv", **dict.fromkeys("HWRSCK", 1), T=value)
    with pytest.raises(InputError, match="node k1: expected T"):
        instance_from_graph(graph)


# --- options


@pytest.mark.parametrize(
    "given",
    [
        {"time_limit": "5"},
        {"time_limit": None},
        {"time_limit": True},
        {"time_limit": float("nan")},
        {"time_limit": 10**400},
        {"workers": True},
        {"workers": 1.5},
        {"seed": "1"},
        {"deterministic": 1},
        {"without": "trees"},
        {"without": None},
        {"without": [3]},
    ],
    ids=repr,
)
def test_a_wrong_option_is_refused_with_the_value(given: dict[str, Any]) -> None:
    [(name, value)] = given.items()
    with pytest.raises(InputError, match=f"{name.replace('_', '.')}|part of the search") as caught:
        wse.solve(pair(), **given)
    assert str(value).strip("[]")[:100] in str(caught.value)


def test_options_of_other_types_are_taken() -> None:
    given: Any = (
        np.float32(1.5),
        np.int8(1),
        np.uint8(3),
        np.bool_(True),
        {"trees", "caps"},
        np.int64(10**9),
    )
    found = RunOptions(*given)
    assert found == RunOptions(1.5, 1, 3, True, ("caps", "trees"), 10**9)
    assert [type(value) for value in vars(found).values()] == [float, int, int, bool, tuple, int]


def test_settings_of_other_types_are_taken_and_wrong_ones_refused(tmp_path: Path) -> None:
    wse.api.save_instance(tmp_path / "x.json", pair())
    given: Any = {"wlength": np.uint8(4)}
    assert type(wse.load(tmp_path / "x.json", given).settings.wlength) is int
    for wrong in ({3: 4}, {"wlength": "4"}, {"wlength": 0.5}, {"wlength": None}):
        with pytest.raises(InputError):
            wse.load(tmp_path / "x.json", wrong)  # type: ignore[arg-type]
