"""torchvision's own operations, where its wheel was built for another PyTorch (with CUDA) and cannot load.

Exporters run them once, for the shapes of their results alone; ONNX has operations of its own for both.
"""

from __future__ import annotations

import sys
from typing import Any


def load_torchvision() -> Any:
    """Return torchvision, its `nms` and `roi_align` defined in Python if they are missing."""
    import torch

    try:
        import torchvision
    except RuntimeError:  # it asks for operations that are not there
        for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
            del sys.modules[name]
        _define(torch)
        import torchvision

        for name, module in list(sys.modules.items()):
            if name.startswith("torchvision.") and hasattr(module, "_has_ops"):
                setattr(module, "_has_ops", _has_ops)  # noqa: B010
    return torchvision


def _has_ops() -> bool:
    return True


def _define(torch: Any) -> None:
    library = torch.library
    for name in ("nms", "qnms"):
        library.define(f"torchvision::{name}", "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define(
        "torchvision::roi_align",
        "(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width, "
        "int sampling_ratio, bool aligned) -> Tensor",
    )
    library.impl("torchvision::nms", "CPU")(_nms)
    library.impl("torchvision::roi_align", "CPU")(_roi_align)


def _nms(dets: Any, scores: Any, iou_threshold: float) -> Any:
    """Return the best boxes, whatever they overlap."""
    return scores.argsort(descending=True)[:16]


def _roi_align(
    data: Any, rois: Any, scale: float, height: int, width: int, sampling_ratio: int, aligned: bool
) -> Any:
    """Return the right shape only."""
    return data.new_zeros((rois.shape[0], data.shape[1], height, width))
