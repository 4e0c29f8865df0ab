"""Sieving shapes part by part: what a certificate proves does not depend on how large the parts are."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tests.bounds.small_instances import small_instance
from tests.bounds.verifier.cases import contents, some_tree, text_of
from wse_cp.bounds.verifier import read_certificate, shapes, value
from wse_cp.bounds.verifier.shapes import _parts
from wse_cp.instance import Instance
from wse_cp.shapes.arrays import IntArray

#: Multipliers of area and of extents, in quarters.
_PRICES = (1, 0, 0), (2, 3, 1), (0, 9, 9)


def _values(instance: Instance) -> list[Fraction | None]:
    tree = some_tree(instance, (), ())
    texts = [text_of(contents(instance, [(0, [list(row)])], tree=tree, unit=4)) for row in _PRICES]
    return [value.least_value(instance, read_certificate(text)) for text in texts]


def test_the_size_of_the_parts_changes_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    used = set()

    def noted(counts: IntArray) -> list[slice]:
        found = _parts(counts)
        used.add(len(found))
        return found

    instances = [small_instance(kind, seed) for kind in ("chain", "tree", "diamond") for seed in range(3)]
    whole = [_values(instance) for instance in instances]
    monkeypatch.setattr(shapes, "_parts", noted)
    for most in (1, 7):
        monkeypatch.setattr(shapes, "_MOST_ROWS", most)
        assert [_values(instance) for instance in instances] == whole
    assert max(used) > 1


def test_parts_are_all_levels_once() -> None:
    counts = np.array([5, 0, 300_000, 1, 150_000, 40_000, 9, 0])
    found = [i for part in _parts(counts) for i in range(len(counts))[part]]
    assert found == list(range(len(counts)))
    assert len(_parts(counts)) > 1
    assert [len(range(1)[part]) for part in _parts(np.array([0]))] == [1]
