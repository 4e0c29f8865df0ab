"""Loading: instances and placements from files, from the package, and from ONNX models in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from os import PathLike, fsdecode
from pathlib import Path
from typing import TYPE_CHECKING

from wse_cp.errors import InputError, located
from wse_cp.files.by_suffix import read_instance_file, read_placement_file
from wse_cp.instance import SETTING_RANGES, Instance, Settings, check_settings, require_legal_shapes
from wse_cp.placement import Placement
from wse_cp.score import violations

if TYPE_CHECKING:
    from wse_cp.onnx import ImportOptions
    from wse_cp.onnx.file import Model

FilePath = str | PathLike[str]

#: Before the letter of a contest case, or the name of a large one, where the name of a file could stand.
CONTEST, LARGE = "contest:", "large:"


def load(path: FilePath, settings: Mapping[str, int] | None = None) -> Instance:
    """Read an instance from a `.kgraph` or `.json` file; `contest:A` is the contest's case A.

    `large:transformer-384` is a large case, see `large`.

    Parameters
    ----------
    settings
        Numbers of the header (`width`, `height`, `wdeltat`, `wlength`, `wadapter`, `memlimit`) that overrule
        those of the file.

    Raises
    ------
    InputError
        If it cannot be read, or a kernel fits the wafer in no shape; says the line, what was expected and
        what was found.

    Examples
    --------
    >>> inst = wse.load("A.kgraph")
    """
    overrule = dict(settings or {})
    _checked_settings(overrule)
    if fsdecode(path).startswith((CONTEST, LARGE)):
        kind, _, name = fsdecode(path).partition(":")
        instance = contest(name) if kind == "contest" else large(name)
        instance = replace(instance, settings=replace(instance.settings, **overrule))
        with located(fsdecode(path)):
            require_legal_shapes(instance)
        return instance
    return read_instance_file(Path(fsdecode(path)), overrule)


def contest(case: str) -> Instance:
    """Return an instance of the ISPD 2020 contest by its letter, A to T.

    Raises
    ------
    InputError
        If there is no such case.

    Examples
    --------
    >>> inst = wse.contest("A")
    """
    from wse_cp.networks.contest import contest_instance

    return contest_instance(case)


def large(name: str) -> Instance:
    """Return a large instance of the package, 300 to 10,000 kernels, by its name (instances/large/README.md).

    Raises
    ------
    InputError
        If there is no such instance.

    Examples
    --------
    >>> inst = wse.large("transformer-384")
    """
    from wse_cp.networks.large import large_instance

    return large_instance(name)


def from_onnx(
    model: Model,
    settings: Mapping[str, int] | None = None,
    options: ImportOptions | None = None,
    test: str = "",
    merge: str | Sequence[str] = (),
) -> Instance:
    """Return the instance that an ONNX model in memory becomes, or the bytes of an ONNX file.

    Parameters
    ----------
    model
        The model, which is not changed, or the bytes of a file. Weights are not needed, only their shapes.
    settings
        Numbers of the header (`width`, `height`, `wdeltat`, `wlength`, `wadapter`, `memlimit`).
    options
        How to read the graph, `wse_cp.onnx.ImportOptions`; `wse_cp.onnx.read_model` gives the report too.
    test
        Label of the instance.
    merge
        Which kernels become one, such as ``["qkv"]``, besides those that `options` name.

    Raises
    ------
    InputError
        If it is no sound network, or something in it cannot be imported; one line that says what.

    Examples
    --------
    >>> inst = wse.from_onnx(onnx.load("net.onnx"), {"wlength": 10}, merge=["qkv"])
    """
    from wse_cp.onnx import ImportOptions, read_model

    options = options or ImportOptions()
    merge = [merge] if isinstance(merge, str) else merge
    options = replace(options, merge=(*options.merge, *merge))
    return read_model(model, _checked_settings(settings or {}), options, test).instance


def _checked_settings(overrule: Mapping[str, int]) -> Settings:
    """Return the default settings with some overruled; raises `InputError` if one is wrong."""
    for key in overrule.keys() - SETTING_RANGES:
        raise InputError("settings among " + ", ".join(SETTING_RANGES), key)
    chosen = replace(Settings(), **overrule)
    check_settings(chosen)
    return chosen


def load_placement(path: FilePath, instance: Instance) -> Placement:
    """Read a placement of an instance from a `.paint` or `.json` file; it may break rules (see `violations`).

    Raises
    ------
    InputError
        If it cannot be read, or it has not exactly the kernels of the instance.
    """
    return read_placement_file(Path(fsdecode(path)), instance)


def load_start(path: FilePath, instance: Instance) -> Placement:
    """Read a placement to start from; raises `InputError` if it is not legal."""
    placement = load_placement(path, instance)
    for violation in violations(instance, placement.values()):
        raise InputError("a legal placement to start from", violation.message, str(path))
    return placement
