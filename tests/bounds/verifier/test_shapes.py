"""Sieving shapes part by part: what a certificate proves does not depend on how large the parts are."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random

import numpy as np
import pytest

from tests.bounds.verifier.cases import Drawn, drawn, text_of
from tests.marks import with_slow
from wse_cp.bounds.verifier import read_certificate, shapes
from wse_cp.bounds.verifier.interval import interval_values
from wse_cp.bounds.verifier.shapes import _parts
from wse_cp.shapes.arrays import IntArray

KINDS = ("chain", "triangle", "star", "diamond")
DRAWN = [
    drawn(Random(f"parts {seed}"), kind, adapters=True, blocks=seed % 2 > 0, alike_axes=seed % 3 == 0)
    for kind in KINDS
    for seed in range(4)
]


def _values(found: Drawn) -> list[Fraction | None]:
    certificate = read_certificate(text_of(found.contents()))
    return [
        value
        for interval in range(len(certificate.intervals))
        for value in interval_values(found.instance, certificate, [interval])
    ]


@pytest.fixture(scope="module")
def whole() -> list[list[Fraction | None]]:
    return [_values(found) for found in DRAWN]


@pytest.fixture(params=[128, 2], ids=["points", "ranges"])
def boxes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the sieve look at each payment, or at ranges of them."""
    for module in ("sieve", "frame"):
        monkeypatch.setattr(f"wse_cp.bounds.verifier.{module}.MAX_BOXES", request.param)


@pytest.mark.usefixtures("boxes")
@pytest.mark.parametrize("most", with_slow([1, 7, 100], 1, 7))
def test_the_size_of_the_parts_changes_no_value(
    most: int, whole: list[list[Fraction | None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shapes, "_MOST_ROWS", most)
    assert [_values(found) for found in DRAWN] == whole


LOST: dict[str, Callable[[list[slice]], list[slice]]] = {
    "all but the first": lambda parts: parts[:1],
    "the first": lambda parts: parts[1:] or parts,
    "every second": lambda parts: parts[::2],
}


@pytest.mark.parametrize("lost", with_slow(LOST, "every second"))
def test_parts_that_are_lost_are_noticed_here(
    lost: str, whole: list[list[Fraction | None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shapes, "_MOST_ROWS", 1)
    monkeypatch.setattr(shapes, "_parts", lambda counts: LOST[lost](_parts(counts)))
    assert [_values(found) for found in DRAWN] != whole


def test_parts_are_all_levels_once() -> None:
    counts: IntArray = np.array([5, 0, 300_000, 1, 150_000, 40_000, 9, 0])
    found = [i for part in _parts(counts) for i in range(len(counts))[part]]
    assert found == list(range(len(counts)))
    assert len(_parts(counts)) > 1
    assert [len(range(1)[part]) for part in _parts(np.array([0]))] == [1]
