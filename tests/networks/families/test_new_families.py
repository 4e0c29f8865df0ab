from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import networkx as nx
import pytest

from wse_cp.errors import InputError
from wse_cp.instance import Instance, Settings
from wse_cp.kernels import Conv, DBlock
from wse_cp.networks.families import (
    densenet,
    inception,
    layered,
    mobilenet,
    residual_chain,
    transformer,
)
from wse_cp.networks.families.resnet import Granularity
from wse_cp.networks.network import Network

TRANSFORMER = transformer.Transformer(2, 3, 6, 4, 8, 32)
DENSENET = densenet.DenseNet((2, 3), 4, 16, 3)
INCEPTION = inception.Inception((2, 1), (32, 64), 32, 3)
MOBILENET = mobilenet.MobileNet((2, 2), (8, 16), 16, 3)
INVERTED = mobilenet.MobileNet((2, 2), (8, 16), 16, 3, 6)
CHAIN = residual_chain.ResidualChain(5, 8, 4, "convs")
LAYERED = layered.Layered(50, 12, (1, 3), 2, (8, 4), (1, 3), (4, 8), 3, 7)

NETWORKS: dict[str, tuple[Network, int]] = {
    "transformer": (transformer.build_transformer(TRANSFORMER), transformer.kernel_count(TRANSFORMER)),
    "densenet": (densenet.build_densenet(DENSENET), densenet.kernel_count(DENSENET)),
    "inception": (inception.build_inception(INCEPTION), inception.kernel_count(INCEPTION)),
    "mobilenet": (mobilenet.build_mobilenet(MOBILENET), mobilenet.kernel_count(MOBILENET)),
    "inverted": (mobilenet.build_mobilenet(INVERTED), mobilenet.kernel_count(INVERTED)),
    "chain": (residual_chain.build_residual_chain(CHAIN), residual_chain.kernel_count(CHAIN)),
    "layered": (layered.build_layered(LAYERED), 50),
}


@pytest.fixture(params=NETWORKS)
def built(request: pytest.FixtureRequest) -> tuple[Instance, int]:
    network, count = NETWORKS[request.param]
    return network.instance(Settings()), count


def edges(network: Network) -> set[tuple[str, str]]:
    return {(edge.source, edge.target) for edge in network.edges}


def convs(instance: Instance) -> dict[str, Conv]:
    return {name: kernel for name, kernel in instance.kernels.items() if isinstance(kernel, Conv)}


def test_the_count_of_kernels_is_told_beforehand(built: tuple[Instance, int]) -> None:
    instance, count = built
    assert len(instance.kernels) == count


def test_numbers_follow_the_data_flow_and_all_kernels_lie_between_the_terminals(
    built: tuple[Instance, int],
) -> None:
    instance, _ = built
    rank = {node.name: node.id for node in instance.nodes}
    assert list(rank.values()) == list(range(len(rank)))
    assert all(rank[edge.source] < rank[edge.target] for edge in instance.edges)
    last = instance.nodes[-1].name
    assert nx.descendants(instance.graph, "k0") | {"k0"} == set(rank)
    assert nx.ancestors(instance.graph, last) | {last} == set(rank)


@pytest.mark.parametrize("name", ["densenet", "inception", "layered"])
def test_as_many_channels_enter_as_leave_what_is_read(name: str) -> None:
    instance = NETWORKS[name][0].instance(Settings())
    entering: Counter[str] = Counter()
    for edge in instance.edges:
        entering[edge.target] += edge.shape[-1]
    assert {kernel: conv.C for kernel, conv in convs(instance).items()} == {
        kernel: entering[kernel] for kernel in instance.kernels
    }


def test_an_encoder_has_six_products_and_two_residual_connections() -> None:
    one = transformer.build_transformer(transformer.Transformer(1, 0, 6, 6, 8, 32))
    inner = {(u, v) for u, v in edges(one) if u != "k0"} - {("k6", "k7")}
    assert inner == {("k1", "k4"), ("k2", "k4"), ("k3", "k4"), ("k4", "k5"), ("k5", "k6"), ("k4", "k6")}
    assert {v for u, v in edges(one) if u == "k0"} == {"k1", "k2", "k3", "k4"}
    sizes = [(conv.H, conv.W, conv.C, conv.K) for conv in convs(one.instance(Settings())).values()]
    assert sizes == [(2, 3, 8, 8)] * 4 + [(2, 3, 8, 32), (2, 3, 32, 8)]


def test_each_decoder_reads_the_last_encoder_with_keys_and_values_of_its_tokens() -> None:
    network = transformer.build_transformer(TRANSFORMER)
    kernels = convs(network.instance(Settings()))
    readers = [v for u, v in edges(network) if u == "k12"]
    assert len(readers) == 2 * TRANSFORMER.decoders
    assert {kernels[name].H * kernels[name].W for name in readers} == {6}
    own = [name for name in list(kernels)[12:] if name not in readers]
    assert {kernels[name].H * kernels[name].W for name in own} == {4}


def test_decoders_alone_have_no_cross_attention() -> None:
    alone = transformer.Transformer(0, 4, 7, 7, 8, 32)
    instance = transformer.build_transformer(alone).instance(Settings())
    assert len(instance.kernels) == transformer.kernel_count(alone) == 24
    assert {(conv.H, conv.W) for conv in convs(instance).values()} == {(1, 7)}


