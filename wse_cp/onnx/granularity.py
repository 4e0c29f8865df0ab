"""Which kernels a user wants merged: by what they are for (queries, keys and values), or by their modules."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator

import networkx as nx

from wse_cp.errors import InputError
from wse_cp.instance import Settings
from wse_cp.kernels import Conv
from wse_cp.onnx.flow import Flow, Unit
from wse_cp.onnx.merge import Group, merge
from wse_cp.onnx.options import Adds

#: What members of a group have in common so that one convolution can be made of them.
_Likeness = tuple[Hashable, ...]


def apply_merges(
    flow: Flow, words: Iterable[str], settings: Settings, adds: Adds = "producer"
) -> tuple[Flow, list[str]]:
    """Return the network with kernels merged as the words say, in order, and a line on each.

    Raises `InputError` if a word finds nothing to merge, or something that one kernel cannot be.
    """
    lines = []
    for word in words:
        found, count = 0, 0
        while groups := _groups(flow, word):
            flow = merge(flow, groups, word, settings, copies=word in _COPIES, adds=adds)
            found, count = found + len(groups), count + sum(map(len, groups))
            if word != "heads":
                break
        if not found:
            raise InputError(
                _WANTED.get(word, "modules that match, of several kernels"), "none", f"--merge {word}"
            )
        lines.append(f"merged as asked ({word}): {found} kernels of {count}")
    return flow, lines


def _groups(flow: Flow, word: str) -> list[Group]:
    rule = _RULES.get(word)
    if rule is not None:
        return [group for group in rule(flow) if len(group) > 1]
    if not re.search(r"[*{?]", word):
        known = ", ".join(_RULES)
        raise InputError(f"{known}, or a pattern with * or {{a,b}}", word, "--merge")
    return [group for group in _matching(flow, word) if len(group) > 1]


def _likeness(unit: Unit) -> _Likeness:
    """Return what is equal for products of one tensor that can be one."""
    kernel: Conv = unit.kernel
    return (*(getattr(kernel, name) for name in "HWRSCT"), unit.of.share, _read(unit))


def _read(unit: Unit) -> frozenset[tuple[int, str]]:
    return frozenset(arrival.key for arrival in unit.arrivals)


def _alike(flow: Flow, numbers: Iterable[int]) -> Iterator[Group]:
    """Yield units that read the same and differ in their output channels only."""
    found: dict[_Likeness, list[int]] = defaultdict(list)
    for number in sorted(numbers):
        found[_likeness(flow.units[number])].append(number)
    yield from map(tuple, found.values())


def _qkv(flow: Flow) -> Iterator[Group]:
    """Yield products with weights of one tensor that an attention multiplies with each other."""
    attention: nx.Graph[int] = nx.Graph()
    products = {number for number, unit in flow.units.items() if not unit.of.weights}
    for number in products:
        sources = {arrival.source for arrival in flow.units[number].arrivals if arrival.source in flow.units}
        if len(sources) > 1 or sources & products:
            attention.add_edges_from((source, number) for source in sources)
    for together in nx.connected_components(attention):
        yield from _alike(flow, together - products)


def _gate_up(flow: Flow) -> Iterator[Group]:
    """Yield pairs of products with weights that read one tensor and whose results are multiplied."""
    for join in flow.joins:
        if join.operation == "Mul":
            numbers = {join.host, *(arrival.source for arrival in join.others)}
            weighted = {n for n in numbers if n in flow.units and flow.units[n].of.weights}
            yield from (group for group in _alike(flow, weighted) if join.host in group)


_EXPERT = re.compile(r"(?P<before>.*?(?:^|\.)experts?)[._](?:expert_)?\d+(?P<after>\..*)?")


def _experts(flow: Flow) -> Iterator[Group]:
    """Yield the kernels that stand at the same place in each expert of a mixture."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, unit in flow.units.items():
        match = _EXPERT.fullmatch(unit.module)
        if match:
            found[match["before"], match["after"] or ""].append(number)
    yield from map(tuple, found.values())


def _heads(flow: Flow) -> Iterator[Group]:
    """Yield products of two activations that are alike and read the same kernels: heads one by one."""
    found: dict[_Likeness, list[int]] = defaultdict(list)
    for number, unit in flow.units.items():
        if not unit.of.weights:
            sources = frozenset(arrival.source for arrival in unit.arrivals)
            found[(*_likeness(unit)[:-1], unit.kernel.K, sources)].append(number)
    yield from map(tuple, found.values())


def _matching(flow: Flow, pattern: str) -> Iterator[Group]:
    """Yield the kernels whose modules match, those together that differ in the members' place only.

    That is what stands in braces, or else the last wildcard.
    """
    expression = _expression(pattern)
    found: dict[tuple[str | None, ...], list[int]] = defaultdict(list)
    for number, unit in flow.units.items():
        match = expression.fullmatch(unit.module)
        if match:
            found[match.groups()].append(number)
    if not found:
        example = next((unit.module for unit in flow.units.values() if unit.module), "")
        raise InputError(
            f"a pattern of modules{f' such as {example}' if example else ''}",
            "no kernel that matches" if example else "a file that tells no modules",
            f"--merge {pattern}",
        )
    yield from map(tuple, found.values())


def _expression(pattern: str) -> re.Pattern[str]:
    """Return a regular expression for a pattern; its groups are what members of a group share."""
    if pattern.count("{") != pattern.count("}") or re.search(r"\{[^{}]*[{]|\}[^{}]*\}", pattern):
        raise InputError("braces in pairs, {a,b}", pattern, "--merge")
    tokens = re.findall(r"\{[^{}]*\}|\*\*|\*|\?|[^{}*?]+", pattern)
    wild = [place for place, token in enumerate(tokens) if token in ("*", "**", "?")]
    members = -1 if any(token.startswith("{") for token in tokens) or not wild else wild[-1]
    parts = [r"((?:.*\.)?)"]
    for place, token in enumerate(tokens):
        if token.startswith("{"):
            parts.append(f"(?:{'|'.join(map(re.escape, token[1:-1].split(',')))})")
        elif token in _WILDCARDS:
            parts.append(f"({'?:' if place == members else ''}{_WILDCARDS[token]})")
        else:
            parts.append(re.escape(token))
    return re.compile("".join(parts))


_WILDCARDS = {"*": r"[^.]*", "**": r".*", "?": r"[^.]"}

_RULES: dict[str, Callable[[Flow], Iterator[Group]]] = {
    "qkv": _qkv,
    "gate-up": _gate_up,
    "experts": _experts,
    "heads": _heads,
}
#: Rules that find kernels which do the same, each on data of its own.
_COPIES = ("experts", "heads")
#: What each of the rules looks for.
_WANTED = {
    "qkv": "products with weights that read one tensor and are multiplied with each other",
    "gate-up": "pairs of products with weights of one tensor whose results are multiplied",
    "experts": "kernels of several experts (modules such as mlp.experts.0.w1)",
    "heads": "products of two activations that are alike and read the same kernels",
}
