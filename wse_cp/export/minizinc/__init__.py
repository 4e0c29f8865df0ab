"""The problem for MiniZinc: the model `placement.mzn`, and data files for it (docs/interchange.md).

`data` writes the files; `options` lists the shapes of each kernel that they offer.
"""

from __future__ import annotations

from importlib.resources import files

from wse_cp.export.minizinc.data import format_data

__all__ = ["format_data", "model_text"]


def model_text() -> str:
    """Return the model, which is the same for all instances."""
    return files(__name__).joinpath("placement.mzn").read_text(encoding="utf-8")
