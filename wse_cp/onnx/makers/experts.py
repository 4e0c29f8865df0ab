"""Mixtures of experts in one operation of onnxruntime (MoE, QMoE): the products of each expert as stacks.

Each token goes through k experts. Which, the run decides; how many tokens each expert gets is taken as
``--expert-tokens`` says, in even shares if it says nothing. Experts with equally many tokens are a stack.
"""

from __future__ import annotations

from itertools import groupby
from math import prod

from wse_cp.onnx.makers.writer import Writer
from wse_cp.onnx.routing import assumption, tokens_of_experts


def mixture(w: Writer) -> None:
    """Write MoE: weights are experts x outputs x inputs, or in older files experts x inputs x outputs."""
    weights = [w.input(number) for number in (2, 4, 6)]
    _experts(w, [name and _turned(w, name, number == 1) for number, name in enumerate(weights)], w.input(1))


def quantised_mixture(w: Writer) -> None:
    """Write QMoE: its weights are packed along the inputs, 8 / `expert_weight_bits` of them in a byte."""
    kind = w.text("quant_type") or "int"
    bits = {"int": w.integer("expert_weight_bits", 4), "fp8": 8}.get(kind, 4)
    names = [w.input(number) for number in (2, 5, 8)]
    shapes = [w.shape(name) if name else None for name in names]
    full = [s and (s[0], s[2] * 8 // bits, s[1]) for s in shapes]
    _experts(w, [w.zeros(s) if s else "" for s in full], w.input(14) or w.input(1))


def _turned(w: Writer, name: str, ends: bool) -> str:
    """Return weights as experts x inputs x outputs; one of the two is the size of a token."""
    _, first, second = w.shape(name)
    size = w.shape(w.input(0))[-1]
    outputs_first = first == size if ends else second == size
    return w.transposed(name, (0, 2, 1)) if outputs_first else name


def _experts(w: Writer, weights: list[str], router: str) -> None:
    shape = w.shape(w.input(0))
    size, tokens, k = shape[-1], prod(shape[:-1]), w.integer("k", 1)
    count = w.shape(weights[0])[0]
    each = tokens_of_experts((tokens, k), count, w.expert_tokens)
    w.note(assumption((tokens, k), count, w.expert_tokens))
    rows = w.reshaped(w.input(0), (tokens, size))
    chances = w.keep(w.add("Softmax", w.reshaped(router, (tokens, count))), (tokens, count))
    results, first = [], 0
    for share, group in groupby(each):
        last = first + len(list(group))
        cut = [name and _slice(w, name, first, last) for name in weights]
        picked = _picked(w, rows, chances, (last - first) * share)
        data = w.reshaped(picked, (last - first, share, size))
        results.append(_fitted(w, _stack(w, data, cut, f"_{first}" if first else ""), tokens))
        first = last
    for result in results[1:]:
        results[0] = w.add("Add", results[0], result)
    chance = w.keep(_slice(w, chances, 0, 1, axis=1), (tokens, 1))
    mixed = w.add("Mul", results[0], chance)
    w.reshaped(w.keep(mixed, (tokens, size)), shape, into=w.output(0))


def _slice(w: Writer, name: str, first: int, last: int, axis: int = 0) -> str:
    shape = w.shape(name)
    if (first, last) == (0, shape[axis]):
        return name
    cut = w.add("Slice", name, *(w.integers([value]) for value in (first, last, axis)))
    return w.keep(cut, (*shape[:axis], last - first, *shape[axis + 1 :]))


def _picked(w: Writer, rows: str, chances: str, count: int) -> str:
    """Return `count` of the tokens, as the router chooses them."""
    flat = w.reshaped(chances, (prod(w.shape(chances)),))
    chosen = w.add("Cast", w.add("Gather", flat, w.integers([0] * count), axis=0), to=7)  # int64
    return w.keep(w.add("Gather", rows, chosen, axis=0), (count, w.shape(rows)[1]))


def _fitted(w: Writer, parts: str, tokens: int) -> str:
    """Return what experts make of their tokens (experts x tokens of each x size) as tokens x size."""
    experts, share, size = w.shape(parts)
    flat = w.reshaped(parts, (experts * share, size))
    if experts * share >= tokens:
        return _slice(w, flat, 0, tokens)
    return w.keep(w.add("Gather", flat, w.integers([0] * tokens), axis=0), (tokens, size))


def _stack(w: Writer, data: str, weights: list[str], suffix: str) -> str:
    """Return what experts make of data: experts x tokens of each x size, both."""
    hidden = _product(w, data, weights[0], f"fc1{suffix}")
    shape, inner = w.shape(hidden), w.shape(weights[1])[1]
    if weights[2]:
        gate, value = hidden, _product(w, data, weights[2], f"fc3{suffix}")
        hidden = w.add("Mul", w.add("Sigmoid", gate), value)
    elif shape[-1] == 2 * inner:  # both halves of a gated unit
        gate, value = w.pieces(hidden, [inner, inner], 2)
        hidden = w.add("Mul", w.add("Sigmoid", gate), value)
    else:
        hidden = w.add("Relu", hidden)
    return _product(w, w.keep(hidden, (*shape[:2], inner)), weights[1], f"fc2{suffix}")


def _product(w: Writer, data: str, weights: str, label: str) -> str:
    experts, share, _ = w.shape(data)
    result = w.add("MatMul", data, weights, label=label)
    return w.keep(result, (experts, share, w.shape(weights)[2]))
