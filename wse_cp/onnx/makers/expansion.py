"""Which operations are replaced by others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnx import NodeProto

    from wse_cp.onnx.inference import Inference


def expand(node: NodeProto, inference: Inference) -> list[NodeProto]:
    """Return nothing."""
    return []
