"""Tables, pictures and report pages of instances, placements and results.

`terminal` is what the commands print, `notebook` what notebooks display, `frames` the tables for pandas and
CSV, `picture/` the drawing of a placement, `page/` the report page. The names offered here are those that the
value types ask for (`wse_cp.views`); they load on first use, so that importing this package imports neither
pandas nor matplotlib.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from wse_cp.report.frames import (
        history_frame,
        instance_frame,
        kernel_frame,
        placement_frame,
        run_frame,
        wire_frame,
    )
    from wse_cp.report.notebook import frame_html, instance_html, placement_html, result_html
    from wse_cp.report.picture.figure import placement_figure

__all__ = [
    "frame_html",
    "history_frame",
    "instance_frame",
    "instance_html",
    "kernel_frame",
    "placement_figure",
    "placement_frame",
    "placement_html",
    "result_html",
    "run_frame",
    "wire_frame",
]

__getattr__, _, _ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "frames": [
            "history_frame",
            "instance_frame",
            "kernel_frame",
            "placement_frame",
            "run_frame",
            "wire_frame",
        ],
        "notebook": ["frame_html", "instance_html", "placement_html", "result_html"],
        "picture.figure": ["placement_figure"],
    },
)
