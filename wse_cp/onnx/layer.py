"""An operation with weights as a convolution of the same multiplications, weights and outputs."""

from __future__ import annotations

from dataclasses import dataclass

from wse_cp.kernels import Conv, work
from wse_cp.networks.network import Shape
from wse_cp.onnx.graph import KERNELS, OnnxGraph, Operation


@dataclass(frozen=True)
class Layer:
    """An operation with weights, or a part of one (an input product, a recurrence).

    Parameters
    ----------
    conv
        The whole layer as one kernel; with `groups` > 1 its C is that of one group, its K that of all.
    groups
        Number of groups of channels; an output channel reads the input channels of its own group only.
    data
        The activation that is read channel by channel.
    others
        Other activations that it reads: weights or a bias computed by the network.
    input_axis, output_axis
        Where the channels stand in `data` and in the result; None if they are not one axis.
    weights
        Name of the weights, "" if they are computed by the network.
    share
        How many inputs of the network the operation works on at once; the convolution is for one.
    notes
        What the convolution leaves out or reshapes, a line each.
    label
        Which part of the operation it is, "" for all of it.
    follows
        Whether it reads the result of the layer before it, of the same operation, in place of `data`.
    """

    conv: Conv
    groups: int
    data: str
    others: tuple[str, ...]
    input_axis: int | None
    output_axis: int | None
    weights: str = ""
    share: int = 1
    notes: tuple[str, ...] = ()
    label: str = ""
    follows: bool = False

    @property
    def is_depthwise(self) -> bool:
        """Whether each output channel reads one input channel only."""
        return self.groups > 1 and self.conv.C == 1

    @property
    def multiplications(self) -> int:
        """Multiplications that the file does: for all the inputs that it works on at once."""
        return int(work(self.conv)) * self.share

    @property
    def weight_count(self) -> int:
        """Number of weights in the file, 0 if they are computed by the network."""
        conv = self.conv
        return conv.C * conv.K * conv.R * conv.S if self.weights else 0


def operands(operation: Operation) -> tuple[str, str]:
    """Return the names of an operation's data and weights."""
    data, weights = KERNELS[operation.type]
    return operation.inputs[data], operation.inputs[weights]


def other_activations(operation: Operation, graph: OnnxGraph, data: str) -> tuple[str, ...]:
    """Return the activations that an operation reads besides `data`."""
    return tuple(name for name in graph.activations(operation) if name != data)


def named_weights(name: str, graph: OnnxGraph) -> str:
    """Return the name of weights, "" if the network computes them."""
    return name if name in graph.constants else ""


def divided(count: int, share: int) -> tuple[int, int]:
    """Return `count` for one input of the batch, and the share: undivided and 1 if it does not divide."""
    return (count // share, share) if count % share == 0 else (count, 1)


def shapes_text(shapes: list[Shape]) -> str:
    """Return shapes as ``1 x 5 and 5 x 3``."""
    return " and ".join(" x ".join(map(str, shape)) for shape in shapes)
