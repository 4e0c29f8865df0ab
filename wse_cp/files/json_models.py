"""Models of the JSON documents: the keys and types of each, from which the JSON Schemas are made.

A document says what it is (`format`) and by which edition of the format (`version`). The models check plain
JSON values one by one; what holds between them (unique names, no cycles, legal shapes) is checked by
`json_documents` and by the value types. `validated` turns pydantic's errors into `InputError`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wse_cp.files.json_text import Path, Place, parse_json
from wse_cp.files.rules import MAX_PLACED
from wse_cp.instance import (
    MAX_EDGES,
    MAX_EXTENT,
    MAX_EXTENTS,
    MAX_ID,
    MAX_KERNELS,
    SETTING_RANGES,
    Settings,
)
from wse_cp.integers import MAX_DIGITS
from wse_cp.kernels import MAX_ARGUMENT

INSTANCE = "wse-cp instance"
PLACEMENT = "wse-cp placement"
RESULT = "wse-cp result"
#: Edition of each format that is written; it and older ones are read.
VERSION = 1


class Model(BaseModel):
    """An object with exactly the keys it names."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


Formal = Annotated[int, Field(ge=1, le=MAX_ARGUMENT)]
Integer = Annotated[int, Field(gt=-(10**MAX_DIGITS), lt=10**MAX_DIGITS)]
Shape = Annotated[list[Annotated[int, Field(ge=1, le=MAX_EXTENT)]], Field(max_length=MAX_EXTENTS)]
Version = Annotated[int, Field(ge=1, le=VERSION)]


class ConvModel(Model):
    """A convolution: image H x W, receptive field R x S, channels C to K, stride T in both directions."""

    type: Literal["conv"]
    H: Formal
    W: Formal
    R: Formal
    S: Formal
    C: Formal
    K: Formal
    T: Formal


class BlockModel(Model):
    """A residual block on an image H x W with F channels: dblock, or cblock, which halves the image."""

    type: Literal["dblock", "cblock"]
    H: Formal
    W: Formal
    F: Formal


class TerminalModel(Model):
    """An input or output of the network with the extents of its tensor; it is not placed."""

    type: Literal["input", "output"]
    shape: Shape = []


KernelModel = Annotated[ConvModel | BlockModel, Field(discriminator="type")]


class NodeModel(Model):
    """A node of the network. Numbers and names occur once."""

    id: Annotated[int, Field(ge=0, le=MAX_ID)]
    name: str
    kernel: Annotated[ConvModel | BlockModel | TerminalModel, Field(discriminator="type")]


class EdgeModel(Model):
    """An edge between two nodes, by name; one that stands twice counts twice. The shape is a remark."""

    source: str
    target: str
    shape: Shape = []


def _setting(name: str, description: str) -> Any:
    low, high = SETTING_RANGES[name]
    return Field(default=getattr(Settings(), name), ge=low, le=high, description=description)


class SettingsModel(Model):
    """Wafer, weights of the cost, memory limit; what is left out keeps its default."""

    width: int = _setting("width", "of the wafer in tiles")
    height: int = _setting("height", "of the wafer in tiles")
    wdeltat: int = _setting("wdeltat", "weight of the largest time")
    wlength: int = _setting("wlength", "weight of the wire length")
    wadapter: int = _setting("wadapter", "weight of an adapter")
    memlimit: int = _setting("memlimit", "words per tile")


class InstanceDocument(Model):
    """A problem: a network of kernels without cycles, the wafer and the weights."""

    format: Literal["wse-cp instance"]
    version: Version
    label: str = ""
    settings: SettingsModel = SettingsModel()
    nodes: Annotated[list[NodeModel], Field(min_length=1, max_length=MAX_KERNELS)]
    edges: Annotated[list[EdgeModel], Field(max_length=MAX_EDGES)] = []


class PlacedModel(Model):
    """A kernel on the wafer: loop splits, lower left corner (tiles), rotation (half turns change nothing).

    `c` and `k` have one number for each convolution of the kernel.
    """

    name: str
    kernel: KernelModel
    h: Integer
    w: Integer
    c: list[Integer]
    k: list[Integer]
    x: Integer
    y: Integer
    rotation: Literal["R0", "R90", "R180", "R270"]


class PlacementDocument(Model):
    """Where the kernels of an instance stand and how their loops are split."""

    format: Literal["wse-cp placement"]
    version: Version
    kernels: Annotated[list[PlacedModel], Field(max_length=MAX_PLACED)]


M = TypeVar("M", bound=Model)


def read_document(text: str, source: str, *formats: str) -> tuple[dict[str, Any], str]:
    """Return the object in a JSON text and its format, which must be one of `formats`.

    Raises `InputError` if it is no JSON object, of another format, or of a version yet unknown.
    """
    data, place = parse_json(text, source), Place(text, source)
    if not isinstance(data, dict):
        raise place.error(f'a JSON object with "format": "{formats[0]}"', brief(data))
    found = data.get("format")
    if found not in formats:
        raise place.at("format").error(" or ".join(f'"{name}"' for name in formats), brief(found))
    return data, str(found)


def validated(model: type[M], value: Any, place: Place) -> M:
    """Return the value at a place of a document as a model.

    Raises `InputError`, with line and path, at the first thing that does not fit.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        expected, found, path = _complaint(first, value)
        raise place.at(*path).error(expected, found) from None


def _complaint(error: Any, value: Any) -> tuple[str, str, Path]:
    """Return what was expected, what was found, and where, for an error of pydantic's."""
    where = _real_path(error["loc"], value)
    if error["type"] == "missing":
        return f"the key {where[-1]}", "none", where[:-1]
    if error["type"] == "extra_forbidden":
        return "only known keys", str(where[-1]), where[:-1]
    if error["type"] == "less_than_equal" and where[-1] == "version":
        return f"a version of at most {VERSION} (later ones need a newer wse-cp)", str(error["input"]), where
    message = str(error["msg"]).removeprefix("Input should be ")
    if error["type"] == "union_tag_invalid":
        message = "a type of " + str(error["ctx"]["expected_tags"])
        return message, brief(error["ctx"]["tag"]), where
    if error["type"] == "union_tag_not_found":
        return "the key type", "none", where
    if error["type"] in ("model_type", "model_attributes_type"):
        message = "an object"
    return message[:1].lower() + message[1:], brief(error["input"]), where


def _real_path(location: tuple[str | int, ...], value: Any) -> Path:
    """Return pydantic's location without the tags of unions, which are no keys."""
    path: list[str | int] = []
    for i, step in enumerate(location):
        if isinstance(value, dict) and step not in value and i + 1 < len(location):
            continue
        path.append(step)
        value = _part(value, step)
    return path


def _part(value: Any, step: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(str(step))
    return value[step] if isinstance(value, list) and isinstance(step, int) else None


def brief(value: Any) -> str:
    """Return a JSON value in a few words, for errors."""
    if value is None:
        return "null or nothing"
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "an array"
    return f'"{value}"' if isinstance(value, str) else str(value).lower()
