"""Fully connected networks: a chain of 1 x 1 convolutions on a single pixel."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from wse_cp.errors import InputError
from wse_cp.kernels import Conv
from wse_cp.networks.network import Network, Shape, build_network


def build_fully_connected(widths: Sequence[int]) -> Network:
    """Return the chain of layers between consecutive `widths` (numbers of neurons).

    Raises
    ------
    InputError
        If there are fewer than two widths.
    """
    if len(widths) < 2:
        raise InputError("at least two widths", str(len(widths)))
    kernels = [Conv(1, 1, 1, 1, C, K, 1) for C, K in pairwise(widths)]
    links = [(number, number + 1, _shape(width)) for number, width in enumerate(widths)]
    return build_network(kernels, links, _shape(widths[0]), _shape(widths[-1]))


def _shape(width: int) -> Shape:
    return 1, 1, width
