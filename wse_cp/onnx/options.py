"""Options of an import: choices where an ONNX graph can be read in more than one way (docs/onnx.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar, get_args

from wse_cp.errors import InputError
from wse_cp.networks.network import Shape
from wse_cp.onnx.batch import BatchChoice
from wse_cp.onnx.steps import Progress, silent

Granularity = Literal["auto", "block", "conv"]
Groups = Literal["merge", "split"]
Adds = Literal["producer", "consumer"]
Names = Literal["numbers", "modules"]
GRANULARITIES: tuple[Granularity, ...] = get_args(Granularity)
GROUPS: tuple[Groups, ...] = get_args(Groups)
ADDS: tuple[Adds, ...] = get_args(Adds)
NAMES: tuple[Names, ...] = get_args(Names)

#: Tokens of each expert: see `ImportOptions`.
ExpertTokens = Literal["even", "all"] | int | None

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
        Shapes of network inputs, by name, where the file leaves them open; also of tensors within the network
        whose shape is known only when it runs.
    dims
        Extents of named axes of the inputs.
    batch
        What the user says of the batch.
    inputs, outputs
        Tensors at which the network is cut: those before `inputs` and after `outputs` are left out. None
        for all that the file has.
    pass_through
        Types of operations to treat as free (no kernel, their input passes through) that would otherwise be
        refused.
    names
        "numbers": kernels are called k1, k2, ...; "modules": after the modules they come from.
    merge
        Which kernels become one: "qkv", "gate-up", "experts", "heads", or patterns of modules such as
        ``layer.*.{query,key,value}``, in this order (docs/onnx.md).
    expert_tokens
        Tokens that each expert of a mixture gets where the file leaves it to the run: "even" shares, "all"
        of them, or a number; None refuses such a network.
    progress
        Called with a step's name, how many of the file's operations are done, and of how many.
    """

    granularity: Granularity = "auto"
    groups: Groups = "merge"
    adds: Adds = "producer"
    split_large: bool = True
    input_shapes: Mapping[str, Shape] = field(default_factory=dict)
    dims: Mapping[str, int] = field(default_factory=dict)
    batch: BatchChoice = field(default_factory=BatchChoice)
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    pass_through: frozenset[str] = frozenset()
    names: Names = "numbers"
    merge: tuple[str, ...] = ()
    expert_tokens: ExpertTokens = None
    progress: Progress = field(default=silent, compare=False, repr=False)


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
    if not name or not all(map(_is_extent, words)):
        raise InputError("NAME=1,3,224,224", text)
    return name, tuple(map(int, words))


def parse_dim(text: str) -> tuple[str, int]:
    """Return name and extent of ``seq=128``; raises `InputError` if `text` is not of that form."""
    name, _, extent = text.rpartition("=")
    if not name or not _is_extent(extent):
        raise InputError("NAME=128", text, "--dim")
    return name, int(extent)


def parse_expert_tokens(text: str | None) -> ExpertTokens:
    """Return what ``--expert-tokens`` says: even, all or a number; raises `InputError` if it is none."""
    if text is None or text in ("even", "all"):
        return text  # type: ignore[return-value]
    if not _is_extent(text):
        raise InputError("even, all or a number of tokens", text, "--expert-tokens")
    return int(text)


def parse_batch(size: int | None, axes: Iterable[str]) -> BatchChoice:
    """Return what ``--batch`` and ``--batch-axis`` say; an axis is ``1``, ``NAME=1`` or ``NAME=none``.

    Raises `InputError` if one of them is not of that form.
    """
    if size is not None and size < 1:
        raise InputError("a batch of at least 1", str(size), "--batch")
    by_name: dict[str, int | None] = {}
    for_all: int | None = None
    for text in axes:
        name, equals, axis = text.rpartition("=")
        if not (axis.isdecimal() and len(axis) < 3) and not (equals and axis == "none"):
            raise InputError("AXIS, NAME=AXIS or NAME=none, axes counted from 0", text, "--batch-axis")
        if equals:
            by_name[name] = None if axis == "none" else int(axis)
        else:
            for_all = int(axis)
    return BatchChoice(size, for_all, by_name)


def _is_extent(word: str) -> bool:
    return word.isdecimal() and len(word) < 10 and int(word) > 0
