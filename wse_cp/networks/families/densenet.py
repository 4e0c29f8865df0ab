"""Densely connected networks (Huang et al. 2017, doi:10.1109/CVPR.2017.243)."""

from __future__ import annotations

from dataclasses import dataclass

from wse_cp.errors import InputError
from wse_cp.kernels import Conv
from wse_cp.networks.families.assembly import INPUT, Assembly
from wse_cp.networks.network import Network

#: Channels between the two convolutions of a layer, in multiples of the growth.
BOTTLENECK = 4


@dataclass(frozen=True)
class DenseNet:
    """A densely connected network.

    Parameters
    ----------
    blocks
        Layers of each dense block; a layer is a 1 x 1 and a 3 x 3 convolution.
    growth
        Channels that each layer adds.
    image
        Rows (and columns) of the image that enters: a quarter of them reach the first block, and each further
        block has half of those before it.
    input_channels
        Channels of the image that enters.
    """

    blocks: tuple[int, ...]
    growth: int
    image: int
    input_channels: int


def build_densenet(densenet: DenseNet) -> Network:
    """Return the network, numbered along the data flow.

    Raises `InputError` if the image cannot be halved so often.
    """
    halvings = 2 ** (len(densenet.blocks) + 1)
    if densenet.image % halvings:
        raise InputError(f"an image divisible by {halvings} (blocks halve it)", str(densenet.image))
    image, growth = densenet.image, densenet.growth
    assembly = Assembly((image, image, densenet.input_channels))
    assembly.module = "stem"
    stem = assembly.add(Conv(image, image, 7, 7, densenet.input_channels, 2 * growth, 2), INPUT)
    image //= 4
    features = [stem]
    for position, layers in enumerate(densenet.blocks):
        if position:
            assembly.module = f"transition.{position}"
            channels = _channels(assembly, features)
            features = [assembly.conv((image, image), 1, (channels, channels // 2), *features)]
            image //= 2
        for layer in range(layers):
            assembly.module = f"block.{position}.layer.{layer}"
            features.append(_layer(assembly, image, growth, features))
    return assembly.network()


def kernel_count(densenet: DenseNet) -> int:
    """Return how many kernels the network has: the first one, two a layer, one between blocks."""
    return 2 * sum(densenet.blocks) + len(densenet.blocks)


def _layer(assembly: Assembly, image: int, growth: int, features: list[int]) -> int:
    inner = BOTTLENECK * growth
    reduced = assembly.conv((image, image), 1, (_channels(assembly, features), inner), *features)
    return assembly.conv((image, image), 3, (inner, growth), reduced)


def _channels(assembly: Assembly, features: list[int]) -> int:
    return sum(assembly.channels(feature) for feature in features)
