"""Chains of equal residual blocks, of any depth: bottlenecks after He et al. (2016).

Unlike the contest's identity blocks (`resnet`) a split block has its skip edge where the network has it: from
what enters the block to its last convolution, which adds it.
"""

from __future__ import annotations

from dataclasses import dataclass

from wse_cp.kernels import DBlock, convs
from wse_cp.networks.families.assembly import INPUT, Assembly
from wse_cp.networks.families.resnet import Granularity
from wse_cp.networks.network import Network


@dataclass(frozen=True)
class ResidualChain:
    """A chain of identity blocks.

    Parameters
    ----------
    depth
        Blocks.
    width
        Channels between the blocks, divisible by 4.
    image
        Rows (and columns) throughout.
    granularity
        One kernel per block, or one per convolution.
    """

    depth: int
    width: int
    image: int
    granularity: Granularity


def build_residual_chain(chain: ResidualChain) -> Network:
    """Return the network, numbered along the data flow."""
    block = DBlock(chain.image, chain.image, chain.width)
    assembly = Assembly((chain.image, chain.image, chain.width))
    last = INPUT
    for number in range(chain.depth):
        assembly.module = f"block.{number}"
        last = assembly.add(block, last) if chain.granularity == "blocks" else _split(assembly, block, last)
    return assembly.network()


def kernel_count(chain: ResidualChain) -> int:
    """Return how many kernels the network has."""
    return chain.depth * (1 if chain.granularity == "blocks" else 3)


def _split(assembly: Assembly, block: DBlock, source: int) -> int:
    first, second, third = convs(block)
    return assembly.add(third, assembly.add(second, assembly.add(first, source)), source)
