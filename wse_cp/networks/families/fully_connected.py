"""Fully connected networks, numbered as in the contest's files."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from wse_cp.errors import InputError
from wse_cp.kernels import Conv
from wse_cp.networks.network import Network, build_network


def build_fully_connected(widths: Sequence[int]) -> Network:
    """Return the layers between consecutive `widths` (numbers of neurons): 1 x 1 convolutions of one pixel.

    Raises `InputError` if there are fewer than two widths.
    """
    if len(widths) < 2:
        raise InputError("at least two widths", str(len(widths)))
    kernels = [Conv(1, 1, 1, 1, C, K, 1) for C, K in pairwise(widths)]
    links = [(number, number + 1, (1, 1, width)) for number, width in enumerate(widths)]
    return build_network(kernels, links, (1, 1, widths[0]), (1, 1, widths[-1]))
