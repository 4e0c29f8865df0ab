"""Operations with weights: as a convolution of the same multiplications, weights and outputs, and as kernels.

`layer_of` returns the convolution; `parts_of` the kernels it becomes: one, one for each group, or one for
each of several ranges of output channels where a single kernel would have no legal shape on the wafer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import prod

from wse_cp.errors import InputError
from wse_cp.instance import MAX_KERNELS, Settings, require_legal_shape
from wse_cp.kernels import Conv, check_kernel
from wse_cp.networks.network import Shape
from wse_cp.onnx.graph import KERNELS, OnnxGraph, Operation
from wse_cp.onnx.options import ImportOptions

#: A range of channels: first, one past the last.
Channels = tuple[int, int]


@dataclass(frozen=True)
class Layer:
    """An operation with weights.

    Parameters
    ----------
    conv
        The whole operation as one kernel; with `groups` > 1 its C is that of one group, its K that of all.
    groups
        Number of groups of channels; an output channel reads the input channels of its own group only.
    data
        The activation that is read channel by channel.
    others
        Other activations that it reads: weights or a bias computed by the network.
    input_axis, output_axis
        Where the channels stand in `data` and in the result; None if they are not one axis.
    notes
        What the convolution leaves out or reshapes, a line each.
    """

    conv: Conv
    groups: int
    data: str
    others: tuple[str, ...]
    input_axis: int | None
    output_axis: int | None
    notes: tuple[str, ...] = ()

    @property
    def is_depthwise(self) -> bool:
        """Whether each output channel reads one input channel only."""
        return self.groups > 1 and self.conv.C == 1


@dataclass(frozen=True)
class Part:
    """A kernel that computes some output channels of a layer, and the input channels it reads."""

    kernel: Conv
    reads: Channels
    writes: Channels


def layer_of(operation: Operation, graph: OnnxGraph) -> Layer:
    """Return an operation with weights as a layer.

    Raises `InputError` if its tensors do not have the shapes that the operation requires.
    """
    try:
        layer = _BUILDERS[operation.type](operation, graph)
    except (ValueError, LookupError, TypeError, ZeroDivisionError):  # tensors that ONNX does not allow here
        raise _misshapen(operation, graph) from None
    if min(vars(layer.conv).values()) < 1 or layer.groups < 1 or layer.conv.K % layer.groups:
        raise _misshapen(operation, graph)
    axis = layer.input_axis
    if axis is not None and graph.shapes[layer.data][axis] != layer.conv.C * layer.groups:
        raise _misshapen(operation, graph)
    return layer


def _misshapen(operation: Operation, graph: OnnxGraph) -> InputError:
    shapes = [" x ".join(map(str, graph.shapes[name])) for name in operation.inputs if name]
    return InputError(f"tensors of fitting shapes at {operation.title}", " and ".join(shapes))


def _operands(operation: Operation) -> tuple[str, str]:
    data, weights = KERNELS[operation.type]
    return operation.inputs[data], operation.inputs[weights]


def _others(operation: Operation, graph: OnnxGraph, data: str) -> tuple[str, ...]:
    return tuple(name for name in graph.activations(operation) if name != data)


def _convolution(operation: Operation, graph: OnnxGraph) -> Layer:
    data, weights = _operands(operation)
    K, C, *field = graph.shapes[weights]
    image = graph.shapes[operation.outputs[0]][2:]
    strides = operation.integers("strides") or (1,) * len(field)
    square = len(field) == 2 and len(set(strides)) == 1
    T = strides[0] if square else 1
    conv = _conv(tuple(T * extent for extent in image), field, C, K, T)
    notes = [*_folding(field), *_dilation(operation)]
    if not square and set(strides) != {1}:
        notes.append(f"strides {' x '.join(map(str, strides))}: stride 1 on the image that leaves")
    groups = operation.integer("group", 1)
    return Layer(conv, groups, data, _others(operation, graph, data), 1, 1, tuple(notes))


def _transposed_convolution(operation: Operation, graph: OnnxGraph) -> Layer:
    data, weights = _operands(operation)
    C, K, *field = graph.shapes[weights]
    groups = operation.integer("group", 1)
    conv = _conv(graph.shapes[data][2:], field, C // groups, K * groups, 1)
    notes = (*_folding(field), *_dilation(operation))
    return Layer(conv, groups, data, _others(operation, graph, data), 1, 1, notes)


def _conv(image: Shape, field: list[int], C: int, K: int, T: int) -> Conv:
    """Return a convolution in any number of dimensions, all but the last folded into the rows."""
    if len(field) == 1:
        return Conv(image[0], 1, field[0], 1, C, K, T)
    return Conv(prod(image[:-1]), image[-1], prod(field[:-1]), field[-1], C, K, T)


def _folding(field: list[int]) -> list[str]:
    dimensions = len(field)
    return [f"{dimensions}-D convolution: folded to rows and columns"] if dimensions != 2 else []


def _dilation(operation: Operation) -> list[str]:
    dilated = any(step > 1 for step in operation.integers("dilations"))
    return ["dilation: the same multiplications, its wider halo is not counted"] if dilated else []


def _gemm(operation: Operation, graph: OnnxGraph) -> Layer:
    left, right = _operands(operation)
    rows, inner = graph.shapes[left][:: -1 if operation.integer("transA", 0) else 1]
    columns = graph.shapes[right][0 if operation.integer("transB", 0) else 1]
    if left in graph.constants:  # the weights stand on the left: each column is a position
        return _dense(operation, graph, right, columns, inner, rows, 1, axes=(None, None))
    return _dense(operation, graph, left, rows, inner, columns, 1, axes=(1, 1))


def _matmul(operation: Operation, graph: OnnxGraph) -> Layer:
    left, right = _operands(operation)
    a, b = graph.shapes[left], graph.shapes[right]
    inner, total = a[-1], prod(graph.shapes[operation.outputs[0]])
    if left in graph.constants:
        rows = a[-2] if len(a) > 1 else 1
        return _dense(operation, graph, right, total // rows, inner, rows, 1, axes=(None, None))
    columns = b[-1] if len(b) > 1 else 1
    batch = graph.batch if right not in graph.constants else 1
    groups = max(1, prod(b[:-2]) // batch)
    last = len(graph.shapes[operation.outputs[0]]) - 1 if groups == 1 and len(b) > 1 else None
    axes = (len(a) - 1 if groups == 1 else None, last)
    return _dense(operation, graph, left, total // (columns * groups), inner, columns, groups, axes)


def _dense(
    operation: Operation,
    graph: OnnxGraph,
    data: str,
    positions: int,
    C: int,
    K: int,
    groups: int,
    axes: tuple[int | None, int | None],
) -> Layer:
    """Return a product of matrices as a 1 x 1 convolution; `positions` counts the rows of the whole batch."""
    others = _others(operation, graph, data)
    rows = positions // graph.batch if positions % graph.batch == 0 else positions
    notes = []
    if groups > 1:
        notes.append("product of stacks of matrices: one 1 x 1 kernel, a group of channels for each")
    if others and operation.inputs[KERNELS[operation.type][1]] in others:
        notes.append("both factors are computed: the second takes the place of the weights")
    return Layer(Conv(rows, 1, 1, 1, C, K * groups, 1), groups, data, others, *axes, tuple(notes))


_BUILDERS: dict[str, Callable[[Operation, OnnxGraph], Layer]] = {
    "Conv": _convolution,
    "ConvInteger": _convolution,
    "QLinearConv": _convolution,
    "ConvTranspose": _transposed_convolution,
    "Gemm": _gemm,
    "MatMul": _matmul,
    "MatMulInteger": _matmul,
    "QLinearMatMul": _matmul,
}


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
