"""What enters a value as a whole number of any type is `int` there; what is none is refused."""

from collections.abc import Callable
from dataclasses import astuple, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wse_cp as wse
from wse_cp.errors import InputError
from wse_cp.integers import boolean, integer, integers, real
from wse_cp.kernels import performance

ARGS = wse.Arguments(2, 3, (4,), (5,))
CONV = wse.Conv(9, 9, 3, 3, 8, 8, 1)
SIZES = (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64)
#: Those that hold the sizes of large kernels.
WIDE: tuple[Callable[[int], Any], ...] = (np.int32, np.uint32, np.int64, np.uint64, np.float64)
TYPES: tuple[Callable[[int], Any], ...] = (*SIZES, float, np.float32, np.float64, Fraction, Decimal)
NOT_WHOLE = (0.5, -2.5, float("nan"), float("inf"), -float("inf"), np.float64("nan"), np.float32(0.5))
NOT_NUMBERS = (True, False, np.bool_(True), "3", "x", b"3", None, pd.NA, 3 + 0j, [3], np.array([3, 4]))
EXACT = (Fraction(1, 2), Decimal("0.1"), Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"))

typed_numbers = st.builds(
    lambda make, number: (make(number), number), st.sampled_from(TYPES), st.integers(0, 127)
)


def pair() -> wse.Instance:
    """Return two wired kernels, each of 3 x 4 tiles, on a wafer of 12 x 12."""
    conv = wse.Conv(4, 4, 1, 1, 2, 2, 1)
    nodes = (wse.Node(1, "k1", conv), wse.Node(2, "k2", conv))
    return wse.Instance(wse.Settings(width=12, height=12), nodes, (wse.Edge("k1", "k2"),))


def at(instance: wse.Instance, *corners: tuple[Any, Any]) -> wse.Placement:
    """Return a placement of the kernels with their lower left corners there."""
    args = wse.Arguments(2, 1, (1,), (1,))
    placed = zip(instance.kernels.items(), corners, strict=True)
    return wse.Placement(wse.PlacedKernel(name, kernel, args, x, y) for (name, kernel), (x, y) in placed)


@given(typed_numbers)
def test_a_whole_number_of_any_type_becomes_int(typed: tuple[Any, int]) -> None:
    value, expected = typed
    assert integer(value, "x") == expected
    assert type(integer(value, "x")) is int
    placed = wse.PlacedKernel("a", CONV, ARGS, value, value)
    assert (type(placed.x), type(placed.y)) == (int, int)
    assert placed == wse.PlacedKernel("a", CONV, ARGS, expected, expected)


@pytest.mark.parametrize("value", [*NOT_WHOLE, *NOT_NUMBERS, *EXACT], ids=repr)
def test_what_is_no_whole_number_is_refused(value: Any) -> None:
    with pytest.raises(InputError, match="expected a whole number as x, found "):
        integer(value, "x")
    with pytest.raises(InputError, match="expected a whole number as y of k7, found "):
        wse.PlacedKernel("k7", CONV, ARGS, 0, value)


def test_an_error_shows_the_value() -> None:
    with pytest.raises(InputError, match=r"^expected a whole number as x of k1, found nan$"):
        wse.PlacedKernel("k1", CONV, ARGS, float("nan"), 0)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"found '3'$"):
        integer("3", "x")


def test_numbers_of_so_many_digits_as_can_be_read_are_kept() -> None:
    assert integer(10**18 - 1, "x") == 10**18 - 1
    assert integer(np.uint64(10**18 - 1), "x") == 10**18 - 1


@pytest.mark.parametrize(
    "value", [10**18, -(10**18), 10**30, np.uint64(2**64 - 1), 1e300, 1 << 100_000], ids=type
)
def test_numbers_that_no_file_could_hold_are_refused(value: Any) -> None:
    for make in (
        lambda: integer(value, "x"),
        lambda: wse.PlacedKernel("k", CONV, ARGS, 0, value),
        lambda: wse.Arguments(value, 1, (1,), (1,)),
        lambda: wse.Arguments(1, 1, (1,), (1, value)),
    ):
        with pytest.raises(InputError, match="at most 18 digits as"):
            make()


