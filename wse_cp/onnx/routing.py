"""Mixtures of experts: how many tokens each expert gets, where the file leaves that to the run.

PyTorch's loop over experts picks an expert's tokens by a NonZero of a mask that a TopK (or an ArgMax) makes.
All experts together get tokens x k of them; how they are shared out, the user says (``--expert-tokens``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from math import prod
from typing import TYPE_CHECKING

from wse_cp.networks.network import Shape
from wse_cp.onnx.options import ExpertTokens

if TYPE_CHECKING:
    from onnx import NodeProto

#: Operations that choose experts, with the output that has their numbers, and those that keep a mask.
_CHOICES, _SAME = {"TopK": 1, "ArgMax": 0}, ("Cast", "Identity")
#: Operations that make no mask if the numbers of chosen experts are what they gather by.
_GATHERING = ("Gather", "GatherElements", "GatherND")
#: Operations that make masks of the numbers of chosen experts.
_MASKING = (
    "And Cast Equal Expand Flatten Gather GatherElements Identity Not OneHot Or ReduceMax ReduceSum Reshape "
    "ScatterElements ScatterND Slice Split Squeeze Transpose Unsqueeze"
)


def shares(total: int, experts: int) -> list[int]:
    """Return even shares of `total` tokens for each expert, at least one, the larger ones first."""
    least, more = divmod(total, experts)
    return [max(1, least + (number < more)) for number in range(experts)]


def tokens_of_experts(chosen: Shape, experts: int, tokens: ExpertTokens) -> list[int]:
    """Return the tokens of each expert; `chosen` is tokens x k, as a TopK gives it."""
    if tokens == "all":
        return [prod(chosen[:-1])] * experts
    return [tokens] * experts if isinstance(tokens, int) else shares(prod(chosen), experts)


class Routing:
    """The NonZeros of a graph that pick the tokens of experts."""

    def __init__(self, nodes: Iterable[NodeProto], tokens: ExpertTokens) -> None:
        self.tokens = tokens
        self._choice: dict[str, str] = {}  # the numbers of chosen experts that a mask is made of
        self._kind: dict[str, str] = {}
        self._masks: dict[str, dict[str, None]] = defaultdict(dict)  # by choice, in order
        self._picked: dict[str, tuple[str, str]] = {}  # result of a NonZero: choice and mask
        same: dict[str, str] = {}
        for node in nodes:
            self._enter(node, same)

    def _enter(self, node: NodeProto, same: dict[str, str]) -> None:
        place = _CHOICES.get(node.op_type, len(node.output))
        if place < len(node.output):
            choice = node.output[place]
            self._kind[choice], self._choice[choice] = node.op_type, choice
            return
        read = node.input[:1] if node.op_type in _GATHERING else node.input
        known = [self._choice[name] for name in read if name in self._choice]
        if not known or node.op_type not in ("NonZero", *_MASKING.split()):
            return
        if node.op_type in _SAME:
            same[node.output[0]] = same.get(node.input[0], node.input[0])
        if node.op_type == "NonZero":
            mask = same.get(node.input[0], node.input[0])
            self._masks[known[0]][mask] = None
            self._picked[node.output[0]] = known[0], mask
            return
        self._choice.update((name, known[0]) for name in node.output if name)

    def shape(self, node: NodeProto, shape: Callable[[str], Shape | None]) -> Shape | None:
        """Return the shape of a NonZero's result if it picks tokens of an expert and their number given."""
        if self.tokens is None or node.output[0] not in self._picked:
            return None
        choice, mask = self._picked[node.output[0]]
        chosen, read = self._chosen(choice, shape), shape(node.input[0])
        if chosen is None or read is None:
            return None
        masks = list(self._masks[choice])
        return len(read), tokens_of_experts(chosen, len(masks), self.tokens)[masks.index(mask)]

    def _chosen(self, choice: str, shape: Callable[[str], Shape | None]) -> Shape | None:
        """Return tokens x k."""
        found = shape(choice)
        if found is None or self._kind[choice] == "TopK":
            return found
        return (prod(found), 1)

    def hint(self, name: str, shape: Callable[[str], Shape | None]) -> str:
        """Return what settles the shape of a NonZero's result, "" if it picks no tokens of experts."""
        if name not in self._picked:
            return ""
        choice, _ = self._picked[name]
        chosen, experts = self._chosen(choice, shape), len(self._masks[choice])
        many = f"{prod(chosen)} tokens of {experts} experts" if chosen else f"tokens of {experts} experts"
        return f"--expert-tokens even shares the {many} out evenly, all gives each all tokens, N a number"

    def notes(self, shape: Callable[[str], Shape | None]) -> Iterable[str]:
        """Yield what was assumed, a line for each kind of mixture."""
        if self.tokens is None:
            return
        found: dict[str, int] = defaultdict(int)
        for choice, masks in self._masks.items():
            chosen = self._chosen(choice, shape)
            if chosen is not None:
                found[assumption(chosen, len(masks), self.tokens)] += 1
        yield from (f"{text}: {count} mixture{'s' if count > 1 else ''}" for text, count in found.items())


def assumption(chosen: Shape, experts: int, tokens: ExpertTokens) -> str:
    """Return what is assumed of a mixture, for people."""
    each = sorted(set(tokens_of_experts(chosen, experts, tokens)))
    way = "all tokens" if tokens == "all" else "as asked" if isinstance(tokens, int) else "even shares"
    text = (
        f"{prod(chosen[:-1])} tokens x {chosen[-1]} to {experts} experts, {' or '.join(map(str, each))} each"
    )
    return f"assumed of experts: {text} ({way})"
