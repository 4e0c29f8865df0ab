"""Variants of instances: what changes, and that the rest stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.variants import VARIANTS, doubled, halved, oblong, one_less
from wse_cp.files.by_suffix import read_instance_file
from wse_cp.instance import Instance


@pytest.fixture(params=["D", "M"])
def instance(request: pytest.FixtureRequest, instances: Path) -> Instance:
    return read_instance_file(instances / f"{request.param}.kgraph")


def test_weights_change_against_each_other(instance: Instance) -> None:
    old = instance.settings
    for change, factor in ((halved, 0.5), (doubled, 2.0)):
        new = change(instance).settings
        assert new.wlength / new.wdeltat == factor * old.wlength / old.wdeltat
        assert (new.width, new.height, new.memlimit) == (old.width, old.height, old.memlimit)


def test_the_wafer_becomes_oblong(instance: Instance) -> None:
    settings = oblong(instance).settings
    assert (settings.width, settings.height) == (500, 800)


def test_one_kernel_less_leaves_the_data_flow_whole(instance: Instance) -> None:
    found = one_less(instance)
    [gone] = set(instance.kernels) - set(found.kernels)
    assert len(found.kernels) == len(instance.kernels) - 1
    for before in instance.kernel_graph.predecessors(gone):
        for after in instance.kernel_graph.successors(gone):
            assert found.kernel_graph.has_edge(before, after)


def test_every_variant_is_another_instance(instance: Instance) -> None:
    found = [change(instance) for change in VARIANTS.values()]
    assert len({(other.settings, len(other.kernels)) for other in [instance, *found]}) == 1 + len(found)