@pytest.mark.parametrize("value", [3, 3.5, np.float32(3.5), Fraction(7, 2), Decimal("3.5"), np.int8(3)])
def test_a_number_of_any_type_becomes_float(value: Any) -> None:
    assert (type(real(value, "x")), real(value, "x")) == (float, float(value))


@pytest.mark.parametrize("value", ["3", None, True, np.bool_(True), [3], 10**400, 3j, 1 << 100_000], ids=type)
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(InputError, match="expected a number as x, found "):
        real(value, "x")


def test_integers_of_pandas_become_int() -> None:
    frame = pd.DataFrame({"x": pd.array([1, 2], dtype="Int64"), "y": pd.array([3, 4], dtype="UInt8")})
    placed = [wse.PlacedKernel("a", CONV, ARGS, row["x"], row["y"]) for _, row in frame.iterrows()]
    assert [(type(p.x), p.x, type(p.y), p.y) for p in placed] == [(int, 1, int, 3), (int, 2, int, 4)]


@pytest.mark.parametrize("values", [[2, 1], np.array([2, 1]), (2.0, 1), iter((2, 1)), pd.Series([2, 1])])
def test_sequences_of_whole_numbers_become_tuples(values: Any) -> None:
    found = integers(values, "c")
    assert found == (2, 1)
    assert [type(number) for number in found] == [int, int]


@pytest.mark.parametrize("values", [2, None, "21", (2, 0.5), (True,)])
def test_other_sequences_are_refused(values: Any) -> None:
    with pytest.raises(InputError, match="as c, found "):
        wse.Arguments(1, 1, values, (1,))


@pytest.mark.parametrize("value", [True, np.True_], ids=repr)
def test_rotated_becomes_bool(value: Any) -> None:
    assert wse.PlacedKernel("a", CONV, ARGS, 0, 0, value).rotated is True
    assert boolean(value, "rotated") is True


@pytest.mark.parametrize("value", [1, 0, "R90", None, np.int64(1)], ids=repr)
def test_rotated_is_nothing_but_a_boolean(value: Any) -> None:
    with pytest.raises(InputError, match="expected True or False as rotated of k3, found "):
        wse.PlacedKernel("k3", CONV, ARGS, 0, 0, value)


@pytest.mark.parametrize("make", TYPES)
def test_every_value_holds_ints(make: Callable[[int], Any]) -> None:
    values = (
        wse.Conv(*map(make, (9, 9, 3, 3, 8, 8, 1))),
        wse.DBlock(make(4), make(4), make(8)),
        wse.CBlock(make(4), make(4), make(8)),
        wse.Settings(*map(make, (10, 11, 1, 2, 3, 100))),
        wse.Terminal("input", (make(7), make(8))),
        wse.Edge("a", "b", (make(7), make(8))),
        wse.Node(make(3), "k3", CONV),
        wse.Arguments(make(1), make(2), (make(3), make(4)), [make(5), make(6)]),  # type: ignore[arg-type]
    )
    for value in values:
        fields = [field if isinstance(field, tuple) else (field,) for field in astuple(value)]
        assert {type(part) for field in fields for part in field} <= {int, str}, value
        assert hash(value) == hash(replace(value))


def test_errors_name_the_field() -> None:
    for make, name in (
        (lambda: wse.Conv(4, 4, 1, 1, 2.5, 2, 1), "C"),  # type: ignore[arg-type]
        (lambda: wse.DBlock(4, float("nan"), 8), "W"),  # type: ignore[arg-type]
        (lambda: wse.Settings(memlimit=True), "memlimit"),
        (lambda: wse.Node(1.5, "k9", CONV), "id of k9"),  # type: ignore[arg-type]
        (lambda: wse.Edge("a", "b", (0.5,)), "shape of a -> b"),  # type: ignore[arg-type]
        (lambda: wse.Terminal("input", (0.5,)), "shape of an input"),  # type: ignore[arg-type]
    ):
        with pytest.raises(InputError, match=f"expected a whole number as {name}, found "):
            make()


