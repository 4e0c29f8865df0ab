"""Tracing an ONNX graph operation by operation: which kernels it needs and which tensors each reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from wse_cp.errors import InputError
from wse_cp.instance import MAX_KERNELS, Settings
from wse_cp.networks.network import Shape
from wse_cp.onnx.flow import Flow, Joiner, Unit, arrivals
from wse_cp.onnx.graph import OnnxGraph, Operation, role
from wse_cp.onnx.layers import Layer, Part, layer_of, parts_of
from wse_cp.onnx.options import ImportOptions
from wse_cp.onnx.report import ReportBuilder
from wse_cp.onnx.values import (
    Segment,
    Value,
    concatenated,
    cut,
    element_wise,
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
    _refuse(graph, options)
    tracer = _Tracer(graph, options, settings, builder)
    for operation in graph.operations:
        tracer.follow(operation)
    return tracer.flow()


def _refuse(graph: OnnxGraph, options: ImportOptions) -> None:
    unknown = options.pass_through - {operation.type for operation in graph.operations}
    if unknown:
        raise InputError("types of operations in the network to pass through", ", ".join(sorted(unknown)))
    refused = [op for op in graph.operations if role(op, options.pass_through) == "refuse"]
    if refused:
        types = sorted({op.type for op in refused})
        found = f"{', '.join(types)} ({len(refused)} in all, the first at {refused[0].name})"
        hint = " ".join(f"--pass-through {name}" for name in types)
        raise InputError(f"operations that kernels can stand for ({hint} takes them for free)", found)


class _Tracer:
    def __init__(
        self, graph: OnnxGraph, options: ImportOptions, settings: Settings, builder: ReportBuilder
    ) -> None:
        self._graph, self._options, self._settings, self._builder = graph, options, settings, builder
        self._units: dict[int, Unit] = {}
        self._joiner = Joiner(len(graph.inputs))
        self._values = {name: self._input(number) for number, name in enumerate(graph.inputs)}
        self._handlers = {
            "kernel": self._layer,
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
        if kind == "split":
            self._split(operation)
        else:
            value = self._handlers[kind](operation)
            for name in filter(None, operation.outputs):
                shape = self._graph.shapes.get(name, value.shape)
                self._values[name] = value if shape == value.shape else together([value], shape)
        several = len(self._graph.activations(operation)) > 1
        self._builder.operation(operation, "element" if kind == "join" and not several else kind)

    def flow(self) -> Flow:
        """Return the traced network."""
        if not self._units:
            raise InputError("at least one operation with weights (Conv, Gemm, MatMul, ...)", "none")
        ends = [(name, self._values[name]) for name in self._graph.outputs]
        return Flow(
            inputs=tuple((name, _image(self._input(i))) for i, name in enumerate(self._graph.inputs)),
            units=self._units,
            joins=tuple(self._joiner.joins),
            outputs=tuple((name, _image(value), arrivals(value)) for name, value in ends),
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

    def _layer(self, operation: Operation) -> Value:
        layer = layer_of(operation, self._graph)
        try:
            parts = parts_of(layer, self._options, self._settings)
        except InputError as error:
            hint = "" if self._options.split_large else " (--split-large splits it)"
            raise InputError(f"{error.expected} for {operation.title}{hint}", error.found) from None
        self._builder.layer(operation, layer, len(parts))
        if len(self._units) + len(parts) > MAX_KERNELS:
            raise InputError(f"at most {MAX_KERNELS} kernels", f"more, at {operation.title}")
        segments = [self._unit(operation, layer, part) for part in parts]
        shape, axis = self._shape(operation), layer.output_axis
        if axis is None:
            segments = [replace(s, low=0, high=1, direct=False) for s in segments]
        return Value(shape, axis, tuple(segments))

    def _unit(self, operation: Operation, layer: Layer, part: Part) -> Segment:
        number = len(self._graph.inputs) + len(self._units)
        data = self._values[layer.data]
        channels = part.reads if data.axis == layer.input_axis else (0, data.channels)
        found = list(arrivals(data, overlapping(data, *channels)))
        found += [arrival for name in layer.others for arrival in arrivals(self._values[name])]
        distinct = {arrival.key: arrival for arrival in reversed(found)}
        result = operation.result
        unit = Unit(operation.title, result, part.kernel, tuple(reversed(distinct.values())))
        self._units[number] = unit
        self._joiner.feed(number, (arrival.source for arrival in unit.arrivals))
        return Segment(number, result, result, *part.writes, True)

    def _join(self, operation: Operation) -> Value:
        values = self._all(operation)
        if len(values) == 1:
            return element_wise(values[0], self._shape(operation))
        return self._joiner.join(operation, values, self._shape(operation))

    def _concat(self, operation: Operation) -> Value:
        shape, values = self._shape(operation), self._all(operation)
        axis = operation.integer("axis", 1) % len(shape)
        if len(values) < len(operation.inputs):  # constants among them: positions would not add up
            return together(values, shape)
        return concatenated(values, axis, shape)

    def _transpose(self, operation: Operation) -> Value:
        shape = self._shape(operation)
        order = operation.integers("perm") or tuple(reversed(range(len(shape))))
        return transposed(self._data(operation), order, shape)

    def _pass(self, operation: Operation) -> Value:
        shape, values = self._shape(operation), self._all(operation)
        if len(values) > 1:
            return together(values, shape)
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
        for axis, low in self._slice_starts(operation, len(shape)):
            if axis == value.axis:
                return cut(value, axis, low, low + shape[axis], shape)
        return cut(value, -1, 0, 0, shape)

    def _slice_starts(self, operation: Operation, rank: int) -> Iterator[tuple[int, int]]:
        """Yield each axis that is cut in steps of 1, as far as known, and its first position."""
        starts, axes, steps = (self._slice_numbers(operation, key) for key in ("starts", "axes", "steps"))
        axes = axes or tuple(range(len(starts)))
        extents = self._data(operation).shape
        for axis, start, step in zip(axes, starts, steps or (1,) * len(starts), strict=False):
            if step == 1:
                extent = extents[axis % rank]
                yield axis % rank, min(max(start + extent if start < 0 else start, 0), extent)

    def _slice_numbers(self, operation: Operation, key: str) -> Sequence[int]:
        place = {"starts": 1, "axes": 3, "steps": 4}[key]
        if len(operation.inputs) > place and operation.inputs[place]:
            return self._graph.numbers.get(operation.inputs[place], ())
        return operation.integers(key)


def _image(value: Value) -> Shape:
    return image_shape(
        value.shape, value.axis, value.shape[-1] if value.axis is None and value.shape else value.channels
    )
