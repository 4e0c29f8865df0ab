"""Choices of an import where an ONNX graph can be read in more than one way (docs/onnx.md).

Kernels of one layer: one, one for each group, or parts of its output channels where one fits nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar, get_args

from wse_cp.errors import InputError
from wse_cp.instance import MAX_KERNELS, Settings, require_legal_shape
from wse_cp.kernels import Conv, check_kernel
from wse_cp.networks.network import Shape
from wse_cp.onnx.layers import Layer

Granularity = Literal["auto", "block", "conv"]
Groups = Literal["merge", "split"]
Adds = Literal["producer", "consumer"]
GRANULARITIES: tuple[Granularity, ...] = get_args(Granularity)
GROUPS: tuple[Groups, ...] = get_args(Groups)
ADDS: tuple[Adds, ...] = get_args(Adds)

Word = TypeVar("Word", bound=str)


@dataclass(frozen=True)
class ImportOptions:
    """How to read an ONNX graph.

    Parameters
    ----------
    granularity
        "conv": each convolution is a kernel; "auto": bottleneck blocks that equal a dblock or cblock
        become one; "block": the same, and it is an error if there is none.
    groups
        "merge": a convolution in g groups is one kernel with a g-th of the input channels; "split":
        it is g kernels.
    adds
        "producer": a sum is formed by one of the kernels that produce its operands, which receives the
        other operands; "consumer": each kernel that reads the sum receives all operands.
    split_large
        Split a kernel that fits no wafer under the memory limit into parts of its output channels.
    input_shapes
        Shapes of network inputs, by name, where the file leaves them open.
    pass_through
        Operations that are taken for free although they are not known to be.
    """

    granularity: Granularity = "auto"
    groups: Groups = "merge"
    adds: Adds = "producer"
    split_large: bool = True
    input_shapes: Mapping[str, Shape] = field(default_factory=dict)
    pass_through: frozenset[str] = frozenset()


def parse_choice(option: str, text: str, choices: tuple[Word, ...]) -> Word:
    """Return the one of `choices` that `text` is; raises `InputError` if it is none of them."""
    for choice in choices:
        if text == choice:
            return choice
    raise InputError(f"one of {', '.join(choices)}", text, option)


def parse_input_shape(text: str) -> tuple[str, Shape]:
    """Return name and shape of ``NAME=1,3,224,224``; raises `InputError` if it is nothing of the kind."""
    name, _, extents = text.rpartition("=")
    words = [word.strip() for word in extents.split(",")]
    if not name or not all(word.isdecimal() and len(word) < 10 and int(word) for word in words):
        raise InputError("NAME=1,3,224,224", text)
    return name, tuple(map(int, words))


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

    Raises
    ------
    InputError
        If a kernel is out of range or has no legal shape, and may not or cannot be split.
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
    try:
        check_kernel(kernel)
        require_legal_shape(kernel, settings)
    except InputError as error:
        return error
    return None


def _pieces(channels: Channels, size: int) -> Iterator[Channels]:
    """Yield the fewest pieces of at most `size` channels, as equal as can be."""
    first, total = channels[0], channels[1] - channels[0]
    count = -(-total // size)
    for number in range(count):
        yield first + number * total // count, first + (number + 1) * total // count
