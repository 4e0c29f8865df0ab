"""Residual networks in stages, as in the contest (He et al. 2016, doi:10.1109/CVPR.2016.90).

`build_resnet` numbers the kernels and orders the edges as the contest's files do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from wse_cp.errors import InputError
from wse_cp.kernels import CBlock, Conv, DBlock, Kernel, convs
from wse_cp.networks.network import Link, Network, Shape, build_network

Granularity = Literal["blocks", "convs"]

#: Edges inside a block that is split: positions of its convolutions. As in the contest, the
#: projection (position 3) hangs on the first convolution, and both branches feed the third.
PROJECTION_EDGES = ((0, 1), (1, 2), (0, 3), (3, 2))
IDENTITY_EDGES = ((0, 1), (1, 2), (0, 2))
LAST = 2  #: the convolution of a split block that feeds the next block


@dataclass(frozen=True)
class ResNet:
    """A residual network: stages that each begin with a down-sampling block.

    Parameters
    ----------
    depths
        Blocks in each stage, the down-sampling one included.
    widths
        Channels that leave the blocks of each stage.
    image
        Rows (and columns) of the image that enters; each stage halves it.
    input_channels
        Channels of the image that enters.
    granularity
        One kernel per block, or one per convolution.
    first_block_image
        Rows that the first block computes on where this differs from `image`.
    """

    depths: tuple[int, ...]
    widths: tuple[int, ...]
    image: int
    input_channels: int
    granularity: Granularity
    first_block_image: int | None = None


@dataclass(frozen=True)
class _Block:
    kernel: CBlock | DBlock
    output: Shape


def build_resnet(resnet: ResNet) -> Network:
    """Return the network of kernels, numbered as the contest does.

    Down-sampling blocks come first, then the identity blocks, both against the data flow.

    Raises `InputError` if there is not one width for each depth, or the image cannot be halved so often.
    """
    _check_resnet(resnet)
    blocks = list(_blocks(resnet))
    parts = [convs(block.kernel) if resnet.granularity == "convs" else (block.kernel,) for block in blocks]
    first: dict[int, int] = {}  # data-flow position of a block -> number of its first kernel
    kernels: list[Kernel] = []
    for position in _numbering_order(blocks):
        first[position] = len(kernels) + 1
        kernels += parts[position]
    last = [first[i] + (LAST if len(part) > 1 else 0) for i, part in enumerate(parts)]
    input_shape = (resnet.image, resnet.image, resnet.input_channels)
    links = [link for i in first if len(parts[i]) > 1 for link in _inner_links(blocks[i], first[i])]
    links.append((0, first[0], input_shape))
    for i in first:
        consumer = first.get(i + 1, len(kernels) + 1)
        links.append((last[i], consumer, blocks[i].output))
    return build_network(kernels, links, input_shape, blocks[-1].output)


def _check_resnet(resnet: ResNet) -> None:
    if len(resnet.widths) != len(resnet.depths):
        raise InputError("one width for each depth", f"{len(resnet.widths)} for {len(resnet.depths)}")
    if resnet.image % 2 ** len(resnet.depths):
        raise InputError(
            f"an image divisible by {2 ** len(resnet.depths)} (each stage halves it)", str(resnet.image)
        )


def _blocks(resnet: ResNet) -> Iterator[_Block]:
    image = resnet.image
    for stage, (depth, width) in enumerate(zip(resnet.depths, resnet.widths, strict=True)):
        size = resnet.first_block_image if stage == 0 and resnet.first_block_image else image
        image //= 2
        yield _Block(CBlock(size, size, width), (image, image, width))
        for _ in range(depth - 1):
            yield _Block(DBlock(image, image, width), (image, image, width))


def _numbering_order(blocks: Sequence[_Block]) -> list[int]:
    """Return the data-flow positions of the blocks in the order of their numbers."""
    return sorted(range(len(blocks)), key=lambda i: (isinstance(blocks[i].kernel, DBlock), -i))


def _inner_links(block: _Block, first: int) -> Iterator[Link]:
    parts = convs(block.kernel)
    identity = isinstance(block.kernel, DBlock)
    for u, v in IDENTITY_EDGES if identity else PROJECTION_EDGES:
        # The contest writes the block's own width on the skip edge of an identity block.
        skips = identity and (u, v) == (0, LAST)
        yield first + u, first + v, block.output if skips else _output_shape(parts[u])


def _output_shape(conv: Conv) -> Shape:
    return conv.H, conv.W, conv.K
