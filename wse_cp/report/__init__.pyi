# Where each name stands: read by type checkers and by lazy_loader.

from .frames import (
    history_frame,
    instance_frame,
    kernel_frame,
    placement_frame,
    run_frame,
    wire_frame,
)
from .notebook import frame_html, instance_html, placement_html, result_html
from .picture.figure import placement_figure

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
