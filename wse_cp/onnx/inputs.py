"""Shapes of a network's inputs: as the file states them, completed by the user's options."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wse_cp.errors import InputError
from wse_cp.networks.network import Shape

if TYPE_CHECKING:
    from onnx import ValueInfoProto

#: An extent as a file states it: a number, a name, or "?" for neither.
Extent = int | str

#: Names of axes that count the inputs of a batch.
_BATCH_NAME = re.compile(r"n|bs?|bsz|.*batch.*", re.IGNORECASE)
#: Names that exporters give to open axes which have none; the first axis of an input is its batch then.
_NO_NAME = re.compile(r"\?|unk__\d+")
#: Inputs that an error names one by one.
_MOST_SHOWN = 6


@dataclass(frozen=True)
class Inputs:
    """The inputs of a network, their shapes known.

    Parameters
    ----------
    shapes
        Shape of each input.
    batch_axes
        The axis of an input that the file names like a batch, where there is one.
    extents
        What the named axes of the file are, as far as the inputs tell.
    as_stated
        Whether no input has another shape than the file allows, so that the file's other shapes hold.
    notes
        Decisions, a line each.
    """

    shapes: Mapping[str, Shape]
    batch_axes: Mapping[str, int]
    extents: Mapping[str, int]
    as_stated: bool
    notes: tuple[str, ...]


def stated_extents(value: ValueInfoProto) -> list[Extent] | None:
    """Return the extents that a file states for a tensor, None if it states no shape."""
    kind = value.type.tensor_type
    if not kind.HasField("shape"):
        return None
    return [dim.dim_value or dim.dim_param or "?" for dim in kind.shape.dim]


def is_batch_name(extent: Extent) -> bool:
    """Whether an open axis is named like a batch."""
    return isinstance(extent, str) and bool(_BATCH_NAME.fullmatch(extent))


def settle_inputs(
    values: Iterable[ValueInfoProto], given: Mapping[str, Shape], dims: Mapping[str, int]
) -> Inputs:
    """Return the shapes of the inputs; `given` shapes come first, then `dims`, then 1 for an open batch size.

    Raises `InputError`, which names all inputs that stay open and options that would settle them.
    """
    values = list(values)
    for value in values:
        if value.type.WhichOneof("value") not in (None, "tensor_type"):
            raise InputError("tensors as inputs of the network", f"{value.name}, which is none")
    stated = {value.name: stated_extents(value) for value in values}
    _check_dims(stated, dims)
    axes = {name: axis for name, extents in stated.items() for axis in _batch_axis(extents)}
    shapes: dict[str, Shape] = {}
    open_inputs: dict[str, list[Extent] | None] = {}
    for name, extents in stated.items():
        if name in given:
            shapes[name] = given[name]
            continue
        settled = None if extents is None else [_settled(extent, dims) for extent in extents]
        if settled is not None and all(isinstance(extent, int) and extent > 0 for extent in settled):
            shapes[name] = tuple(map(int, settled))
        else:
            open_inputs[name] = settled if settled is None else list(extents or ())
    if open_inputs:
        raise _open(open_inputs)
    return Inputs(
        shapes=shapes,
        batch_axes={name: axis for name, axis in axes.items() if axis < len(shapes[name])},
        extents=_extents(stated, shapes, dims),
        as_stated=all(_allows(stated[name], shape) for name, shape in shapes.items()),
        notes=tuple(_notes(stated, shapes, given, dims)),
    )


def _check_dims(stated: Mapping[str, list[Extent] | None], dims: Mapping[str, int]) -> None:
    known = {extent for extents in stated.values() for extent in extents or () if isinstance(extent, str)}
    for name in dims:
        if name not in known:
            listed = ", ".join(sorted(known - {"?"})) or "none"
            raise InputError(f"a named dimension of the inputs ({listed})", name, "--dim")


def _settled(extent: Extent, dims: Mapping[str, int]) -> Extent:
    if isinstance(extent, int):
        return extent
    return dims.get(extent, 1 if is_batch_name(extent) else extent)


def _batch_axis(extents: list[Extent] | None) -> list[int]:
    return [axis for axis, extent in enumerate(extents or ()) if is_batch_name(extent)][:1]


def _extents(
    stated: Mapping[str, list[Extent] | None], shapes: Mapping[str, Shape], dims: Mapping[str, int]
) -> dict[str, int]:
    """Return the value of each named axis; one that stands for several values is left out."""
    found: dict[str, set[int]] = {name: {value} for name, value in dims.items()}
    for name, shape in shapes.items():
        for extent, value in zip(stated[name] or (), shape, strict=False):
            if isinstance(extent, str) and extent != "?":
                found.setdefault(extent, set()).add(value)
    return {name: min(values) for name, values in found.items() if len(values) == 1}


def _allows(extents: list[Extent] | None, shape: Shape) -> bool:
    if extents is None:
        return True
    same_rank = len(extents) == len(shape)
    return same_rank and all(
        isinstance(e, str) or e == value for e, value in zip(extents, shape, strict=True)
    )


def _notes(
    stated: Mapping[str, list[Extent] | None],
    shapes: Mapping[str, Shape],
    given: Mapping[str, Shape],
    dims: Mapping[str, int],
) -> Iterable[str]:
    names: dict[str, list[str]] = {}
    for name, shape in shapes.items():
        if name in given:
            yield f"input {name} has the shape {shape_text(shape)} asked for"
            continue
        for extent in stated[name] or ():
            if is_batch_name(extent) and extent not in dims:
                names.setdefault(str(extent), []).append(name)
    for extent, inputs in names.items():
        where = f"input {inputs[0]}" if len(inputs) == 1 else f"{len(inputs)} inputs ({inputs[0]}, ...)"
        yield f"the open batch size {extent} of {where} is 1"


def _open(inputs: Mapping[str, list[Extent] | None]) -> InputError:
    """Return the error that names the open inputs, with options that settle all of them."""
    shown = [f"{name}={','.join(map(str, _suggested(extents)))}" for name, extents in inputs.items()]
    hint = " ".join(f"--input-shape {word}" for word in shown[:_MOST_SHOWN])
    more = f" and {len(shown) - _MOST_SHOWN} more" if len(shown) > _MOST_SHOWN else ""
    names = [e for extents in inputs.values() for e in extents or ("?",) if isinstance(e, str)]
    open_names = {name: None for name in names if not is_batch_name(name)}
    by_name = ""
    if "?" not in open_names and open_names:
        sizes = {name: size for extents in inputs.values() for name, size in _likely_sizes(extents or [])}
        by_name = " ".join(f"--dim {name}={sizes[name]}" for name in open_names) + " or "
    subject = f"input {next(iter(inputs))}" if len(inputs) == 1 else f"{len(inputs)} inputs"
    return InputError(f"a shape for {subject} ({by_name}{hint}{more})", _found(inputs))


def _found(inputs: Mapping[str, list[Extent] | None]) -> str:
    texts = {name: shape_text(extents) if extents else "none" for name, extents in inputs.items()}
    if len(texts) == 1:
        return next(iter(texts.values()))
    by_text: dict[str, list[str]] = {}
    for name, text in texts.items():
        by_text.setdefault(text, []).append(name)
    return "; ".join(f"{text} ({_some(names)})" for text, names in by_text.items())


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"


def _likely_sizes(extents: Sequence[Extent]) -> list[tuple[Extent, int]]:
    """Return each extent of an input with one to try: 1 for a batch, 224 in images and 128 in sequences."""
    size = 224 if len(extents) >= 4 else 128
    return [
        (e, 1 if is_batch_name(e) or _is_first_without_name(e, n) else size) for n, e in enumerate(extents)
    ]


def _is_first_without_name(extent: Extent, axis: int) -> bool:
    return axis == 0 and isinstance(extent, str) and bool(_NO_NAME.fullmatch(extent))


def _suggested(extents: list[Extent] | None) -> Sequence[Extent]:
    """Return extents to try, those that are known among them."""
    if extents is None:
        return (1, 3, 224, 224)
    known = [e if isinstance(e, int) and e > 0 else likely for e, likely in _likely_sizes(extents)]
    if len(extents) == 4 and extents[1] == "?":
        known[1] = 3
    return known


def shape_text(extents: Sequence[Extent]) -> str:
    """Return extents as ``1 x 3 x 224 x 224``."""
    return " x ".join(map(str, extents))
