"""Options of an import: choices where an ONNX graph can be read in more than one way (docs/onnx.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar, get_args

from wse_cp.errors import InputError
from wse_cp.networks.network import Shape

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
        "producer": a sum is computed by one of the kernels that produce its operands, which receives the
        other operands; "consumer": each kernel that reads the sum receives all operands.
    split_large
        Split a kernel that fits no wafer under the memory limit into parts of its output channels.
    input_shapes
        Shapes of network inputs, by name, where the file leaves them open.
    pass_through
        Types of operations to treat as free (no kernel, their input passes through) that would otherwise be
        refused.
    """

    granularity: Granularity = "auto"
    groups: Groups = "merge"
    adds: Adds = "producer"
    split_large: bool = True
    input_shapes: Mapping[str, Shape] = field(default_factory=dict)
    pass_through: frozenset[str] = frozenset()


def parse_choice(option: str, text: str, choices: tuple[Word, ...]) -> Word:
    """Return `text` if it is one of `choices`; raises `InputError`, which names `option`, if it is none."""
    for choice in choices:
        if text == choice:
            return choice
    raise InputError(f"one of {', '.join(choices)}", text, option)


def parse_input_shape(text: str) -> tuple[str, Shape]:
    """Return name and shape of ``NAME=1,3,224,224``; raises `InputError` if `text` is not of that form."""
    name, _, extents = text.rpartition("=")
    words = [word.strip() for word in extents.split(",")]
    if not name or not all(word.isdecimal() and len(word) < 10 and int(word) for word in words):
        raise InputError("NAME=1,3,224,224", text)
    return name, tuple(map(int, words))
