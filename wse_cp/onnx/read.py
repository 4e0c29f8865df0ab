"""Reading an ONNX file into an `OnnxGraph`: constants told from activations, shapes and batch found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wse_cp.errors import InputError, located
from wse_cp.networks.network import Shape
from wse_cp.onnx.batch import Batch, find_batch
from wse_cp.onnx.file import parse_model, prepared, read_bytes, require_onnx, without_weights
from wse_cp.onnx.graph import OnnxGraph, Operation, role
from wse_cp.onnx.inference import Inference
from wse_cp.onnx.inputs import Inputs, settle_inputs, stated_extents
from wse_cp.onnx.layouts import usual_batch_axis
from wse_cp.onnx.liveness import live_operations, needed_shapes, reaching, with_last_marked
from wse_cp.onnx.makers import expand
from wse_cp.onnx.modules import scope_of
from wse_cp.onnx.options import ImportOptions
from wse_cp.onnx.routing import Routing
from wse_cp.onnx.steps import tracked
from wse_cp.onnx.subgraphs import captured

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto, ValueInfoProto

    from wse_cp.onnx.file import Model

#: The largest version that ONNX's own functions take.
_MOST_VERSION = 2**31 - 1


def load_graph(path: str | Path, options: ImportOptions | None = None) -> OnnxGraph:
    """Return the graph in an ONNX file; weights stored in files beside it are not read.

    Raises `InputError` if the package onnx is missing, the file cannot be read or is no sound ONNX network,
    or a shape is not known.
    """
    data = read_bytes(path)
    with located(str(path)):
        return build_graph(parse_model(data), options or ImportOptions())


def graph_of(model: Model, options: ImportOptions) -> OnnxGraph:
    """Return the graph of a model in memory, or of the bytes of a file; the model is not changed.

    Raises `InputError` as `load_graph` does.
    """
    if isinstance(model, bytes):
        return build_graph(parse_model(model), options)
    require_onnx()
    return build_graph(prepared(without_weights(model)), options)


def build_graph(model: ModelProto, options: ImportOptions) -> OnnxGraph:
    """Return the graph of a model whose functions are inlined."""
    graph = model.graph
    for item in model.opset_import:
        if not 0 <= item.version <= _MOST_VERSION:
            raise InputError(f"a version of the operators from 0 to {_MOST_VERSION}", str(item.version))
    outputs = options.outputs or tuple(value.name for value in graph.output)
    inputs, inference = _inferred(model, outputs, options)
    operations = [_operation(node) for node in inference.nodes]
    names = (*inputs.shapes, *options.inputs)
    constants = _constants(operations, inference.constants, set(names))
    live = live_operations(operations, outputs, options.inputs)
    computed = with_last_marked([op for op in live if not constants.issuperset(filter(None, op.outputs))])
    shapes = inference.shapes()
    _check_shapes(computed, shapes, inference, options.pass_through)
    read = {name for op in computed for name in op.reads}.union(outputs)
    sources = tuple(name for name in names if not options.inputs or name in read)
    numbers = _integers(inference)
    batch = _batch(sources, shapes, inputs, computed, options, numbers)
    kept = {id(op) for op in live}
    return OnnxGraph(
        operations=tuple(computed),
        shapes=shapes,
        constants=frozenset(constants),
        numbers=numbers,
        inputs=sources,
        outputs=tuple(name for name in outputs if name not in constants),
        constant_operations=tuple(op for op in live if constants.issuperset(filter(None, op.outputs))),
        unused_operations=tuple(op for op in operations if id(op) not in kept),
        batch=batch,
        notes=(*inputs.notes, *_replacements(inference), *inference.routing.notes(inference.shape)),
    )


def _inferred(
    model: ModelProto, outputs: tuple[str, ...], options: ImportOptions
) -> tuple[Inputs, Inference]:
    """Return the inputs and the shapes of all tensors that can be known."""
    graph = model.graph
    _check_names(graph, outputs, options)
    given = dict(options.input_shapes)
    cut = [name for name in options.inputs if name in given]
    reached = reaching(graph.node, outputs, cut)
    values = [value for value in _inputs(graph) if value.name in reached or _is_known(value)]
    inputs = settle_inputs(values, {n: s for n, s in given.items() if n in _names(values)}, options.dims)
    nodes = [node for node in graph.node if not cut or reached.difference(cut).intersection(node.output)]
    inference = Inference(
        opsets={item.domain: item.version for item in model.opset_import},
        fixed={name: shape for name, shape in given.items() if name not in inputs.shapes},
        stated=_stated(graph, inputs) if inputs.as_stated else {},
        expand=expand,
        routing=Routing(nodes, options.expert_tokens),
    )
    for value in values:
        inference.add_tensor(value.name, value.type.tensor_type.elem_type, inputs.shapes[value.name])
    for name in cut:
        inference.add_tensor(name, 0, given[name])
    inference.add_constants(graph)
    inference.visit(tracked(nodes, "shapes of operations", options.progress))
    return inputs, inference


def _check_names(graph: GraphProto, outputs: Iterable[str], options: ImportOptions) -> None:
    """Raise `InputError` if an option names a tensor that the network does not have."""
    inner = {name for node in graph.node for name in node.output if name}
    inputs = _names(_inputs(graph))
    for name in options.input_shapes:
        if name not in inner and name not in inputs:
            raise InputError("an input of the network (" + ", ".join(inputs) + ")", name)
    for option, names in (("--outputs", options.outputs), ("--inputs", options.inputs)):
        for name in names:
            if name not in inner:
                raise InputError("a tensor that the network computes", name, option)
    known = {*inner, *inputs, *(tensor.name for tensor in graph.initializer)}
    for value in graph.output:
        if not options.outputs and value.name not in known:
            raise InputError("outputs that the network computes", value.name)


def _inputs(graph: GraphProto) -> list[ValueInfoProto]:
    """Return the network's inputs without the weights, which old files list among them."""
    known = {tensor.name for tensor in graph.initializer}
    return [value for value in graph.input if value.name not in known]


