"""Which operations are replaced by standard ones, and by which."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wse_cp.onnx.graph import STANDARD_DOMAINS
from wse_cp.onnx.makers import attention, experts, fused, quantised
from wse_cp.onnx.makers.writer import UnknownShapeError, Writer

if TYPE_CHECKING:
    from onnx import NodeProto

    from wse_cp.onnx.inference import Inference

Rule = Callable[[Writer], None]

#: Operations of onnxruntime's domain, by their published schemas.
_RUNTIME: dict[str, Rule] = {
    "FusedConv": fused.fused_conv,
    "NhwcFusedConv": fused.nhwc_conv,
    "NhwcConv": fused.nhwc_conv,
    "FusedMatMul": fused.fused_matmul,
    "TransposeMatMul": fused.fused_matmul,
    "FusedGemm": fused.fused_gemm,
    "GemmFastGelu": fused.product_and_gelu,
    **dict.fromkeys(("BiasGelu", "FastGelu", "Gelu", "QuickGelu"), fused.bias_and_gelu),
    "BiasAdd": fused.sums,
    "BiasSoftmax": fused.bias_and_softmax,
    **dict.fromkeys(("SkipLayerNormalization", "SkipSimplifiedLayerNormalization"), fused.skip_norm),
    "EmbedLayerNormalization": fused.embedding_norm,
    **dict.fromkeys(("SimplifiedLayerNormalization", "GroupNorm"), fused.norm),
    "RotaryEmbedding": fused.same_shape,
    "Attention": attention.packed_attention,
    "MultiHeadAttention": attention.multi_head_attention,
    "GroupQueryAttention": attention.grouped_query_attention,
    "DynamicQuantizeMatMul": quantised.dynamic_matmul,
    "MatMulIntegerToFloat": quantised.integer_matmul,
    "QGemm": quantised.gemm,
    **dict.fromkeys(("QLinearAdd", "QLinearMul"), quantised.sum_or_product),
    **dict.fromkeys(
        (
            "QLinearSigmoid",
            "QLinearLeakyRelu",
            "QLinearSoftmax",
            "QLinearGlobalAveragePool",
            "QLinearAveragePool",
        ),
        quantised.one_operand,
    ),
    "QLinearConcat": quantised.concat,
    "MatMulNBits": quantised.few_bits,
    "DynamicQuantizeLSTM": quantised.lstm,
    "MoE": experts.mixture,
    "QMoE": experts.quantised_mixture,
}
_RULES: dict[str, dict[str, Rule]] = {
    "": {"Attention": attention.standard_attention, "SimplifiedLayerNormalization": fused.norm},
    "com.microsoft": _RUNTIME,
}


def expand(node: NodeProto, inference: Inference) -> list[NodeProto]:
    """Return the standard nodes that a node stands for, [] if it stays as it is or a shape is not known."""
    domain = "" if node.domain in STANDARD_DOMAINS else node.domain
    rule = _RULES.get(domain, {}).get(node.op_type)
    if rule is None:
        return []
    writer = Writer(node, inference)
    try:
        rule(writer)
    except (UnknownShapeError, ValueError, LookupError, ZeroDivisionError):  # not as its schema has it
        return []
    title = f"{node.domain or 'ai.onnx'}.{node.op_type} read as standard operations"
    inference.replaced.setdefault(title, []).append(node.name or node.output[0])
    for made in writer.nodes:
        made.metadata_props.extend(node.metadata_props)
    return writer.nodes
