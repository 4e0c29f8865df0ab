"""The real networks that the package onnx brings along for its own tests, without weights."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from wse_cp.onnx.network import read_onnx
from wse_cp.onnx.read import require_onnx

_FOLDER = "backend/test/data/light"
_PREFIX = "light_"


def shipped_networks() -> dict[str, Path]:
    """Return the files by the names of their networks, sorted; none if this onnx does not have them.

    Raises
    ------
    InputError
        If the package onnx is not installed.
    """
    require_onnx()
    folder = Path(str(files("onnx"))) / _FOLDER
    return {path.stem.removeprefix(_PREFIX): path for path in sorted(folder.glob(f"{_PREFIX}*.onnx"))}


def shipped_kgraph(name: str, path: Path) -> str:
    """Return the instance file kept for such a network: all settings and options at their defaults."""
    return replace(read_onnx(path), test=name).to_kgraph()
