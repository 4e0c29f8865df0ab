"""The state of a search as a document: it comes back as it was, and what is no such state is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.checkpoint.cases import KEPT, chain, reordered
from wse_cp.checkpoint.document import CheckpointText, parse_checkpoint
from wse_cp.checkpoint.kept import Kept
from wse_cp.errors import InputError

INSTANCE = chain()
TEXT = CheckpointText(INSTANCE).of(KEPT)


def changed(change: Callable[[Any], object]) -> str:
    data = json.loads(TEXT)
    change(data)
    return json.dumps(data)


def test_a_state_comes_back_as_it_was() -> None:
    assert parse_checkpoint(TEXT, "x", INSTANCE) == KEPT
    empty = CheckpointText(INSTANCE).of(Kept())
    assert parse_checkpoint(empty, "x", INSTANCE) == Kept()


def test_kernels_are_known_by_their_names_whatever_the_order_of_the_file() -> None:
    found = parse_checkpoint(TEXT, "x", reordered(INSTANCE))
    assert found.orders[1] == (3, 2, 1, 0)
    assert found.trees[0].nodes == (3, 2, -1, 1, 0, -2, -1)
    assert found.trees[1].splits == KEPT.trees[1].splits[::-1]


@pytest.mark.parametrize("version", [0, 2, 99])
def test_another_version_is_refused_whatever_it_looks_like(version: int) -> None:
    text = json.dumps({"format": "wse-cp checkpoint", "version": version, "new": 1})
    with pytest.raises(InputError, match=f"version 1.*found {version}"):
        parse_checkpoint(text, "x", INSTANCE)


@pytest.mark.parametrize("other", [chain(wadapter=1), chain(width=61)])
def test_another_instance_is_refused(other: Any) -> None:
    with pytest.raises(InputError, match="of this instance"):
        parse_checkpoint(TEXT, "x", other)


BAD: list[Callable[[Any], object]] = [
    lambda data: data.update(colour="red"),
    lambda data: data.pop("trees") and data.pop("seed"),
    lambda data: data["orders"].append([0, 1, 2]),
    lambda data: data["orders"].append([0, 1, 2, 2]),
    lambda data: data["orders"].append([0, 1, 2, -1]),
    lambda data: data.update(orders=[[0, 1, 2, 3]] * 17),
    lambda data: data["trees"][0].update(nodes=[0, -1, 1, 2, 3, -2, -1]),
    lambda data: data["trees"][0].update(nodes=[0, 1, 2, 3]),
    lambda data: data["trees"][0].update(nodes=[0, 1, -1, 2, 2, -2, -1]),
    lambda data: data["trees"][0].update(nodes=[0, 1, -1, 2, 4, -2, -1]),
    lambda data: data["trees"][0].update(nodes=[]),
    lambda data: data["trees"][0].update(limit=0),
    lambda data: data["trees"][0].update(limit=10**12),
    lambda data: data["trees"][1]["splits"].pop(),
    lambda data: data["trees"][1]["splits"].__setitem__(0, [1, 1, 1]),
    lambda data: data["trees"][1]["splits"].__setitem__(0, [1, 1, 1, -1]),
    lambda data: data["operators"][0][0].update(gain=-1),
    lambda data: data["operators"][0][0].update(seconds=1e300),
    lambda data: data["operators"][0][0].update(calls=True),
    lambda data: data["kernels"].reverse() or data["kernels"].append("k0"),
    lambda data: data.update(seed=-1),
    lambda data: data.update(seconds="1"),
    lambda data: data.update(started=1),
]


@pytest.mark.parametrize("change", BAD)
def test_what_is_no_state_of_this_search_is_refused_in_one_line(change: Callable[[Any], object]) -> None:
    with pytest.raises(InputError) as caught:
        parse_checkpoint(changed(change), "x", INSTANCE)
    assert "\n" not in str(caught.value)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_a_damaged_text_is_refused_or_is_still_a_state(data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(TEXT) - 1))
    length = data.draw(st.integers(0, 30))
    middle = data.draw(st.text('0123456789-.,[]{}":eE \n', max_size=8))
    try:
        found = parse_checkpoint(TEXT[:position] + middle + TEXT[position + length :], "x", INSTANCE)
    except InputError:
        return
    assert isinstance(found, Kept)
    assert all(sorted(order) == [0, 1, 2, 3] for order in found.orders)