def _names(values: Iterable[ValueInfoProto]) -> list[str]:
    return [value.name for value in values]


def _is_known(value: ValueInfoProto) -> bool:
    extents = stated_extents(value)
    return extents is not None and all(isinstance(extent, int) for extent in extents)


def _stated(graph: GraphProto, inputs: Inputs) -> dict[str, Shape]:
    """Return the shapes that the file states for tensors within, as far as the inputs' axes tell them."""
    found: dict[str, Shape] = {}
    for value in (*graph.value_info, *graph.output):
        extents = stated_extents(value)
        if extents is None:
            continue
        known = [extent if isinstance(extent, int) else inputs.extents.get(extent) for extent in extents]
        shape = tuple(extent for extent in known if extent)
        if shape and len(shape) == len(known):
            found[value.name] = shape
    return found


def _operation(node: NodeProto) -> Operation:
    from onnx.helper import get_attribute_value

    name = node.name or next((output for output in node.output if output), "unnamed")
    # A default that belongs to a function's formal argument, or a reference to one, has no value of its own.
    own = (item for item in node.attribute if item.type and not item.ref_attr_name)
    attributes = {item.name: get_attribute_value(item) for item in own}
    return Operation(
        name,
        node.op_type,
        node.domain,
        tuple(node.input),
        tuple(node.output),
        attributes,
        captured(node),
        scope=scope_of(node),
    )


def _constants(operations: Sequence[Operation], found: Collection[str], inputs: Collection[str]) -> set[str]:
    """Return all tensors that do not depend on a network input; the shape of a tensor never does."""
    if not set(found).intersection(inputs):
        return set(found)
    made = {name for operation in operations for name in operation.outputs}
    constants = set(found).difference(inputs, made)
    for operation in operations:
        if operation.type in ("Shape", "Size") or constants.issuperset(operation.reads):
            constants.update(name for name in operation.outputs if name and name not in inputs)
    return constants


def _check_shapes(
    operations: Sequence[Operation],
    shapes: Mapping[str, Shape],
    inference: Inference,
    passed: frozenset[str],
) -> None:
    """Raise `InputError` if a shape that matters is not known; operations to be refused come first."""
    if any(role(operation, passed) == "refuse" for operation in operations):
        return
    for operation, name in needed_shapes(operations, passed):
        contradicts = name in operation.outputs and role(operation, passed) == "kernel"
        if name in inference.complaints and (contradicts or name not in shapes):
            raise InputError(f"a sound ONNX network at {operation.title}", inference.complaints[name])
        if name not in shapes:
            maker = _first_unknown(name, operations, shapes) or operation
            hint = inference.routing.hint(maker.result, inference.shape) or (
                f"{name} at {operation.title}; --outputs TENSOR imports what comes before, "
                f"--input-shape {name}=... states the shape"
            )
            raise InputError(
                f"shapes that are known before the network runs ({hint})", f"unknown after {maker.title}"
            )


def _first_unknown(
    name: str, operations: Sequence[Operation], shapes: Mapping[str, Shape]
) -> Operation | None:
    """Return the first operation whose result, of unknown shape, a tensor depends on."""
    before = live_operations(operations, [name], shapes)
    return next((op for op in before if any(n and n not in shapes for n in op.outputs)), None)


def _integers(inference: Inference) -> dict[str, tuple[int, ...]]:
    """Return the values of small integer constants, flattened."""
    values = ((name, value) for name, value in inference.values.items() if value.dtype.kind in "iu")
    return {name: tuple(map(int, value.ravel())) for name, value in values}


def _batch(
    names: Sequence[str],
    shapes: Mapping[str, Shape],
    inputs: Inputs,
    operations: Sequence[Operation],
    options: ImportOptions,
    numbers: Mapping[str, tuple[int, ...]],
) -> Batch:
    """Return the batch, with all tensors that depend on an input that has its axis."""
    known = {name: shapes[name] for name in names if name in shapes}
    named = {name: axis for name, axis in inputs.batch_axes.items() if name in known}
    size, axes, text = find_batch(
        known, named, options.batch, lambda name: usual_batch_axis(name, shapes, operations, numbers)
    )
    tensors = {name for name, axis in axes.items() if axis is not None}
    for operation in operations if size > 1 else ():
        if not tensors.isdisjoint(operation.reads):
            tensors.update(filter(None, operation.outputs))
    return Batch(size, frozenset(tensors), text)


def _replacements(inference: Inference) -> Iterable[str]:
    for what, names in inference.replaced.items():
        shown = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
        yield f"{what}: {len(names)} ({shown})"
