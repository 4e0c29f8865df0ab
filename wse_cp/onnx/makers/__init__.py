"""Operations of other makers, and of newer opsets, in the standard operations they consist of."""

from wse_cp.onnx.makers.expansion import expand

__all__ = ["expand"]
