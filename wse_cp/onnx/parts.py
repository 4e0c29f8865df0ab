"""The kernels of a layer: one, one for each group, or one for each of several ranges of output channels.

A layer is divided by output channels where a single kernel would have no legal shape on the wafer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from wse_cp.errors import InputError
from wse_cp.instance import MAX_KERNELS, Settings, require_legal_shape
from wse_cp.kernels import Conv, check_kernel
from wse_cp.onnx.layer import Layer
from wse_cp.onnx.options import ImportOptions

#: A range of channels: first, one past the last.
Channels = tuple[int, int]


@dataclass(frozen=True)
class Part:
    """A kernel that computes some output channels of a layer, and the input channels it reads."""

    kernel: Conv
    reads: Channels
    writes: Channels


def parts_of(layer: Layer, options: ImportOptions, settings: Settings) -> tuple[Part, ...]:
    """Return the kernels of a layer.

    Raises `InputError` if a kernel is out of range or has no legal shape, and may not or cannot be split.
    """
    separate = options.groups == "split" and not layer.is_depthwise
    K = layer.conv.K
    step = K // layer.groups if separate else K
    size = _largest_size(_part(layer, (0, step)).kernel, options, settings)
    count = (K // step) * -(-step // size)
    if count > MAX_KERNELS:
        raise InputError(f"at most {MAX_KERNELS} kernels", str(count))
    ranges = [(first, first + step) for first in range(0, K, step)]
    return tuple(_part(layer, piece) for channels in ranges for piece in _pieces(channels, size))


def _part(layer: Layer, writes: Channels) -> Part:
    """Return the kernel of some output channels: it reads the groups these belong to."""
    per_group = layer.conv.K // layer.groups
    first, last = writes[0] // per_group, (writes[1] - 1) // per_group
    reads = (first * layer.conv.C, (last + 1) * layer.conv.C)
    return Part(replace(layer.conv, K=writes[1] - writes[0]), reads, writes)


def _largest_size(kernel: Conv, options: ImportOptions, settings: Settings) -> int:
    """Return how many output channels a legal kernel can have: all, if the kernel is legal as it is."""
    error = _obstacle(kernel, settings)
    if error is None:
        return kernel.K
    if not options.split_large or _obstacle(replace(kernel, K=1), settings) is not None:
        raise error
    low, high = 1, kernel.K  # low is legal, high is not: memory and work grow with K
    while high - low > 1:
        middle = (low + high) // 2
        legal = _obstacle(replace(kernel, K=middle), settings) is None
        low, high = (middle, high) if legal else (low, middle)
    return low


def _obstacle(kernel: Conv, settings: Settings) -> InputError | None:
    """Return why a kernel is not legal on the wafer, None if it is."""
    try:
        check_kernel(kernel)
        require_legal_shape(kernel, settings)
    except InputError as error:
        return error
    return None


def _pieces(channels: Channels, size: int) -> Iterator[Channels]:
    """Yield the fewest pieces of at most `size` channels, as equal in size as possible."""
    first, total = channels[0], channels[1] - channels[0]
    count = -(-total // size)
    for number in range(count):
        yield first + number * total // count, first + (number + 1) * total // count
