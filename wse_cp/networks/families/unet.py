"""U-Nets (Ronneberger et al. 2015, doi:10.1007/978-3-319-24574-4_28), numbered as in the contest's files."""

from __future__ import annotations

from dataclasses import dataclass

from wse_cp.errors import InputError
from wse_cp.kernels import Conv
from wse_cp.networks.network import Link, Network, Shape, build_network


@dataclass(frozen=True)
class UNet:
    """A U-Net.

    Parameters
    ----------
    widths
        Channels inside each level, from the top; the contracting path leaves a level with twice
        as many, as does the bottom.
    image
        Rows (and columns) of the image; each level halves it on the way down.
    input_channels, classes
        Channels that enter and leave.
    """

    widths: tuple[int, ...]
    image: int
    input_channels: int
    classes: int


def build_unet(unet: UNet) -> Network:
    """Return the network, numbered along the data flow; the skip edges stand last.

    Raises `InputError` if the image cannot be halved at each level.
    """
    levels = len(unet.widths)
    if unet.image % 2**levels:
        raise InputError(f"an image divisible by {2**levels} (each level halves it)", str(unet.image))
    kernels = [*_contracting(unet), *_bottom(unet), *_expanding(unet)]
    kernels.append(_square_conv(unet.image, 1, unet.widths[0], unet.classes))
    chain = [(number, number + 1) for number in range(1, len(kernels))]
    # Level i leaves the contracting path at 2 i + 2 and enters the expanding one at its second convolution.
    skips = [(2 * level + 2, 2 * levels + 4 + 3 * (levels - 1 - level)) for level in range(levels)]
    input_shape = (unet.image, unet.image, unet.input_channels)
    output_shape = (unet.image, unet.image, unet.classes)
    links: list[Link] = [(0, 1, input_shape)]
    links += [(u, v, _input_shape(kernels[v - 1])) for u, v in chain]
    links.append((len(kernels), len(kernels) + 1, output_shape))
    links += [(u, v, _input_shape(kernels[v - 1])) for u, v in skips]
    return build_network(kernels, links, input_shape, output_shape)


def _contracting(unet: UNet) -> list[Conv]:
    entering = [unet.input_channels, *(2 * width for width in unet.widths)]
    kernels = []
    for level, width in enumerate(unet.widths):
        image = unet.image >> level
        kernels += [_square_conv(image, 3, entering[level], width), _square_conv(image, 3, width, 2 * width)]
    return kernels


def _bottom(unet: UNet) -> list[Conv]:
    channels = 2 * unet.widths[-1]
    return [_square_conv(unet.image >> len(unet.widths), 3, channels, channels)] * 2


def _expanding(unet: UNet) -> list[Conv]:
    kernels = []
    for level, width in reversed(list(enumerate(unet.widths))):
        image = unet.image >> level
        entering = 2 * unet.widths[-1] if level == len(unet.widths) - 1 else unet.widths[level + 1]
        kernels += [
            _square_conv(image // 2, 2, entering, entering),
            _square_conv(image, 3, entering, width),
            _square_conv(image, 3, width, width),
        ]
    return kernels


def _square_conv(image: int, field: int, C: int, K: int) -> Conv:
    return Conv(image, image, field, field, C, K, 1)


def _input_shape(consumer: Conv) -> Shape:
    return consumer.H, consumer.W, consumer.C
