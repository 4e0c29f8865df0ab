from __future__ import annotations

import pytest

from tests.paths import ROOT
from wse_cp.errors import InputError
from wse_cp.instance import Edge, Settings, Terminal
from wse_cp.kernels import CBlock, Conv, DBlock
from wse_cp.networks.families.fully_connected import build_fully_connected
from wse_cp.networks.families.resnet import ResNet, build_resnet
from wse_cp.networks.families.unet import UNet, build_unet
from wse_cp.networks.network import Network

BLOCKS = ResNet((2, 1), (16, 32), 8, 8, "blocks")
CONVS = ResNet((2,), (16,), 8, 8, "convs")


def pairs(network: Network) -> list[tuple[str, str]]:
    return [(edge.source, edge.target) for edge in network.edges]


def test_blocks_are_numbered_against_the_data_flow_and_by_kind() -> None:
    network = build_resnet(BLOCKS)
    assert [node.kernel for node in network.nodes] == [
        Terminal("input", (8, 8, 8)),
        CBlock(4, 4, 32),
        CBlock(8, 8, 16),
        DBlock(4, 4, 16),
        Terminal("output", (2, 2, 32)),
    ]
    assert pairs(network) == [("k0", "k2"), ("k1", "k4"), ("k2", "k3"), ("k3", "k1")]
    assert [edge.shape for edge in network.edges] == [(8, 8, 8), (2, 2, 32), (4, 4, 16), (4, 4, 16)]


def test_single_convs_follow_their_block() -> None:
    network = build_resnet(CONVS)
    kernels = network.instance(Settings()).kernels
    assert list(kernels) == [f"k{i}" for i in range(1, 8)]
    assert kernels["k4"] == Conv(8, 8, 1, 1, 8, 16, 2)
    assert kernels["k7"] == Conv(4, 4, 1, 1, 4, 16, 1)


def test_a_projection_hangs_on_the_first_conv_and_feeds_the_third() -> None:
    assert pairs(build_resnet(CONVS))[:4] == [("k1", "k2"), ("k2", "k3"), ("k1", "k4"), ("k4", "k3")]


def test_an_identity_block_skips_from_its_first_conv_to_its_third() -> None:
    edges = build_resnet(CONVS).edges
    assert Edge("k5", "k7", (4, 4, 16)) in edges
    assert Edge("k3", "k5", (4, 4, 16)) in edges


def test_the_first_block_may_compute_on_another_image() -> None:
    network = build_resnet(ResNet((1,), (16,), 8, 8, "blocks", first_block_image=4))
    assert network.nodes[1].kernel == CBlock(4, 4, 16)
    assert network.edges[-1].shape == (4, 4, 16)


def test_unet_levels_halve_the_image_and_are_bridged() -> None:
    network = build_unet(UNet((4, 8), 16, 1, 2))
    assert [
        (k.H, k.R, k.C, k.K) for k in network.instance(Settings()).kernels.values() if isinstance(k, Conv)
    ] == [
        (16, 3, 1, 4),
        (16, 3, 4, 8),
        (8, 3, 8, 8),
        (8, 3, 8, 16),
        (4, 3, 16, 16),
        (4, 3, 16, 16),
        (4, 2, 16, 16),
        (8, 3, 16, 8),
        (8, 3, 8, 8),
        (8, 2, 8, 8),
        (16, 3, 8, 4),
        (16, 3, 4, 4),
        (16, 1, 4, 2),
    ]
    assert network.edges[-2:] == (Edge("k2", "k11", (16, 16, 8)), Edge("k4", "k8", (8, 8, 16)))


def test_fully_connected_layers_lie_between_the_widths() -> None:
    network = build_fully_connected([3, 5, 7])
    assert [node.kernel for node in network.nodes[1:-1]] == [
        Conv(1, 1, 1, 1, 3, 5, 1),
        Conv(1, 1, 1, 1, 5, 7, 1),
    ]
    assert [edge.shape for edge in network.edges] == [(1, 1, 3), (1, 1, 5), (1, 1, 7)]


def test_shapes_written_on_edges_can_be_replaced() -> None:
    network = build_fully_connected([3, 5, 7]).with_shapes({("k1", "k2"): (9, 9, 9)})
    assert network.edges[1] == Edge("k1", "k2", (9, 9, 9))
    with pytest.raises(InputError, match="k1 -> k7"):
        network.with_shapes({("k1", "k7"): (1,)})


def test_networks_without_meaning_are_input_errors() -> None:
    with pytest.raises(InputError, match="one width for each depth"):
        build_resnet(ResNet((1, 1), (16,), 8, 8, "blocks"))
    with pytest.raises(InputError, match="divisible by 4"):
        build_resnet(ResNet((1, 1), (16, 32), 6, 8, "blocks"))
    with pytest.raises(InputError, match="divisible by 4"):
        build_unet(UNet((4, 8), 10, 1, 2))
    with pytest.raises(InputError, match="at least two widths"):
        build_fully_connected([1])


def test_all_models_are_described() -> None:
    root = ROOT
    assert len(list((root / "models").glob("*.toml"))) == 32
