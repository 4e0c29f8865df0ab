"""Networks that read and write text, mixtures of experts among them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from scripts.exporting.recipe import Made, Recipe
from scripts.exporting.torchvision_ops import load_torchvision

#: Positions of an example.
TOKENS = 128


def _ids(tokens: int = TOKENS) -> Any:
    import torch

    return torch.ones(1, tokens, dtype=torch.int64)


def _built(model: str, config: str, **changes: Any) -> Any:
    """Return a model of transformers with random weights."""
    load_torchvision()
    import transformers

    # Attention as matrix products; a mixture's experts one by one, each with the tokens sent to it.
    settings = getattr(transformers, config)(**changes)
    settings._attn_implementation = "eager"
    settings._experts_implementation = "batched_mm"
    return getattr(transformers, model)(settings)


def encoder(model: str, config: str, **changes: Any) -> Made:
    """Return an encoder that reads tokens and a mask."""
    module = _built(model, config, **changes)
    return Made(module, (), {"input_ids": _ids(), "attention_mask": _ids()})


def decoder(model: str, config: str, **changes: Any) -> Made:
    """Return a decoder that reads tokens, without a cache."""
    return Made(_built(model, config, use_cache=False, **changes), (), {"input_ids": _ids()})


def gpt2_with_cache(past: int = 127) -> Made:
    """Return GPT-2 for one token more, with the keys and values of those before it."""
    import torch
    from transformers import DynamicCache

    class Step(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = _built("GPT2LMHeadModel", "GPT2Config")

        def forward(self, token: Any, *cached: Any) -> Any:
            pairs = list(zip(cached[::2], cached[1::2], strict=True))
            result = self.model(token, past_key_values=DynamicCache(pairs), use_cache=True)
            layers = result.past_key_values.layers
            return result.logits, *(x for layer in layers for x in (layer.keys, layer.values))

    cached = [torch.zeros(1, 12, past, 64) for _ in range(24)]
    return Made(Step(), (_ids(1), *cached))


def both_sides(model: str, config: str, **changes: Any) -> Made:
    """Return an encoder and a decoder."""
    module = _built(model, config, use_cache=False, **changes)
    return Made(module, (), {"input_ids": _ids(), "attention_mask": _ids(), "decoder_input_ids": _ids(32)})


def _small(make: Callable[..., Made], model: str, config: str, **changes: Any) -> Recipe:
    return Recipe(partial(make, model, config, **changes))


_NAMES = ("input_ids", "attention_mask")
_OPEN = {name: {0: "batch", 1: "seq"} for name in _NAMES}
_BERT = partial(encoder, "BertModel", "BertConfig")
_HALF_LLAMA = {"hidden_size": 1024, "intermediate_size": 2816, "num_hidden_layers": 8, "vocab_size": 8000}
_GROUPED = {**_HALF_LLAMA, "num_attention_heads": 16, "num_key_value_heads": 4}
_EXPERTS = {**_GROUPED, "num_hidden_layers": 4, "num_local_experts": 8, "num_experts_per_tok": 2}

RECIPES: dict[str, Recipe] = {
    "bert_base": Recipe(_BERT),
    "bert_base_open": Recipe(_BERT, "torchscript", _NAMES, _OPEN, ("--dim", f"seq={TOKENS}"), opset=17),
    "bert_base_quantised": Recipe(_BERT, "torchscript", _NAMES, then="quantise", opset=17),
    "bert_base_optimised": Recipe(_BERT, "torchscript", _NAMES, then="optimise", opset=17),
    "distilbert": _small(encoder, "DistilBertModel", "DistilBertConfig"),
    "albert": _small(encoder, "AlbertModel", "AlbertConfig", hidden_size=768, num_attention_heads=12),
    "deberta_v2": _small(
        encoder,
        "DebertaV2Model",
        "DebertaV2Config",
        hidden_size=384,
        num_hidden_layers=6,
        num_attention_heads=6,
        intermediate_size=1536,
        relative_attention=True,
        pos_att_type=["p2c", "c2p"],
        vocab_size=8000,
    ),
    "gpt2": _small(decoder, "GPT2LMHeadModel", "GPT2Config"),
    "gpt2_with_cache": Recipe(gpt2_with_cache, "torchscript", opset=17),
    "llama_grouped": _small(decoder, "LlamaForCausalLM", "LlamaConfig", **_GROUPED),
    "qwen3": _small(decoder, "Qwen3ForCausalLM", "Qwen3Config", head_dim=64, **_GROUPED),
    "gemma2": _small(decoder, "Gemma2ForCausalLM", "Gemma2Config", head_dim=64, **_GROUPED),
    "mixtral": _small(decoder, "MixtralForCausalLM", "MixtralConfig", **_EXPERTS),
    "t5_small": _small(both_sides, "T5Model", "T5Config", decoder_start_token_id=0),
    "bart_base": _small(
        both_sides,
        "BartModel",
        "BartConfig",
        d_model=768,
        encoder_layers=6,
        decoder_layers=6,
        encoder_ffn_dim=3072,
        decoder_ffn_dim=3072,
        encoder_attention_heads=12,
        decoder_attention_heads=12,
    ),
    "switch": Recipe(
        partial(
            both_sides,
            "SwitchTransformersModel",
            "SwitchTransformersConfig",
            num_layers=4,
            num_decoder_layers=4,
            num_experts=4,
            d_model=512,
            d_ff=1024,
            decoder_start_token_id=0,
        ),
        "torchscript",
        ("ids", "mask", "decoder_ids"),
        opset=17,
    ),
    "mamba": _small(
        decoder, "MambaForCausalLM", "MambaConfig", hidden_size=256, num_hidden_layers=2, vocab_size=8000
    ),
}
