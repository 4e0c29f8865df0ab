"""LSTM, GRU and RNN as layers: for each direction a product with the input and the recurrence after it.

The input product is done for all steps at once; the recurrence multiplies the state with its weights at each
step, with as many multiplications in all as a dense layer on all positions.
"""

from __future__ import annotations

from wse_cp.kernels import Conv
from wse_cp.onnx.graph import OnnxGraph, Operation
from wse_cp.onnx.layer import Layer, divided, named_weights, other_activations

_NOTE = "recurrence: an input product and a recurrent kernel for each direction; its steps are not overlapped"


def recurrence(operation: Operation, graph: OnnxGraph) -> tuple[Layer, ...]:
    """Return the layers of a recurrent operation, input product and recurrence by turns."""
    data, weights, recurrent = operation.inputs[:3]
    directions, outputs, inner = graph.shapes[weights]
    state = graph.shapes[recurrent][2]
    first, second, _ = graph.shapes[data]
    rows, share = divided(first * second, graph.share(operation))
    others = other_activations(operation, graph, data)
    layers = []
    for number in range(directions):
        way = "backward" if number or operation.attributes.get("direction") == b"reverse" else "forward"
        for label, channels, name, follows in (
            ("input", inner, weights, False),
            ("recurrence", state, recurrent, True),
        ):
            layers.append(
                Layer(
                    conv=Conv(rows, 1, 1, 1, channels, outputs, 1),
                    groups=1,
                    data=data,
                    others=others if follows else (),
                    input_axis=None if follows else 2,
                    output_axis=None,
                    weights=named_weights(name, graph) and f"{name}/{way}",
                    share=share,
                    notes=(_NOTE,) if not number and not follows else (),
                    label=f"{label}, {way}",
                    follows=follows,
                )
            )
    return tuple(layers)


def direction_axis(operation: Operation, rank: int) -> int:
    """Return the axis of a result of that rank along which the directions stand."""
    batch_first = operation.integer("layout", 0)
    if rank == 4:
        return 2 if batch_first else 1
    return 1 if batch_first else 0
