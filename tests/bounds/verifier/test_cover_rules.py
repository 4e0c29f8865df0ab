"""What is wrong with a cover is refused in one line."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

import pytest

from tests.bounds.verifier.cases import signed, text_of
from tests.bounds.verifier.covers import with_covers
from wse_cp.bounds.verifier import CertificateError, verify
from wse_cp.bounds.verifier.cover import read_covers
from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Conv

#: A triangle, its edge a - c twice, and a kernel that joins nothing but c.
INSTANCE = Instance(
    Settings(width=12, height=12, wlength=3),
    tuple(Node(i, name, Conv(1, 1, 1, 1, 2, 2, 1)) for i, name in enumerate("cabd")),
    tuple(Edge(u, v) for u, v in ("ab", "bc", "ac", "ac", "cd")),
)
UNIT = 4
#: One hub c with all others, one hub b: at the edge of b and c both sum to all that is left.
STARS: list[list[Any]] = [
    [2, 1, 3, [0, 2, 1, 0, 3, 1], [5, 2], [4, 0], -1, [], [3], 0, 0],
    [1, 2, 1, [2, 3, 0, 0], [1], [7], 2, [2], [5], 9, 1],
]
ROWS = [[1, 0, 0]]


def cover(**changes: Any) -> dict[str, Any]:
    return {"area": 6, "stars": deepcopy(STARS), **changes}


def certificate(covers: Any, wire: Any = 1, number: Any = 0) -> str:
    found = with_covers(INSTANCE, [], [(0, ROWS, wire, number)], unit=UNIT)
    return text_of(signed({**found, "covers": covers}))


def star(place: int, *values: Any) -> dict[str, Any]:
    """The cover with entries of its second star changed: at `place` and what follows."""
    found = cover()
    found["stars"][1][place : place + len(values)] = values
    return found


def test_the_unchanged_cover_is_accepted() -> None:
    assert verify(INSTANCE, certificate([cover()])) == -(10**12)


#: The covers and what the error is to speak of.
WRONG_FORM: dict[str, tuple[Any, str]] = {
    "covers that are no list": ({}, "covers is not a list"),
    "a cover that is a list": ([[]], "a cover is not an object"),
    "a cover without an area": ([{"stars": []}], "a cover is not an object"),
    "a cover with more": ([cover(more=1)], "a cover is not an object"),
    "a negative area": ([cover(area=-1)], "area of a cover"),
    "an area that is none": ([cover(area=None)], "area of a cover"),
    "stars that are no list": ([cover(stars=5)], "stars of a cover"),
    "a star that is none": ([cover(stars=[5])], "a star of a cover"),
    "a short star": ([cover(stars=[STARS[0][:7]])], "a star of a cover"),
    "a long star": ([cover(stars=[[*STARS[0], 0]])], "a star of a cover"),
    "a named hub": ([star(0, "b")], "hub"),
    "a negative hub": ([star(0, -3)], "hub"),
    "a negative weight": ([star(1, -2)], "weight"),
    "a negative price of the hub": ([star(2, -1)], "price of a hub"),
    "leaves that are no list": ([star(3, 5)], "leaves of a star"),
    "a leaf without a price": ([star(3, [2, 3, 0])], "leaves of a star"),
    "a negative leaf": ([star(3, [-2, 3, 0, 0])], "a leaf of a star"),
    "a leaf that is a truth value": ([star(3, [2, 3, True, 0])], "a leaf of a star"),
    "a negative price of a leaf": ([star(3, [2, -1, 0, 0])], "price of a leaf"),
    "ranks along x that are no list": ([star(4, 1)], "ranks along x is not a list"),
    "too many ranks along x": ([star(4, [1, 0])], "ranks along x has 2 entries, more than 1"),
    "too many ranks along y": ([star(5, [1, 0])], "ranks along y has 2 entries, more than 1"),
    "too many ranks of both stacks along x": ([star(7, [1, 0])], "x, for both stacks, has 2 entries"),
    "too many ranks of both stacks along y": ([star(8, [1, 0])], "y, for both stacks, has 2 entries"),
    "a negative price of a rank along x": ([star(4, [-1])], "price of a rank"),
    "a negative price of a rank along y": ([star(5, [-1])], "price of a rank"),
    "a negative price of both stacks along x": ([star(7, [-1])], "price of a rank"),
    "a negative price of both stacks along y": ([star(8, [-1])], "price of a rank"),
    "an eta that is none": ([star(6, None)], "eta"),
    "a negative reach": ([star(9, -1)], "reach of a star's room"),
    "a reach that is none": ([star(9, None)], "reach of a star's room"),
    "a negative price of the room": ([star(10, -1)], "price of a star's room"),
    "a price of the room that is a truth value": ([star(10, True)], "price of a star's room"),
}
WRONG_COVER: dict[str, tuple[Any, str]] = {
    "a strange hub": ([star(0, 4)], "there are 4"),
    "a strange leaf": ([star(3, [4, 3, 0, 0])], "there are 4"),
    "a leaf twice": ([star(3, [2, 3, 2, 0])], "a leaf twice"),
    "a leaf twice, too light to be noticed": ([star(1, 0, 1, [2, 3, 2, 0])], "a leaf twice"),
    "a hub as its leaf": ([star(1, 0, 1, [2, 3, 1, 0])], "has its hub as a leaf"),
    "a leaf that is not joined": ([star(1, 0, 1, [3, 3, 0, 0])], "are not joined"),
    "weights of two stars": ([star(1, 3)], "weights at the edge of 'b' and 'c' sum to 4, more than 3"),
    "too large a weight": (
        [cover(stars=[[0, 7, 0, [2, 0], [0], [0], 0, [], [], 0, 0]])],
        "sum to 7, more than 6",
    ),
    "a weight of an edge that counts once": (
        [cover(stars=[[0, 4, 0, [1, 0], [0], [0], 0, [], [], 0, 0]])],
        "more than 3",
    ),
    "prices of two stars, as hub": ([star(2, 7)], "prices of 'b' sum to 7, more than its area 6"),
    "prices of two stars, as leaf": ([star(3, [2, 4, 0, 0])], "prices of 'c' sum to 7"),
    "a price of one star": (
        [cover(stars=[[0, 1, 0, [1, 7], [0], [0], 0, [], [], 0, 0]])],
        "prices of 'b' sum to 7",
    ),
    "a wrong second cover": ([cover(), star(2, 7)], "prices of 'b'"),
}


def test_prices_of_ranks_that_are_missing_are_0() -> None:
    short, long = (read_covers([star(4, ranks, ranks, 2, ranks, ranks)]) for ranks in ([], [0]))
    assert short == long


@pytest.mark.parametrize("what", [*WRONG_FORM, *WRONG_COVER])
def test_a_wrong_cover_is_refused_in_one_line(what: str) -> None:
    covers, message = {**WRONG_FORM, **WRONG_COVER}[what]
    with pytest.raises(CertificateError, match=re.escape(message)) as caught:
        verify(INSTANCE, certificate(covers))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("wire", "number", "message"),
    [
        (-1, 0, "wire of an interval is -1"),
        (5, -1, "wire of an interval is 5"),
        (None, 0, "wire of an interval is not an integer"),
        (0, -2, "cover of an interval is -2"),
        (0, 1, "cover of an interval is 1"),
        (0, True, "cover of an interval is not an integer"),
        (2, 0, "sum to 3, more than 2"),
        (4, 0, "more than 0"),
    ],
)
def test_wrong_shares_and_numbers_of_covers_are_refused(wire: Any, number: Any, message: str) -> None:
    with pytest.raises(CertificateError, match=message):
        verify(INSTANCE, certificate([cover()], wire, number))


def test_the_share_of_every_interval_with_a_cover_counts() -> None:
    intervals = [(0, ROWS, 0, 0), (9, ROWS, 2, 0), (12, ROWS, 1, 0)]
    with pytest.raises(CertificateError, match="sum to 3, more than 2"):
        verify(INSTANCE, text_of(with_covers(INSTANCE, [cover()], intervals, unit=UNIT)))
    intervals[1] = (9, ROWS, 2, -1)
    verify(INSTANCE, text_of(with_covers(INSTANCE, [cover()], intervals, unit=UNIT)))


@pytest.mark.parametrize("missing", ["adapters", "covers"])
def test_version_6_has_all_its_keys(missing: str) -> None:
    found = with_covers(INSTANCE, [cover()], [(0, ROWS, 1, 0)], unit=UNIT)
    del found[missing]
    with pytest.raises(CertificateError, match=f"'{missing}' is missing"):
        verify(INSTANCE, text_of(signed(found)))