@pytest.mark.filterwarnings("error")
@given(st.sampled_from(SIZES), st.lists(st.integers(0, 8), min_size=4, max_size=4))
def test_a_placement_scores_the_same_in_every_integer_type(
    make: Callable[[int], Any], numbers: list[int]
) -> None:
    instance = pair()
    x1, y1, x2, y2 = numbers
    plain = at(instance, (x1, y1), (x2, y2))
    typed = at(instance, (make(x1), make(y1)), (make(x2), make(y2)))
    found = wse.violations(instance, typed)
    assert found == wse.violations(instance, plain)
    if not found:
        assert wse.score(instance, typed) == wse.score(instance, plain)


@pytest.mark.parametrize("make", SIZES)
def test_a_typed_kernel_spoils_no_result_of_a_plain_one(make: Callable[[int], Any]) -> None:
    sizes = (127, 127, 3, 3, 120, 120, 1)
    args = wse.Arguments(1, 1, (1,), (1,))
    typed = wse.Conv(*map(make, sizes))
    assert performance(typed, args) == performance(wse.Conv(*sizes), args)
    assert performance(typed, args).time == 127 * 127 * 9 * 120 * 120


@pytest.mark.parametrize("make", WIDE)
@pytest.mark.parametrize("kind", [wse.Conv, wse.DBlock, wse.CBlock])
def test_work_that_32_bits_do_not_hold_is_the_same_in_every_type(
    make: Callable[[int], Any], kind: type[wse.Conv] | type[wse.DBlock] | type[wse.CBlock]
) -> None:
    height = 500 + WIDE.index(make)  # another kernel each time: none is known from a former one
    sizes = (height, 512, 3, 3, 1024, 1024, 1) if kind is wse.Conv else (height, 512, 4096)
    parts = {wse.Conv: 1, wse.DBlock: 3, wse.CBlock: 4}[kind]
    args = wse.Arguments(1, 1, (1,) * parts, (1,) * parts)
    typed = performance(kind(*map(make, sizes)), args)  # the typed one first: plain ones must not get it
    assert typed == performance(kind(*sizes), args)
    assert typed.time > 2**32
    if kind is wse.Conv:
        assert typed.time == height * 512 * 9 * 1024 * 1024


@pytest.mark.parametrize("make", [int, *WIDE])
def test_a_kernel_with_too_much_work_is_refused_in_every_type(make: Callable[[int], Any]) -> None:
    sizes = (512, 512, 9, 9, 1 << 20, 1 << 20, 1)
    with pytest.raises(InputError, match="multiplications"):
        wse.Instance(wse.Settings(), (wse.Node(1, "k1", wse.Conv(*map(make, sizes))),), ())


def test_whole_floats_score_grade_and_save_as_integers(tmp_path: Path) -> None:
    instance = pair()
    placement = at(instance, (0.0, 0), (3.0, 0))
    plain = at(instance, (0, 0), (3, 0))
    assert wse.violations(instance, placement) == []
    assert wse.score(instance, placement) == wse.score(instance, plain)
    assert wse.grade(instance, {"mine": placement}, 0).solutions[0].score == wse.score(instance, plain)
    for name in ("mine.paint", "mine.json"):
        wse.save(tmp_path / name, instance, placement)
        assert wse.load_placement(tmp_path / name, instance) == plain


def test_what_is_made_of_numpy_values_is_written_as_plain_json(tmp_path: Path) -> None:
    conv = wse.Conv(*map(np.int16, (4, 4, 1, 1, 2, 2, 1)))  # type: ignore[arg-type]
    nodes = (wse.Node(np.int32(0), "in", wse.Terminal("input", np.array([4, 4, 2]))), wse.Node(1, "k1", conv))  # type: ignore[arg-type]
    edges = (wse.Edge("in", "k1", np.array([4, 4, 2])),)  # type: ignore[arg-type]
    instance = wse.Instance(wse.Settings(width=np.uint8(12)), nodes, edges)  # type: ignore[arg-type]
    wse.save_instance(tmp_path / "mine.json", instance)
    assert wse.load(tmp_path / "mine.json") == instance
