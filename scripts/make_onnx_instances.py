"""Write the instance files of the real networks that the package onnx ships without weights."""

from __future__ import annotations

from pathlib import Path

from wse_cp.files.text import write_atomically
from wse_cp.onnx.network import shipped_kgraph, shipped_networks

INSTANCES = Path(__file__).resolve().parents[1] / "instances" / "onnx"


def main() -> None:
    """Write one file for each network."""
    INSTANCES.mkdir(exist_ok=True)
    for name, path in shipped_networks().items():
        write_atomically(INSTANCES / f"{name}.kgraph", shipped_kgraph(name, path))


if __name__ == "__main__":
    main()
