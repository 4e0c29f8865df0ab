"""Products of matrices (Gemm, MatMul, Einsum of two operands) as layers: 1 x 1 convolutions."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from wse_cp.kernels import Conv
from wse_cp.onnx.equations import parse_equation
from wse_cp.onnx.graph import OnnxGraph, Operation
from wse_cp.onnx.layer import Layer, divided, named_weights, operands, other_activations


@dataclass(frozen=True)
class _Product:
    """`stacks` products of rows x inner by inner x columns; the axes are those of data and result."""

    data: str
    weights: str
    stacks: int
    rows: int
    inner: int
    columns: int
    axes: tuple[int | None, int | None]


def gemm(operation: Operation, graph: OnnxGraph) -> tuple[Layer]:
    """Return Gemm; either factor may be transposed, and the weights may stand on the left."""
    left, right = operands(operation)
    turned = operation.integer("transA", 0) != 0, operation.integer("transB", 0) != 0
    rows, inner = graph.shapes[left][:: -1 if turned[0] else 1]
    columns = graph.shapes[right][0 if turned[1] else 1]
    if left in graph.constants:
        axes = (1 if turned[1] else 0, 0)
        product = _Product(right, left, 1, columns, inner, rows, axes)
    else:
        product = _Product(left, right, 1, rows, inner, columns, (0 if turned[0] else 1, 1))
    return (_layer(operation, graph, product),)


def matmul(operation: Operation, graph: OnnxGraph) -> tuple[Layer]:
    """Return a MatMul, of stacks of matrices too; with weights on the left each column is a position."""
    left, right = operands(operation)
    a, b = graph.shapes[left], graph.shapes[right]
    result = graph.shapes[operation.outputs[0]]
    inner, total, last = a[-1], prod(result), len(result) - 1
    if left in graph.constants:
        rows = a[-2] if len(a) > 1 else 1
        stacks = prod(a[:-2])
        plain = stacks == 1 and len(b) > 1 and len(a) > 1
        axes: tuple[int | None, int | None] = (len(b) - 2, last - 1) if plain else (None, None)
        product = _Product(right, left, stacks, total // (rows * stacks), inner, rows, axes)
    else:
        columns = b[-1] if len(b) > 1 else 1
        stacks = prod(b[:-2])
        axes = (len(a) - 1, last if len(b) > 1 else None)
        product = _Product(left, right, stacks, total // (columns * stacks), inner, columns, axes)
    return (_layer(operation, graph, product),)


def _of_experts(product: _Product, graph: OnnxGraph) -> _Product | None:
    """Return a product with the weights of experts of which one is gathered for each row, None if it is none.

    The rows are shared out evenly among all experts; None too if they cannot be.
    """
    for data, factor in ((product.data, product.weights), (product.weights, product.data)):
        chosen = _chosen_weights(factor, graph)
        if chosen and data not in graph.constants:
            experts, *matrix = graph.shapes[chosen]
            columns = prod(matrix) // product.inner
            rows, left = divmod(product.stacks * product.rows * product.columns, columns * experts)
            if columns * product.inner == prod(matrix) and not left:
                return _Product(data, chosen, experts, rows, product.inner, columns, (None, None))
    return None


def _chosen_weights(name: str, graph: OnnxGraph) -> str:
    """Return the weights, a matrix for each expert, of which a factor has some gathered; "" if it has not."""
    while (maker := graph.maker(name)) is not None and maker.type in _SAME_WEIGHTS:
        name = maker.inputs[0]
    if maker is None or not _picks_matrices(maker, graph):
        return ""
    stacked = maker.inputs[0]
    return stacked if stacked in graph.constants and len(graph.shapes.get(stacked, ())) == 3 else ""


def _picks_matrices(operation: Operation, graph: OnnxGraph) -> bool:
    """Whether an operation gathers along the first axis."""
    if operation.type == "Gather":
        return operation.integer("axis", 0) == 0
    index = graph.shapes.get(operation.inputs[1], ()) if operation.type == "GatherND" else ()
    return index[-1:] == (1,) and operation.integer("batch_dims", 0) == 0


#: Operations over which gathered weights are still the same.
_SAME_WEIGHTS = ("Transpose", "Reshape", "Cast", "Identity", "Unsqueeze", "Squeeze", "Flatten")
_CHOSEN = "weights of experts chosen by the run: one kernel of all experts, the rows shared out evenly"


def einsum(operation: Operation, graph: OnnxGraph) -> tuple[Layer]:
    """Return an Einsum of two operands: letters of both that stay are stacks, that vanish the inner sum."""
    names = operands(operation)
    if names[0] in graph.constants:
        names = names[1], names[0]
    shapes = [graph.shapes[name] for name in operation.inputs]
    equation = parse_equation(operation.attributes["equation"].decode(), shapes)
    data, weights = equation.operands if names == operands(operation) else equation.operands[::-1]
    size = equation.extents
    both, kept = set(data) & set(weights), set(equation.result)
    stacks = prod(size[letter] for letter in both & kept)
    inner = [letter for letter in size if letter not in kept]
    columns = [letter for letter in weights if letter in kept and letter not in both]
    rows = prod(size[letter] for letter in data if letter in kept and letter not in both)
    axes = (
        data.index(inner[0]) if len(inner) == 1 and inner[0] in data else None,
        equation.result.index(columns[0]) if len(columns) == 1 else None,
    )
    sums, columns_size = (prod(size[letter] for letter in letters) for letters in (inner, columns))
    product = _Product(*names, stacks, rows, sums, columns_size, axes)
    return (_layer(operation, graph, product),)


def _layer(operation: Operation, graph: OnnxGraph, product: _Product) -> Layer:
    of_experts = _of_experts(product, graph) if product.weights not in graph.constants else None
    product = of_experts or product
    share = graph.share(operation)
    stacks, rows = product.stacks, product.rows
    computed = product.weights in graph.batch.tensors
    if computed and stacks % share == 0:  # a matrix of its own for each input of the batch
        stacks //= share
    else:
        rows, share = divided(rows, share)
    others = other_activations(operation, graph, product.data)
    notes = []
    if stacks > 1:
        notes.append("product of stacks of matrices: one 1 x 1 kernel, a group of channels for each")
    if product.weights in others:
        notes.append("both factors are computed: the second takes the place of the weights")
    if of_experts:
        notes = [_CHOSEN]
    return Layer(
        conv=Conv(rows, 1, 1, 1, product.inner, product.columns * stacks, 1),
        groups=stacks,
        data=product.data,
        others=others,
        input_axis=product.axes[0] if stacks == 1 else None,
        output_axis=product.axes[1] if stacks == 1 else None,
        weights=named_weights(product.weights, graph),
        share=share,
        notes=tuple(notes),
    )
