"""What a model file says about each family of networks: its keys, their ranges, and the network they give."""

from __future__ import annotations

from typing import cast, get_args

from wse_cp.instance import MAX_KERNELS
from wse_cp.kernels import MAX_ARGUMENT
from wse_cp.networks.families import densenet, inception, layered, mobilenet, residual_chain, transformer
from wse_cp.networks.families.fully_connected import build_fully_connected
from wse_cp.networks.families.resnet import Granularity, ResNet, build_resnet
from wse_cp.networks.families.unet import UNet, build_unet
from wse_cp.networks.network import Network
from wse_cp.networks.toml_table import Table

#: Most stages or levels: each halves the image.
MAX_LEVELS = 20
#: Most kernels of a network with its two terminals.
MOST = MAX_KERNELS - 2
#: Most layers of a dense block, each of which reads all before it; most inputs of a random kernel.
MAX_DENSE_LAYERS, MAX_INPUTS = 400, 64
MAX_SEED = (1 << 63) - 1


def _resnet(table: Table) -> Network:
    widths = table.integers("widths", 4, MAX_ARGUMENT, MAX_LEVELS)
    depths = table.integers("depths", 1, MAX_KERNELS, MAX_LEVELS)
    granularity = _granularity(table)
    if sum(depths) * (1 if granularity == "blocks" else 4) > MAX_KERNELS:
        raise table.error("depths", f"at most {MAX_KERNELS} kernels", "more")
    image = table.integer("image", 2, MAX_ARGUMENT)
    input_channels = table.integer("input_channels", 1, MAX_ARGUMENT, widths[0] // 2)
    first = table.integer("first_block_image", 0, MAX_ARGUMENT, 0)
    return build_resnet(ResNet(depths, widths, image, input_channels, granularity, first or None))


def _granularity(table: Table) -> Granularity:
    return cast(Granularity, table.string("granularity", get_args(Granularity)))


def _unet(table: Table) -> Network:
    widths = table.integers("widths", 1, MAX_ARGUMENT // 2, MAX_LEVELS)
    image = table.integer("image", 2, MAX_ARGUMENT)
    input_channels = table.integer("input_channels", 1, MAX_ARGUMENT)
    return build_unet(UNet(widths, image, input_channels, table.integer("classes", 1, MAX_ARGUMENT)))


def _fully_connected(table: Table) -> Network:
    return build_fully_connected(table.integers("widths", 1, MAX_ARGUMENT, MAX_KERNELS - 1))


def _transformer(table: Table) -> Network:
    encoders = table.integer("encoders", 0, MAX_KERNELS, 0)
    decoders = table.integer("decoders", 0, MAX_KERNELS, 0)
    tokens = table.integer("tokens", 1, MAX_ARGUMENT)
    target_tokens = table.integer("target_tokens", 1, MAX_ARGUMENT, tokens)
    width = table.integer("width", 1, MAX_ARGUMENT)
    feed_forward = table.integer("feed_forward", 1, MAX_ARGUMENT, min(4 * width, MAX_ARGUMENT))
    found = transformer.Transformer(encoders, decoders, tokens, target_tokens, width, feed_forward)
    if not encoders + decoders:
        raise table.error("family", "encoders or decoders", "neither")
    _check_count(table, "encoders" if encoders else "decoders", transformer.kernel_count(found))
    return transformer.build_transformer(found)


def _densenet(table: Table) -> Network:
    blocks = table.integers("blocks", 1, MAX_DENSE_LAYERS, MAX_LEVELS)
    growth = table.integer("growth", 1, MAX_ARGUMENT // densenet.BOTTLENECK)
    image = table.integer("image", 4, MAX_ARGUMENT)
    found = densenet.DenseNet(blocks, growth, image, table.integer("input_channels", 1, MAX_ARGUMENT, 3))
    _check_count(table, "blocks", densenet.kernel_count(found))
    return densenet.build_densenet(found)


def _inception(table: Table) -> Network:
    modules = table.integers("modules", 1, MAX_KERNELS, MAX_LEVELS)
    widths = table.integers("widths", 16, MAX_ARGUMENT, MAX_LEVELS)
    image = table.integer("image", 8, MAX_ARGUMENT)
    input_channels = table.integer("input_channels", 1, MAX_ARGUMENT, 3)
    found = inception.Inception(modules, widths, image, input_channels)
    _check_count(table, "modules", inception.kernel_count(found))
    return inception.build_inception(found)


def _mobilenet(table: Table) -> Network:
    depths = table.integers("depths", 1, MAX_KERNELS, MAX_LEVELS)
    widths = table.integers("widths", 1, MAX_ARGUMENT, MAX_LEVELS)
    image = table.integer("image", 2, MAX_ARGUMENT)
    input_channels = table.integer("input_channels", 1, MAX_ARGUMENT, 3)
    expansion = table.integer("expansion", 0, MAX_ARGUMENT, 0)
    found = mobilenet.MobileNet(depths, widths, image, input_channels, expansion)
    _check_count(table, "depths", mobilenet.kernel_count(found))
    return mobilenet.build_mobilenet(found)


def _residual_chain(table: Table) -> Network:
    depth = table.integer("depth", 1, MAX_KERNELS)
    width = table.integer("width", 4, MAX_ARGUMENT)
    if width % 4:
        raise table.error("width", "width = a multiple of 4", str(width))
    image = table.integer("image", 1, MAX_ARGUMENT)
    found = residual_chain.ResidualChain(depth, width, image, _granularity(table))
    _check_count(table, "depth", residual_chain.kernel_count(found))
    return residual_chain.build_residual_chain(found)


def _layered(table: Table) -> Network:
    kernels = table.integer("kernels", 1, MOST)
    layers = table.integer("layers", 1, MOST)
    inputs = table.integers("inputs", 1, MAX_INPUTS, 2)
    reach = table.integer("reach", 1, MAX_INPUTS, 1)
    images = table.integers("images", 1, MAX_ARGUMENT, MAX_LEVELS)
    fields = table.integers("fields", 1, MAX_ARGUMENT, MAX_LEVELS)
    widths = table.integers("widths", 1, MAX_ARGUMENT, MAX_LEVELS)
    entering = table.integer("input_channels", 1, MAX_ARGUMENT, widths[0])
    seed = table.integer("seed", 0, MAX_SEED, 0)
    few_and_many = (inputs[0], inputs[-1])
    return layered.build_layered(
        layered.Layered(kernels, layers, few_and_many, reach, images, fields, widths, entering, seed)
    )


def _check_count(table: Table, key: str, count: int) -> None:
    if count > MOST:
        raise table.error(key, f"at most {MOST} kernels", str(count))


#: The families of networks, and the function that builds a network of each from its table.
FAMILIES = {
    "resnet": _resnet,
    "unet": _unet,
    "fully-connected": _fully_connected,
    "transformer": _transformer,
    "densenet": _densenet,
    "inception": _inception,
    "mobilenet": _mobilenet,
    "residual-chain": _residual_chain,
    "layered": _layered,
}
