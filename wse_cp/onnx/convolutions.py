"""Convolutions of any number of dimensions as layers."""

from __future__ import annotations

from math import prod

from wse_cp.kernels import Conv
from wse_cp.networks.network import Shape
from wse_cp.onnx.graph import OnnxGraph, Operation
from wse_cp.onnx.layer import Layer, divided, named_weights, operands, other_activations


def convolution(operation: Operation, graph: OnnxGraph) -> tuple[Layer]:
    """Return Conv, ConvInteger or QLinearConv; the image is the stride times the image that leaves."""
    data, weights = operands(operation)
    K, C, *field = graph.shapes[weights]
    count, _, *image = graph.shapes[operation.outputs[0]]
    strides = operation.integers("strides") or (1,) * len(field)
    square = len(field) == 2 and len(set(strides)) == 1
    T = strides[0] if square else 1
    notes = []
    if not square and set(strides) != {1}:
        notes.append(f"strides {' x '.join(map(str, strides))}: stride 1 on the image that leaves")
    conv = _conv(tuple(T * extent for extent in image), field, C, K, T)
    groups = operation.integer("group", 1)
    return (_layer(operation, graph, (data, weights), conv, groups, count, notes),)


def transposed_convolution(operation: Operation, graph: OnnxGraph) -> tuple[Layer]:
    """Return ConvTranspose: each pixel that enters is multiplied with the whole field."""
    data, weights = operands(operation)
    C, K, *field = graph.shapes[weights]
    count, _, *image = graph.shapes[data]
    groups = operation.integer("group", 1)
    conv = _conv(tuple(image), field, C // groups, K * groups, 1)
    return (_layer(operation, graph, (data, weights), conv, groups, count, []),)


def _layer(
    operation: Operation,
    graph: OnnxGraph,
    names: tuple[str, str],
    conv: Conv,
    groups: int,
    count: int,
    notes: list[str],
) -> Layer:
    """Return a convolution of `count` images as a layer; several of one input stand below one another."""
    data, weights = names
    images, share = divided(count, graph.share(operation))
    if images > 1:
        notes.append(f"{images} images of one input of the network: one below the other")
    dimensions = graph.shapes[weights][2:]
    return Layer(
        conv=Conv(images * conv.H, conv.W, conv.R, conv.S, conv.C, conv.K, conv.T),
        groups=groups,
        data=data,
        others=other_activations(operation, graph, data),
        input_axis=1,
        output_axis=1,
        weights=named_weights(weights, graph),
        share=share,
        notes=(*_folding(dimensions), *_dilation(operation), *notes),
    )


def _conv(image: Shape, field: list[int], C: int, K: int, T: int) -> Conv:
    """Return a convolution in any number of dimensions, all but the last folded into the rows."""
    if len(field) == 1:
        return Conv(image[0], 1, field[0], 1, C, K, T)
    return Conv(prod(image[:-1]), image[-1], prod(field[:-1]), field[-1], C, K, T)


def _folding(field: Shape) -> list[str]:
    dimensions = len(field)
    return [f"{dimensions}-D convolution: folded to rows and columns"] if dimensions != 2 else []


def _dilation(operation: Operation) -> list[str]:
    dilated = any(step > 1 for step in operation.integers("dilations"))
    return ["dilation: the same multiplications, its wider halo is not counted"] if dilated else []
