"""Tracing an ONNX graph operation by operation: which kernels it needs and which tensors each reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wse_cp.errors import InputError
from wse_cp.instance import MAX_KERNELS, Settings
from wse_cp.networks.network import Shape
from wse_cp.onnx.cuts import slice_start
from wse_cp.onnx.flow import Arrival, Flow, Unit, arrivals, of_layer_before
from wse_cp.onnx.graph import OnnxGraph, Operation, role
from wse_cp.onnx.joiner import Joiner
from wse_cp.onnx.layer import Layer
from wse_cp.onnx.layers import layers_of
from wse_cp.onnx.modules import Modules
from wse_cp.onnx.options import ImportOptions
from wse_cp.onnx.parts import Part, parts_of
from wse_cp.onnx.recurrences import direction_axis
from wse_cp.onnx.refusals import refuse
from wse_cp.onnx.report import ReportBuilder
from wse_cp.onnx.steps import tracked
from wse_cp.onnx.values import (
    Segment,
    Value,
    concatenated,
    cut,
    element_wise,
    for_one_input,
    image_shape,
    overlapping,
    passed,
    reshaped,
    together,
    transposed,
)


def trace(graph: OnnxGraph, options: ImportOptions, settings: Settings, builder: ReportBuilder) -> Flow:
    """Return the kernels of a graph with the tensors they read; `builder` records what becomes of the rest.

    Raises `InputError` if operations are refused, there is no kernel, or a kernel has no legal shape.
    """
    refuse(graph, options)
    tracer = _Tracer(graph, options, settings, builder)
    for operation in tracked(graph.operations, "kernels of operations", options.progress):
        tracer.follow(operation)
    return tracer.flow()


class _Tracer:
    def __init__(
        self, graph: OnnxGraph, options: ImportOptions, settings: Settings, builder: ReportBuilder
    ) -> None:
        self._graph, self._options, self._settings, self._builder = graph, options, settings, builder
        self._modules = Modules(graph)
        self._units: dict[int, Unit] = {}
        self._joiner = Joiner(len(graph.inputs))
        self._values = {name: self._input(number) for number, name in enumerate(graph.inputs)}
        self._handlers = {
            "kernel": self._kernels,
            "join": self._join,
            "element": lambda op: element_wise(self._data(op), self._shape(op)),
            "concat": self._concat,
            "reshape": lambda op: reshaped(self._data(op), self._shape(op)),
            "transpose": self._transpose,
            "slice": self._slice,
            "pass": self._pass,
        }

    def follow(self, operation: Operation) -> None:
        """Record which kernels the results of an operation come from."""
        kind = role(operation, self._options.pass_through)
        if not all(map(self._known, (*operation.reads, *filter(None, operation.outputs)))):
            self._unknown(operation)
        elif kind == "split":
            self._split(operation)
        else:
            value = self._handlers[kind](operation)
            for name in filter(None, operation.outputs):
                self._set(name, value)
        several = len(self._graph.activations(operation)) > 1
        self._builder.operation(operation, "element" if kind == "join" and not several else kind)

    def _known(self, name: str) -> bool:
        return name in self._graph.constants or name in self._graph.shapes

    def _set(self, name: str, value: Value) -> None:
        shape = self._graph.shapes.get(name, value.shape)
        self._values[name] = value if shape == value.shape else together([value], shape)

    def _unknown(self, operation: Operation) -> None:
        """Pass on whatever an operation reads, its shape known only when the network runs."""
        values = self._all(operation)
        value = together(values, values[0].shape)
        for name in filter(None, operation.outputs):
            self._set(name, value)
        after = "no weights after it" if operation.is_last else "any of it may come from each kernel before"
        self._builder.note(f"shape known only when the network runs, {after}", operation.name)

    def flow(self) -> Flow:
        """Return the traced network."""
        if not self._units:
            raise InputError("at least one operation with weights (Conv, Gemm, MatMul, ...)", "none")
        graph, batch = self._graph, self._graph.batch
        ends = [(name, self._values[name]) for name in graph.outputs]
        shares = {number: batch.share([name]) for number, name in enumerate(graph.inputs)}
        shares.update((number, unit.of.share) for number, unit in self._units.items())
        return Flow(
            inputs=tuple(
                (name, for_one_input(_image(self._input(number)), shares[number]))
                for number, name in enumerate(graph.inputs)
            ),
            units=self._units,
            joins=tuple(self._joiner.joins),
            outputs=tuple(
                (name, for_one_input(_image(value), batch.share([name])), arrivals(value))
                for name, value in ends
            ),
            unformed=self._joiner.unformed,
            shares=shares,
        )

    def _input(self, number: int) -> Value:
        name = self._graph.inputs[number]
        shape = self._graph.shapes[name]
        self._joiner.feed(number, ())
        if not shape:
            return Value(shape, None, (Segment(number, name, name, 0, 1, True),))
        axis = 1 if len(shape) > 3 else len(shape) - 1
        return Value(shape, axis, (Segment(number, name, name, 0, shape[axis], True),))

    def _shape(self, operation: Operation) -> Shape:
        return self._graph.shapes[operation.result]

    def _data(self, operation: Operation) -> Value:
        return self._values[self._graph.activations(operation)[0]]

    def _all(self, operation: Operation) -> list[Value]:
        return [self._values[name] for name in self._graph.activations(operation)]

    def _kernels(self, operation: Operation) -> Value:
        """Enter the kernels of an operation; return its first result."""
        layers = layers_of(operation, self._graph)
        made: list[tuple[Segment, ...]] = []
        for layer in layers:
            made.append(self._layer(operation, layer, made[-1] if layer.follows else None))
        shape = self._shape(operation)
        if layers[-1].follows:
            return self._recurrent_value(operation, shape, made[1::2])
        axis = layers[0].output_axis
        segments = made[0]
        if axis is None:
            alone = len(segments) == 1
            segments = tuple(replace(s, low=0, high=1, direct=False, complete=alone) for s in segments)
        return Value(shape, axis, segments)

    def _recurrent_value(
        self, operation: Operation, shape: Shape, directions: Sequence[tuple[Segment, ...]]
    ) -> Value:
        """Return the result of recurrences: channel by channel of one, direction by direction of several."""
        axis = direction_axis(operation, len(shape)) if len(directions) > 1 else len(shape) - 1
        extent = shape[axis] // len(directions)
        segments = tuple(
            replace(s, low=n * extent, high=(n + 1) * extent, direct=False, complete=len(made) == 1)
            for n, made in enumerate(directions)
            for s in made
        )
        return Value(shape, axis, segments)

    def _layer(
        self, operation: Operation, layer: Layer, before: tuple[Segment, ...] | None
    ) -> tuple[Segment, ...]:
        """Enter the kernels of a layer; return the channels that each of them computes."""
        try:
            parts = parts_of(layer, self._options, self._settings)
        except InputError as error:
            hint = "" if self._options.split_large else " (--split-large splits it)"
            raise InputError(f"{error.expected} for {operation.title}{hint}", error.found) from None
        self._builder.layer(operation, layer, len(parts))
        if len(self._units) + len(parts) > MAX_KERNELS:
            raise InputError(f"at most {MAX_KERNELS} kernels", f"more, at {operation.title}")
        return tuple(self._unit(operation, layer, part, before) for part in parts)

    def _unit(
        self, operation: Operation, layer: Layer, part: Part, before: tuple[Segment, ...] | None
    ) -> Segment:
        number = len(self._graph.inputs) + len(self._units)
        found = self._read(operation, layer, part) if before is None else of_layer_before(layer, before)
        found += [arrival for name in layer.others for arrival in arrivals(self._values[name])]
        distinct = {arrival.key: arrival for arrival in reversed(found)}
        label = f" {layer.label}" if layer.label else ""
        result = operation.result + label
        title = f"{operation.name}{label} ({operation.type})"
        read = tuple(reversed(distinct.values()))
        unit = Unit(title, result, part.kernel, read, layer, self._modules.of(operation, layer))
        self._units[number] = unit
        self._joiner.feed(number, (arrival.source for arrival in unit.arrivals))
        return Segment(number, result, result, *part.writes, True)

    def _read(self, operation: Operation, layer: Layer, part: Part) -> list[Arrival]:
        if layer.data not in self._values:
            raise InputError(f"data of {operation.title} that depend on an input of the network", "constants")
        data = self._values[layer.data]
        channels = part.reads if data.axis == layer.input_axis else (0, data.channels)
        return list(arrivals(data, overlapping(data, *channels)))

    def _join(self, operation: Operation) -> Value:
        values = self._all(operation)
        if len(values) == 1:
            return element_wise(values[0], self._shape(operation))
        return self._joiner.join(operation, values, self._shape(operation))

    def _concat(self, operation: Operation) -> Value:
        shape = self._shape(operation)
        axis = operation.integer("axis", 1) % len(shape)
        if "" in operation.inputs:
            raise InputError(f"named inputs of {operation.title}", "one without a name")
        values = [self._values.get(name) or self._constant(name, axis) for name in operation.inputs]
        return concatenated(values, axis, shape)

    def _constant(self, name: str, axis: int) -> Value:
        return Value(self._graph.shapes[name], axis, ())

    def _transpose(self, operation: Operation) -> Value:
        shape = self._shape(operation)
        order = operation.integers("perm") or tuple(reversed(range(len(shape))))
        return transposed(self._data(operation), order, shape)

    def _pass(self, operation: Operation) -> Value:
        shape, values = self._shape(operation), self._all(operation)
        if len(values) > 1:
            return self._joiner.gather(operation, values, shape)
        return passed(values[0], shape, operation.result)

    def _split(self, operation: Operation) -> None:
        value = self._data(operation)
        axis = operation.integer("axis", 0) % len(value.shape)
        position = 0
        for name in filter(None, operation.outputs):
            shape = self._graph.shapes[name]
            end = position + shape[axis]
            self._values[name] = cut(value, axis, position, end, shape)
            position = end

    def _slice(self, operation: Operation) -> Value:
        value, shape = self._data(operation), self._shape(operation)
        low = None if value.axis is None else slice_start(operation, self._graph, value.shape, value.axis)
        if value.axis is None or low is None:
            return cut(value, -1, 0, 0, shape)
        return cut(value, value.axis, low, low + shape[value.axis], shape)


def _image(value: Value) -> Shape:
    return image_shape(
        value.shape, value.axis, value.shape[-1] if value.axis is None and value.shape else value.channels
    )
