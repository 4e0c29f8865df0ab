"""What is wrong with a flow is refused in one line."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

import pytest

from tests.bounds.verifier.cases import signed, text_of
from tests.bounds.verifier.covers import with_covers
from tests.bounds.verifier.test_cover_rules import INSTANCE, ROWS, UNIT
from wse_cp.bounds.verifier import CertificateError, verify

#: From b over c, and over a and c, to d; some of it stays at a. The edge of b and c has 1.0 left for it.
FLOW = [1, 2, 600, 1, 0, 1400, 0, 2, 400, 2, 3, 1000]
#: One star of neighbours with hub c, one with a flow from b to d and a, of weight 2.
STARS: list[list[Any]] = [
    [2, 1, 3, [0, 2, 1, 0, 3, 1], [5, 2], [4, 0], -1, [], [3], 0, 0, 2, [0, 1, 0], []],
    [1, 2, 1, [3, 3, 0, 0], [1], [7], 2, [2], [5], 9, 1, 0, [0, 1], FLOW],
]


def certificate(cover: Any, version: int = 8) -> str:
    found = with_covers(INSTANCE, [], [(0, ROWS, 1, 0)], unit=UNIT, version=version)
    return text_of(signed({**found, "covers": [cover]}))


def flowing(*flow: Any, **changes: Any) -> dict[str, Any]:
    """The cover of `STARS` with another flow; `changes` replace its weight (c), leaves or other entries."""
    stars = deepcopy(STARS)
    stars[1][13] = list(flow)
    stars[1][0], stars[1][1] = changes.get("hub", 1), changes.get("c", 2)
    if "leaves" in changes:
        leaves = changes["leaves"]
        stars[1][3], stars[1][12] = [n for v in leaves for n in (v, 0)], [0] * len(leaves)
        stars[1][4:9] = [], [], 0, [], []
    return {"area": 6, "stars": stars, "forests": []}


#: Covers whose flows are right.
RIGHT: dict[str, dict[str, Any]] = {
    "unchanged": flowing(*FLOW),
    "to neighbours": flowing(1, 0, 1000, 1, 2, 1000, leaves=[0, 2]),
    "to a neighbour by another way": flowing(1, 0, 1000, 0, 2, 1000, leaves=[2]),
    "in pieces": flowing(*FLOW[:2], 300, *FLOW[:2], 0, *FLOW[3:], *FLOW[:2], 300),
    "back to the hub": flowing(*FLOW, 2, 1, 200, 1, 2, 200),
    "around the hub": flowing(*FLOW[3:], 2, 1, 200, 1, 2, 800, 1, 0, 0),
    "around": flowing(*FLOW, 0, 2, 700, 2, 0, 700),
    "to no leaf": flowing(1, 2, 1000, 2, 0, 1000, 0, 1, 1000, leaves=[]),
    "of no weight": flowing(*FLOW, 2, 1, 10**90, 1, 2, 10**90, c=0),
    "through a leaf": flowing(1, 2, 3000, 2, 0, 1000, 2, 3, 1000, leaves=[0, 2, 3], c=0),
}
#: Covers and what the error is to speak of: first what is no flow at all.
WRONG_FORM: dict[str, tuple[Any, str]] = {
    "no list": ({**flowing(), "stars": [[*STARS[1][:13], 5]]}, "the flow of a star is not a list but 5"),
    "nothing": (
        {**flowing(), "stars": [[*STARS[1][:13], None]]},
        "the flow of a star is not a list but None",
    ),
    "none": ({**flowing(), "stars": [STARS[1][:13]]}, "a star of a cover has 13 entries, not 14"),
    "two": ({**flowing(), "stars": [[*STARS[1], FLOW]]}, "a star of a cover has 15 entries, not 14"),
    "two numbers": (flowing(1, 2), "the flow of a star: 2 numbers, not three for each way"),
    "one number more": (flowing(*FLOW, 1), "the flow of a star: 13 numbers, not three"),
    "a list in it": (flowing(FLOW), "a number of the flow of a star is not an integer but a list of 12"),
    "a truth value": (flowing(*FLOW[:-1], True), "a number of the flow of a star is not an integer but True"),
    "a fraction": (flowing(*FLOW[:-1], 1000.0), "'1000.0' is not an integer"),
    "a negative share": (
        flowing(*FLOW, 1, 2, -200, 2, 1, -200),
        "a number of the flow of a star is -200, less than 0",
    ),
    "a negative kernel": (flowing(*FLOW, -2, 2, 0), "a number of the flow of a star is -2, less than 0"),
    "too long a number": (flowing(*FLOW[:-1], 10**100), "a number has 101 digits"),
}
WRONG: dict[str, tuple[Any, str]] = {
    "from a strange kernel": (flowing(*FLOW, 4, 2, 0), "a star has kernel 4; there are 4"),
    "to a strange kernel": (flowing(*FLOW, 2, 10**99, 0), "has kernel a number of 329 bits; there are 4"),
    "where no edge is": (flowing(1, 0, 1000, 1, 3, 1000), "flow of 'b' goes from 'b' to 'd', which are not"),
    "from a kernel to itself": (flowing(*FLOW, 0, 0, 9), "goes from 'a' to 'a', which are not joined"),
    "nothing to a leaf": (flowing(1, 0, 1000), "flow of 'b' brings 0 thousandths to 'd', not 1000"),
    "nothing to a neighbour": (flowing(1, 2, 1000, 2, 3, 1000), "brings 0 thousandths to 'a', not 1000"),
    "too little": (flowing(*FLOW[:2], 599, *FLOW[3:-1], 999), "brings 999 thousandths to 'd', not 1000"),
    "too much": (flowing(1, 2, 601, *FLOW[3:-1], 1001), "brings 1001 thousandths to 'd', not 1000"),
    "far too much": (flowing(*FLOW, 2, 3, 10**99), "brings a number of 329 bits thousandths to 'd'"),
    "some stays on the way": (flowing(1, 2, 601, *FLOW[3:]), "brings 1 thousandths to 'c', not 0"),
    "some comes from nowhere": (flowing(1, 2, 1, *FLOW[3:]), "brings -599 thousandths to 'c', not 0"),
    "backwards": (flowing(0, 1, 1000, 2, 1, 1000, leaves=[0, 2]), "brings -1000 thousandths to 'a'"),
    "from another hub": (flowing(*FLOW, hub=2, leaves=[3, 0]), "flow of 'c' brings"),
    "to no leaf, but somewhere": (flowing(1, 2, 5, leaves=[]), "brings 5 thousandths to 'c', not 0"),
    "none to a leaf that is no neighbour": (flowing(), "hub 'b' and leaf 'd' are not joined"),
    "to the hub": (flowing(*FLOW, leaves=[3, 0, 1]), "has its hub as a leaf"),
    "to a leaf twice": (flowing(*FLOW, 2, 3, 1000, 1, 2, 1000, leaves=[3, 0, 3]), "has a leaf twice"),
    "too heavy": (flowing(*FLOW, c=3), "edge of 'c' and 'd' sum to 4, more than 3"),
    "too heavy there and back": (
        flowing(*FLOW, 1, 2, 201, 2, 1, 201),
        "edge of 'b' and 'c' sum to 4, more than 3",
    ),
    "too heavy in pieces": (
        flowing(*[1, 2, 300] * 2, *FLOW[3:], *[1, 2, 70, 2, 1, 70] * 3),
        "edge of 'b' and 'c' sum to 4, more than 3",
    ),
    "too heavy by a thousandth": (
        flowing(1, 2, 601, 1, 0, 1399, 0, 2, 399, 2, 3, 1000, 1, 2, 200, 2, 1, 200),
        "edge of 'b' and 'c' sum to 4, more than 3",
    ),
    "too heavy at last": (
        flowing(1, 0, 2000, 0, 2, 1000, 2, 3, 1000),
        "edge of 'a' and 'b' sum to 4, more than 3",
    ),
}


@pytest.mark.parametrize("what", RIGHT)
def test_a_right_flow_is_accepted(what: str) -> None:
    assert verify(INSTANCE, certificate(RIGHT[what])) == -(10**12)


@pytest.mark.parametrize("what", [*WRONG_FORM, *WRONG])
def test_a_wrong_flow_is_refused_in_one_line(what: str) -> None:
    cover, message = {**WRONG_FORM, **WRONG}[what]
    with pytest.raises(CertificateError, match=re.escape(message)) as caught:
        verify(INSTANCE, certificate(cover))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("version", [6, 7])
def test_older_versions_have_no_flows(version: int) -> None:
    with pytest.raises(CertificateError, match=r"a cover is not an object|has 14 entries, not 13"):
        verify(INSTANCE, certificate(RIGHT["unchanged"], version))
