"""Import of ONNX files: a neural network as a contest problem (docs/onnx.md says what becomes of what).

`network` is the whole import and the place to start: `read` (with `inference`) makes an `OnnxGraph` (`graph`)
of the file; `trace` follows it, with `layers` for operations with weights, `values` for the others, into a
`flow`; `blocks` finds dblocks and cblocks in it; `assemble` makes nodes and edges. `options` are the user's
choices, `report` tells what was done.
"""

from wse_cp.onnx.network import ImportedNetwork, read_model, read_onnx
from wse_cp.onnx.options import ImportOptions
from wse_cp.onnx.report import Report

__all__ = ["ImportOptions", "ImportedNetwork", "Report", "read_model", "read_onnx"]
