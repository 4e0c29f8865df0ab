"""Transformers (Vaswani et al. 2017, arXiv:1706.03762): each product with a matrix of weights is a kernel.

Such a product is a 1 x 1 convolution over the tokens, which stand in a rectangle as near to a square as their
number allows. Attention itself has no weights and is no kernel: the product behind it reads queries, keys
and values.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

from wse_cp.networks.families.assembly import INPUT, Assembly
from wse_cp.networks.network import Network

#: Kernels of a layer: queries, keys, values, output; in a decoder these twice; two of the feed-forward part.
ENCODER_KERNELS, DECODER_KERNELS = 6, 10


@dataclass(frozen=True)
class Transformer:
    """A transformer.

    Parameters
    ----------
    encoders, decoders
        Layers. Decoders read what the last encoder writes; with none there is no cross attention.
    tokens, target_tokens
        Tokens that enter the encoders and the decoders.
    width, feed_forward
        Channels of a token, and inside the feed-forward part of a layer.
    """

    encoders: int
    decoders: int
    tokens: int
    target_tokens: int
    width: int
    feed_forward: int


def build_transformer(transformer: Transformer) -> Network:
    """Return the network, numbered along the data flow; a residual connection enters the last product."""
    tokens, width = _rectangle(transformer.tokens), transformer.width
    assembly = Assembly((*tokens, width))
    last = INPUT
    for number in range(transformer.encoders):
        assembly.module = f"encoder.{number}.attention"
        last = _attention(assembly, tokens, tokens, width, last, last)
        assembly.module = f"encoder.{number}.feed_forward"
        last = _feed_forward(assembly, tokens, transformer, last)
    memory, last = last, INPUT
    targets = _rectangle(transformer.target_tokens)
    for number in range(transformer.decoders):
        assembly.module = f"decoder.{number}.attention"
        last = _attention(assembly, targets, targets, width, last, last)
        if transformer.encoders:
            assembly.module = f"decoder.{number}.cross_attention"
            last = _attention(assembly, targets, tokens, width, last, memory)
        assembly.module = f"decoder.{number}.feed_forward"
        last = _feed_forward(assembly, targets, transformer, last)
    return assembly.network()


def kernel_count(transformer: Transformer) -> int:
    """Return how many kernels the network has."""
    decoder = DECODER_KERNELS if transformer.encoders else ENCODER_KERNELS
    return ENCODER_KERNELS * transformer.encoders + decoder * transformer.decoders


def _rectangle(tokens: int) -> tuple[int, int]:
    """Return the rows and columns of the tokens."""
    rows = next(rows for rows in range(isqrt(tokens), 0, -1) if tokens % rows == 0)
    return rows, tokens // rows


def _attention(
    assembly: Assembly,
    tokens: tuple[int, int],
    memory_tokens: tuple[int, int],
    width: int,
    source: int,
    memory: int,
) -> int:
    """Add queries from `source`, keys and values from `memory`, the output; return the output's number."""
    channels = (width, width)
    query = assembly.named("query", tokens, channels, source)
    key, value = (assembly.named(part, memory_tokens, channels, memory) for part in ("key", "value"))
    return assembly.named("output", tokens, channels, query, key, value, source)


def _feed_forward(assembly: Assembly, tokens: tuple[int, int], transformer: Transformer, source: int) -> int:
    width, inner = transformer.width, transformer.feed_forward
    middle = assembly.named("inner", tokens, (width, inner), source)
    return assembly.named("outer", tokens, (inner, width), middle, source)
