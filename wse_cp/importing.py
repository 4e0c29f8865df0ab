"""Networks from elsewhere as instances: ONNX files, model files (.toml), the contest's cases by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isqrt
from pathlib import Path
from typing import TypedDict

from wse_cp.errors import InputError, located
from wse_cp.files.kgraph import format_kgraph
from wse_cp.files.text import parse_integer
from wse_cp.files.writing import STANDARD, write_file
from wse_cp.instance import MAX_SIDE, SETTING_RANGES, Instance, Settings, require_legal_shapes
from wse_cp.kernels import Kernel, convs
from wse_cp.networks.model import read_model
from wse_cp.onnx import ImportOptions, read_onnx
from wse_cp.onnx.options import (
    ADDS,
    GRANULARITIES,
    GROUPS,
    NAMES,
    parse_batch,
    parse_choice,
    parse_dim,
    parse_expert_tokens,
    parse_input_shape,
)
from wse_cp.shapes.curves import total_least_area


@dataclass(frozen=True)
class Imported:
    """An instance made of a network, the text of its file, and what became of the network, line by line."""

    instance: Instance
    kgraph: str
    report: tuple[str, ...]

    def save(self, path: Path) -> None:
        """Write the instance file; raises `InputError` if that is not possible."""
        write_file(path, self.kgraph)


def import_file(network: Path, settings: Settings, options: ImportOptions) -> Imported:
    """Return the instance that a network's file becomes; the options are for ONNX files only.

    ``-`` is a model file on standard input.

    Raises `InputError` if the network or an option is wrong.
    """
    suffix = network.suffix.lower()
    if suffix == ".toml" or str(network) == STANDARD:
        return _import_model(network, settings, options)
    if suffix == ".onnx":
        found = read_onnx(network, settings, options)
        lines = (*found.report.lines(), _edges(found.instance), *_room(found.instance))
        return Imported(found.instance, found.to_kgraph(), lines)
    raise InputError("a network in a file .onnx or .toml", network.suffix or "no suffix", str(network))


def parse_settings(assignments: Sequence[str]) -> dict[str, int]:
    """Return the settings of ``KEY=VALUE`` words; raises `InputError` if a key or a value is wrong."""
    values: dict[str, int] = {}
    for assignment in assignments:
        key, _, value = assignment.partition("=")
        if key not in SETTING_RANGES or "=" not in assignment:
            keys = ", ".join(SETTING_RANGES)
            raise InputError(f"KEY=VALUE with a key of {keys}", assignment, "--set")
        if key in values:
            raise InputError(f"{key}= once", f"a second {assignment}", "--set")
        with located("--set"):
            values[key] = parse_integer(value, key, *SETTING_RANGES[key])
    return values


class ImportWords(TypedDict, total=False):
    """Options of an ONNX import as words, in the form that the command's options have."""

    granularity: str
    groups: str
    adds: str
    split_large: bool
    input_shapes: Sequence[str]
    pass_through: Sequence[str]
    dims: Sequence[str]
    batch: int | None
    batch_axes: Sequence[str]
    inputs: Sequence[str]
    outputs: Sequence[str]
    names: str
    merge: Sequence[str]
    expert_tokens: str | None


def parse_options(words: ImportWords) -> ImportOptions:
    """Return the options of an import; raises `InputError` if one is wrong."""
    usual = ImportOptions()
    return ImportOptions(
        granularity=parse_choice("--granularity", words.get("granularity", usual.granularity), GRANULARITIES),
        groups=parse_choice("--groups", words.get("groups", usual.groups), GROUPS),
        adds=parse_choice("--adds", words.get("adds", usual.adds), ADDS),
        split_large=words.get("split_large", usual.split_large),
        input_shapes=dict(map(parse_input_shape, words.get("input_shapes", ()))),
        pass_through=frozenset(words.get("pass_through", ())),
        dims=dict(map(parse_dim, words.get("dims", ()))),
        batch=parse_batch(words.get("batch"), words.get("batch_axes", ())),
        inputs=tuple(words.get("inputs", ())),
        outputs=tuple(words.get("outputs", ())),
        names=parse_choice("--names", words.get("names", usual.names), NAMES),
        merge=tuple(words.get("merge", ())),
        expert_tokens=parse_expert_tokens(words.get("expert_tokens")),
    )


def without_report(instance: Instance) -> Imported:
    """Return an instance of which there is nothing to say but its numbers of kernels and edges."""
    return Imported(
        instance, format_kgraph(instance), (f"{'kernels':<12}{len(instance.kernels)}", _edges(instance))
    )


def _import_model(network: Path, settings: Settings, options: ImportOptions) -> Imported:
    if options != ImportOptions():
        raise InputError("no options for ONNX networks with a model (.toml)", "some", str(network))
    with located(str(network)):
        label = "" if str(network) == STANDARD else network.stem
        instance = read_model(network).instance(settings, label)
        require_legal_shapes(instance)
    return without_report(instance)


def _room(instance: Instance) -> Iterator[str]:
    """Yield a line if the kernels do not fit the wafer together at any speed, with a wafer that has room.

    The exact areas are worked out only where a bound on them takes a quarter of the wafer.
    """
    settings = instance.settings
    tiles = settings.width * settings.height
    if 4 * sum(least_tiles(kernel, settings.memlimit) for kernel in instance.kernels.values()) <= tiles:
        return
    area = total_least_area(instance)
    if area > tiles:
        side = isqrt(area - 1) + 1
        advice = f"{side} x {side} has room (--set width={side} --set height={side})"
        if side > MAX_SIDE:
            advice = f"no wafer up to {MAX_SIDE} x {MAX_SIDE} has room"
        need = f"the kernels need {area:,} tiles at any speed, more than {settings.width} x {settings.height}"
        yield f"{'wafer':<12}{need}; {advice}"


def least_tiles(kernel: Kernel, memlimit: int) -> int:
    """Return a lower bound on the tiles that a kernel takes at any speed, 6 for each convolution at least.

    With a = h w, each tile holds C R S K / (c k) weights and X K / (a k) elements of the image, where
    X = (H + R - 1) (W + S - 1). So 3 k a (c + 1) tiles are at least 3 K / memlimit times
    (C R S / c + X / a) a (c + 1), which is at least C R S (1 + 1 / c) + X (1 + c), and so at least
    C R S + X + 2 sqrt(C R S X).
    """
    total = 0
    for conv in convs(kernel):
        weights, image = conv.C * conv.R * conv.S, (conv.H + conv.R - 1) * (conv.W + conv.S - 1)
        words = conv.K * (weights + image + 2 * isqrt(weights * image))
        total += max(6, -(-3 * words // memlimit))
    return total


def _edges(instance: Instance) -> str:
    return f"{'edges':<12}{sum(count for _, _, count in instance.kernel_edges)} counted"
