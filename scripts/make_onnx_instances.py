"""Write the instance files of real networks without weights: those that the package onnx ships, and ours."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from wse_cp.files.writing import write_file
from wse_cp.onnx.file import require_onnx
from wse_cp.onnx.network import read_onnx

INSTANCES = Path(__file__).resolve().parents[1] / "instances" / "onnx"

#: Networks that `python -m scripts.export_networks` wrote.
FILES = INSTANCES / "files"

#: Where the package onnx keeps networks without their weights, and how their file names begin.
_FOLDER = "backend/test/data/light"
_PREFIX = "light_"


def shipped_networks() -> dict[str, Path]:
    """Return the ONNX files of real networks in the package onnx, by name; {} if this version has none.

    Raises
    ------
    InputError
        If the package onnx is not installed.
    """
    require_onnx()
    folder = Path(str(files("onnx"))) / _FOLDER
    return {path.stem.removeprefix(_PREFIX): path for path in sorted(folder.glob(f"{_PREFIX}*.onnx"))}


def kept_networks() -> dict[str, Path]:
    """Return the ONNX files of networks that this project keeps, by name."""
    return {path.stem: path for path in sorted(FILES.glob("*.onnx"))}


def shipped_kgraph(name: str, path: Path) -> str:
    """Return the text of instances/onnx/<name>.kgraph: a network under the default options."""
    return replace(read_onnx(path), test=name).to_kgraph()


def main() -> None:
    """Write one file for each network."""
    INSTANCES.mkdir(exist_ok=True)
    for name, path in (shipped_networks() | kept_networks()).items():
        write_file(INSTANCES / f"{name}.kgraph", shipped_kgraph(name, path))


if __name__ == "__main__":
    main()
