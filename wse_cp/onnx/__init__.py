"""Neural networks in ONNX files as contest problems: what becomes what is said in docs/onnx.md."""

from wse_cp.onnx.network import ImportedNetwork, read_onnx
from wse_cp.onnx.parts import ImportOptions
from wse_cp.onnx.report import Report

__all__ = ["ImportOptions", "ImportedNetwork", "Report", "read_onnx"]
