"""What is wrong with demands or boxes is refused in one line."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

import pytest

from tests.bounds.verifier.cases import signed, text_of
from tests.bounds.verifier.covers import with_covers
from tests.bounds.verifier.test_cover_rules import INSTANCE, ROWS, UNIT
from tests.bounds.verifier.test_flow_rules import FLOW
from tests.bounds.verifier.test_flow_rules import STARS as FLOWING
from wse_cp.bounds.verifier import CertificateError, verify

#: From b over c to d, half of it there; from b to a, twice. The edge of b and c has 1.0 left for it.
HALF = [1, 2, 500, 2, 3, 500, 1, 0, 2000]
#: One star of neighbours with hub c and two boxes, one with a flow from b to d and a, of weight 1.
STARS: list[list[Any]] = [
    [*FLOWING[0], [], [3, 9, 1, 3, 0, 2]],
    [1, 1, 1, [3, 3, 0, 0], [0], [], 2, [], [0], 9, 1, 0, [0, 1], HALF, [500, 2000], [2, 8, 3]],
]


def certificate(cover: Any, version: int = 9) -> str:
    found = with_covers(INSTANCE, [], [(0, ROWS, 1, 0)], unit=UNIT, version=version)
    return text_of(signed({**found, "covers": [cover]}))


def second(changes: dict[int, Any] | None = None, entries: int = 16) -> dict[str, Any]:
    """The cover with entries of its second star changed, and of so many entries."""
    stars = deepcopy(STARS)
    for place, value in (changes or {}).items():
        stars[1][place] = value
    stars[1] = [*stars[1], []][:entries]
    return {"area": 6, "stars": stars, "forests": []}


#: The places of ranks, weight, flow, demands and boxes.
WEIGHT, FLOWS, DEMANDS, BOXES = 1, 13, 14, 15
RIGHT: dict[str, dict[str, Any]] = {
    "unchanged": second(),
    "no demands": second({DEMANDS: [], FLOWS: FLOW}),
    "demands of 1": second({DEMANDS: [1000, 1000], FLOWS: FLOW}),
    "no boxes": second({BOXES: []}),
    "boxes of nothing": second({BOXES: [0, 0, 0, 5, 0, 1, 0, 5, 1, 5, 5, 0]}),
    "a box twice": second({BOXES: [2, 8, 3, 2, 8, 3]}),
    "many boxes": second({BOXES: [2, 8, 3] * 16}),
    "a huge box": second({BOXES: [10**90, 10**90, 10**90]}),
    "prices of ranks without demands": second({DEMANDS: [], FLOWS: FLOW, 4: [1], 5: [2], 7: [3], 8: [4]}),
    "no demand at a leaf": second({DEMANDS: [0, 2000], FLOWS: HALF[6:]}),
    "none at all": second({DEMANDS: [0, 0], FLOWS: [1, 2, 0]}),
    "no demand at a leaf that the flow passes": second(
        {DEMANDS: [500, 0], FLOWS: [1, 0, 5, 0, 1, 5, *HALF[:6]]}
    ),
    "far more, at no weight": second({DEMANDS: [10**90, 0], FLOWS: [1, 2, 10**90, 2, 3, 10**90], WEIGHT: 0}),
}
#: Covers and what the error is to speak of: first numbers that are none in any certificate.
WRONG_NUMBERS: dict[str, tuple[Any, str]] = {
    "a fraction as a demand": (second({DEMANDS: [500.0, 2000]}), "'500.0' is not an integer"),
    "a fraction in a box": (second({BOXES: [2, 8.5, 3]}), "'8.5' is not an integer"),
    "too long a number in a box": (second({BOXES: [2, 8, 10**100]}), "a number has 101 digits"),
}
WRONG: dict[str, tuple[Any, str]] = {
    "a star of version 8": (second(entries=14), "a star of a cover has 14 entries, not 16"),
    "no boxes": (second(entries=15), "a star of a cover has 15 entries, not 16"),
    "one entry more": (second(entries=17), "a star of a cover has 17 entries, not 16"),
    "demands that are no list": (second({DEMANDS: 5}), "the demands of a star is not a list but 5"),
    "demands that are nothing": (second({DEMANDS: None}), "the demands of a star is not a list but None"),
    "demands that are an object": (second({DEMANDS: {}}), "the demands of a star is not a list"),
    "a negative demand": (second({DEMANDS: [500, -1]}), "a demand of a star is -1, less than 0"),
    "a list as a demand": (
        second({DEMANDS: [500, [2000]]}),
        "a demand of a star is not an integer but a list",
    ),
    "a truth value as a demand": (
        second({DEMANDS: [500, True]}),
        "a demand of a star is not an integer but True",
    ),
    "a demand too few": (second({DEMANDS: [500]}), "a star has 1 demands and 2 leaves"),
    "a demand too many": (second({DEMANDS: [500, 2000, 0]}), "a star has 3 demands and 2 leaves"),
    "demands without leaves": (
        second({3: [], 12: [], 4: [], 5: [], 7: [], 8: [], FLOWS: [1, 2, 0], DEMANDS: [0]}),
        "a star has 1 demands and 0 leaves",
    ),
    "demands without a flow": (second({FLOWS: []}), "a star has demands, but no flow"),
    **{
        f"demands, and prices of ranks at {place}": (
            second({place: [1]}),
            "a star has demands, and prices of ranks",
        )
        for place in (4, 5, 7, 8)
    },
    "boxes that are no list": (second({BOXES: 5}), "the boxes of a star is not a list but 5"),
    "boxes that are nothing": (second({BOXES: None}), "the boxes of a star is not a list but None"),
    "a box that is a list": (
        second({BOXES: [[2, 8, 3]]}),
        "a number of the boxes of a star is not an integer",
    ),
    "a box without a price": (
        second({BOXES: [2, 8]}),
        "the boxes of a star: 2 numbers, not three for each box",
    ),
    "a number of a box too many": (
        second({BOXES: [2, 8, 3, 1]}),
        "the boxes of a star: 4 numbers, not three",
    ),
    **{
        f"a box with a negative number at {at}": (
            second({BOXES: [-1 if i == at else 2 for i in range(3)]}),
            "a number of the boxes of a star is -1, less than 0",
        )
        for at in range(3)
    },
    "too many boxes": (second({BOXES: [2, 8, 3] * 17}), "a star has 17 boxes, more than 16"),
    "a truth value in a box": (second({BOXES: [2, 8, True]}), "is not an integer but True"),
    "once at leaves with other demands": (
        second({FLOWS: FLOW}),
        "the flow of 'b' brings 1000 thousandths to 'd', not 500",
    ),
    "demands of 1 at other leaves": (
        second({DEMANDS: [1000, 2000]}),
        "the flow of 'b' brings 500 thousandths to 'd', not 1000",
    ),
    "other demands without any": (
        second({DEMANDS: []}),
        "the flow of 'b' brings 500 thousandths to 'd', not 1000",
    ),
    "demands exchanged": (second({DEMANDS: [2000, 500]}), "brings 500 thousandths to 'd', not 2000"),
    "a demand that nothing comes for": (second({FLOWS: HALF[:6]}), "brings 0 thousandths to 'a', not 2000"),
    "something where no demand is": (second({DEMANDS: [500, 0]}), "brings 2000 thousandths to 'a', not 0"),
    "a demand at a leaf on the way": (
        second({DEMANDS: [500, 2001]}),
        "brings 2000 thousandths to 'a', not 2001",
    ),
    "too heavy by its demands": (
        second({DEMANDS: [1001, 2000], FLOWS: [1, 2, 1001, 2, 3, 1001, 1, 0, 2000], WEIGHT: 2}),
        "edge of 'b' and 'c' sum to 4, more than 3",
    ),
}


@pytest.mark.parametrize("what", RIGHT)
def test_right_demands_and_boxes_are_accepted(what: str) -> None:
    assert verify(INSTANCE, certificate(RIGHT[what])) == -(10**12)


@pytest.mark.parametrize("what", [*WRONG_NUMBERS, *WRONG])
def test_wrong_demands_and_boxes_are_refused_in_one_line(what: str) -> None:
    cover, message = {**WRONG_NUMBERS, **WRONG}[what]
    with pytest.raises(CertificateError, match=re.escape(message)) as caught:
        verify(INSTANCE, certificate(cover))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("version", [6, 7, 8])
def test_older_versions_have_no_demands_and_boxes(version: int) -> None:
    with pytest.raises(CertificateError, match=r"a cover is not an object|has 16 entries, not 1[34]"):
        verify(INSTANCE, certificate(RIGHT["unchanged"], version))


@pytest.mark.parametrize(("version", "entries"), [(6, 11), (7, 13), (8, 14)])
def test_older_versions_are_read_without_the_new_entries(version: int, entries: int) -> None:
    cover = RIGHT["no demands"]
    stars = [star[:entries] for star in cover["stars"]]
    found = {"area": 6, "stars": stars if version == 8 else stars[:1]}
    assert verify(INSTANCE, certificate(found | ({"forests": []} if version > 6 else {}), version)) == -(
        10**12
    )
