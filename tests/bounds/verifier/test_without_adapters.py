"""Certificates that leave adapters out prove what holds without them, which is never more."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import product

import pytest

from tests.bounds.networks import instance_of
from tests.bounds.small_instances import NETWORKS, small_instance
from tests.bounds.verifier.cases import contents, signed, text_of
from tests.marks import with_slow
from wse_cp.bounds.search.best_first import BoundSearch
from wse_cp.bounds.search.limit import without_adapters
from wse_cp.bounds.verifier import derive, read_certificate
from wse_cp.instance import Instance, Settings
from wse_cp.kernels import Conv


def proven(instance: Instance, version: int, counted: bool) -> Fraction | None:
    found = contents(instance, [(0, [[1, 0, 0]])], version=version)
    if version > 4:
        found = signed({**found, "adapters": counted})
    return derive(instance, read_certificate(text_of(found)))


@pytest.mark.parametrize("seeds", with_slow([range(12), range(12, 30)], range(12, 30)))
def test_without_adapters_the_value_is_that_of_the_instance_without_them(seeds: range) -> None:
    for kind, seed in product(NETWORKS, seeds):
        instance = small_instance(kind, seed)
        whole, without = proven(instance, 4, True), proven(instance, 5, False)
        assert whole == proven(instance, 5, True)
        expected = proven(without_adapters(instance), 4, True)
        assert (whole is None) == (without is None) == (expected is None)
        if whole is not None and without is not None and expected is not None:
            # rounded up to multiples of another step
            step = max(instance.settings.wdeltat, instance.settings.wlength, 1)
            assert without <= whole
            assert abs(without - expected) <= step


def test_leaving_adapters_out_proves_less() -> None:
    """Four kernels that split their channels best in ways of their own: 20 for each adapter."""
    sizes = [Conv(2, 2, 1, 1, 4, 12, 1), Conv(2, 2, 1, 1, 12, 4, 1)] * 2
    instance = instance_of([(0, 1), (1, 2), (2, 3)], Settings(12, 12, 3, 1, 20, 1000), sizes)
    search = BoundSearch(instance, proofs=False)
    while not search.finished:
        search.step()
    found = json.loads(search.bound().certificate)
    whole = derive(instance, read_certificate(text_of(found)))
    less = signed({**found, "version": 5, "adapters": False, "bound": [0, 1]})
    without = derive(instance, read_certificate(text_of(less)))
    assert whole is not None
    assert without is not None
    assert without < whole
