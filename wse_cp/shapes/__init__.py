"""All Pareto-minimal shapes of a kernel, and shape curves; the compiled loops live in `loops`.

Importing this package compiles nothing: the public names load on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wse_cp.shapes.curves import (
        curve_area,
        kernel_curve,
        least_area,
        least_time_by_area,
        restricted_curves,
        shape_curves,
        total_least_area,
    )
    from wse_cp.shapes.loops import NONE
    from wse_cp.shapes.options import Option, fit, options_in_box, pareto_shapes, timed_options

_HOMES = {
    "curves": (
        "curve_area",
        "kernel_curve",
        "least_area",
        "least_time_by_area",
        "restricted_curves",
        "shape_curves",
        "total_least_area",
    ),
    "loops": ("NONE",),
    "options": ("Option", "fit", "options_in_box", "pareto_shapes", "timed_options"),
}

__all__ = [
    "NONE",
    "Option",
    "curve_area",
    "fit",
    "kernel_curve",
    "least_area",
    "least_time_by_area",
    "options_in_box",
    "pareto_shapes",
    "restricted_curves",
    "shape_curves",
    "timed_options",
    "total_least_area",
]


def __getattr__(name: str) -> Any:
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"wse_cp.shapes.{module}"), name)
    raise AttributeError(name)