def test_a_layer_of_a_dense_block_reads_all_before_it() -> None:
    found = edges(densenet.build_densenet(DENSENET))
    # k1 enters the first block of k2 to k5, k6 stands between, k7 to k12 are the second block.
    assert {u for u, v in found if v == "k4"} == {"k1", "k3"}
    assert {u for u, v in found if v == "k6"} == {"k1", "k3", "k5"}
    assert {u for u, v in found if v == "k11"} == {"k6", "k8", "k10"}
    images = [conv.H for conv in convs(densenet.build_densenet(DENSENET).instance(Settings())).values()]
    assert images == [16] + [4] * 5 + [2] * 6


def test_a_module_has_four_branches_that_read_all_branches_before() -> None:
    network = inception.build_inception(INCEPTION)
    found = edges(network)
    heads = {v for u, v in found if u == "k3"}
    assert heads == {"k9", "k10", "k12", "k14"}
    assert {u for u, v in found if v == "k9"} == {"k3", "k5", "k7", "k8"}
    kernels = convs(network.instance(Settings()))
    assert [kernels[name].K for name in ("k9", "k11", "k13", "k14")] == [8, 16, 4, 4]
    assert [kernels[name].R for name in ("k9", "k11", "k13", "k14")] == [1, 3, 5, 1]


def test_a_depthwise_convolution_has_one_channel_in_and_the_first_of_a_stage_halves() -> None:
    kernels = list(convs(mobilenet.build_mobilenet(MOBILENET).instance(Settings())).values())
    assert [(conv.H, conv.R, conv.C, conv.K, conv.T) for conv in kernels[1:7]] == [
        (8, 3, 1, 8, 1),
        (8, 1, 8, 8, 1),
        (8, 3, 1, 8, 1),
        (8, 1, 8, 8, 1),
        (8, 3, 1, 8, 2),
        (4, 1, 8, 16, 1),
    ]


def test_an_inverted_block_adds_its_input_where_it_is_like_its_output() -> None:
    found = edges(mobilenet.build_mobilenet(INVERTED))
    skips = {(u, v) for u, v in found if int(v[1:]) - int(u[1:]) == 3}
    # Blocks end at k4, k7, k10, k13; that of k10 halves and widens.
    assert skips == {("k1", "k4"), ("k4", "k7"), ("k10", "k13")}


@pytest.mark.parametrize(("granularity", "kind", "per_block"), [("blocks", DBlock, 0), ("convs", Conv, 3)])
def test_a_residual_chain_is_one_kernel_or_three_a_block(
    granularity: Granularity, kind: type, per_block: int
) -> None:
    chain = residual_chain.ResidualChain(5, 8, 4, granularity)
    instance = residual_chain.build_residual_chain(chain).instance(Settings())
    assert {type(kernel) for kernel in instance.kernels.values()} == {kind}
    assert len(instance.kernel_edges) == (4 if not per_block else 4 * 5 - 2)


def test_skip_edges_of_a_chain_lead_from_block_to_block() -> None:
    found = edges(residual_chain.build_residual_chain(CHAIN))
    assert {("k3", "k6"), ("k3", "k4"), ("k4", "k5"), ("k5", "k6"), ("k0", "k3")} <= found


def test_a_random_network_depends_on_its_seed_alone() -> None:
    again = layered.build_layered(LAYERED)
    other = layered.build_layered(replace(LAYERED, seed=8))
    assert again == NETWORKS["layered"][0]
    assert other != again


def test_random_kernels_read_as_many_as_told_and_not_from_further_away() -> None:
    network = NETWORKS["layered"][0]
    instance = network.instance(Settings())
    generations = list(nx.topological_generations(instance.kernel_graph))
    assert len(generations) == 12
    level = {name: number for number, names in enumerate(generations) for name in names}
    assert {level[v] - level[u] for u, v, _ in instance.kernel_edges} == {1, 2}
    degrees = Counter(v for _, v, _ in instance.kernel_edges)
    assert set(degrees.values()) == {1, 2, 3}


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: densenet.build_densenet(densenet.DenseNet((1, 1), 4, 12, 3)), "divisible by 8"),
        (lambda: inception.build_inception(inception.Inception((1,), (16, 16), 8, 3)), "one width for each"),
        (lambda: inception.build_inception(inception.Inception((1,), (24,), 8, 3)), "divisible by 16"),
        (lambda: inception.build_inception(inception.Inception((1,), (16,), 12, 3)), "divisible by 8"),
        (lambda: mobilenet.build_mobilenet(mobilenet.MobileNet((1,), (8, 8), 8, 3)), "one width for each"),
        (lambda: mobilenet.build_mobilenet(mobilenet.MobileNet((1, 1), (8, 8), 6, 3)), "divisible by 4"),
        (
            lambda: layered.build_layered(replace(LAYERED, layers=51)),
            "at most 50 layers",
        ),
        (lambda: layered.build_layered(replace(LAYERED, inputs=(2, 1))), "inputs"),
    ],
)
def test_sizes_that_do_not_fit_each_other_are_refused(build: Callable[[], Network], message: str) -> None:
    with pytest.raises(InputError, match=message):
        build()
