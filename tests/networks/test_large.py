from __future__ import annotations

from pathlib import Path

import pytest

from scripts.make_large_instances import MOST
from tests.paths import ROOT
from wse_cp import api
from wse_cp.errors import InputError
from wse_cp.files.by_suffix import read_instance_file
from wse_cp.files.kgraph import format_kgraph
from wse_cp.instance import MAX_KERNELS, Instance, require_legal_shapes
from wse_cp.networks.large import large_instance, large_names

STORED = {path.stem: path for path in (ROOT / "instances/large").glob("*.kgraph")}


@pytest.fixture(scope="module")
def instances() -> dict[str, Instance]:
    return {name: large_instance(name) for name in large_names()}


def test_a_dozen_from_300_kernels_to_as_many_as_there_may_be(instances: dict[str, Instance]) -> None:
    sizes = [len(instance.kernels) for instance in instances.values()]
    assert len(sizes) == 12
    assert sizes == sorted(sizes)
    assert sizes[0] > 300
    assert sizes[-1] == MAX_KERNELS - 2


def test_the_last_part_of_a_name_is_the_number_of_kernels(instances: dict[str, Instance]) -> None:
    for name, instance in instances.items():
        assert len(instance.kernels) == int(name.rpartition("-")[2])
        require_legal_shapes(instance)


def test_small_ones_are_stored_as_they_are_made(instances: dict[str, Instance]) -> None:
    small = {name for name, instance in instances.items() if len(instance.kernels) <= MOST}
    assert set(STORED) == small
    for name, path in STORED.items():
        assert path.read_text() == format_kgraph(instances[name])
        assert read_instance_file(path) == instances[name]


def test_kinds_and_wafers_differ(instances: dict[str, Instance]) -> None:
    labels = {instance.test.split("-")[1] for instance in instances.values()}
    assert labels == {"time", "balanced", "wire"}
    adapters = {instance.weighs_adapters for instance in instances.values()}
    assert adapters == {True, False}
    assert all(i.weighs_adapters == i.test.endswith("-adapters") for i in instances.values())
    wafers = {(i.settings.width, i.settings.height) for i in instances.values()}
    assert {width == height for width, height in wafers} == {True, False}


def test_the_page_lists_what_there_is(instances: dict[str, Instance]) -> None:
    page = (ROOT / "instances/large/README.md").read_text()
    for name, instance in instances.items():
        settings = instance.settings
        weights = f"{settings.wdeltat}, {settings.wlength}, {settings.wadapter}"
        edges = sum(count for _, _, count in instance.kernel_edges)
        wafer = f"{settings.width} x {settings.height}"
        kind = instance.test.split("-")[1]
        row = f"| `{name}` | {len(instance.kernels):,} | {edges:,} | {wafer} | {weights} | {kind} |"
        assert row in page


def test_load_and_import_take_the_name(tmp_path: Path) -> None:
    assert api.load("large:transformer-384") == large_instance("transformer-384")
    assert api.large("transformer-384") == large_instance("transformer-384")
    assert api.load("large:transformer-384", {"wlength": 9}).settings.wlength == 9
    imported = api.import_network("large:transformer-384", ["width=700"])
    assert imported.instance.settings.width == 700
    with pytest.raises(InputError, match=r"large:transformer-384: .*1 x 633"):
        api.load("large:transformer-384", {"width": 1})


@pytest.mark.parametrize("name", ["A", "", "transformer-385"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(InputError, match=f"expected one of inception-308, .*found {name or 'nothing'}"):
        large_instance(name)
