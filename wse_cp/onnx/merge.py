"""Merging kernels: several units of a traced network as one that does exactly what they do together.

Units with equal image, field, stride and input channels are one convolution, whose output channels are those
of all. If they read different tensors it is one in groups. The sums of multiplications and weights stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import networkx as nx

from wse_cp.errors import InputError
from wse_cp.instance import Settings, require_legal_shape
from wse_cp.kernels import Conv, check_kernel, formal_text
from wse_cp.onnx.copies import Reading, corresponding
from wse_cp.onnx.flow import Arrival, Flow, Join, Unit
from wse_cp.onnx.options import Adds

#: Numbers of units that are to be one.
Group = tuple[int, ...]
#: Members that a name spells out.
_MOST_SPELLED = 4


def merge(
    flow: Flow,
    groups: Sequence[Group],
    word: str,
    settings: Settings,
    *,
    copies: bool = False,
    adds: Adds = "producer",
) -> Flow:
    """Return the network with each group of units merged; no unit is in two groups.

    `copies` says that the members of a group do the same, each on data of its own; `adds` who forms sums.

    Raises `InputError`, which names `word`, if units are no convolution together, one depends on another, or
    the convolution has no legal shape.
    """
    numbers = {member: min(group) for group in groups for member in group}
    _check_independent(flow, groups, numbers, word)
    made = {min(group): _merged([flow.units[n] for n in sorted(group)], word, settings) for group in groups}
    results = {(member, flow.units[member].result): made[number].result for member, number in numbers.items()}
    renamed = corresponding(flow, numbers, adds == "consumer") if copies else {}
    return _Merger(flow, numbers, made, results, renamed).flow()


@dataclass(frozen=True)
class _Merger:
    """Makes the merged network.

    `numbers` are those of merged units by their members', `results` their results by the members', `renamed`
    the tensors that copies have in common now.
    """

    old: Flow
    numbers: Mapping[int, int]
    made: Mapping[int, Unit]
    results: Mapping[tuple[int, str], str]
    renamed: Mapping[Reading, str]

    def flow(self) -> Flow:
        kept = {number: unit for number, unit in self.old.units.items() if number not in self.numbers}
        read: dict[int, list[Arrival]] = {number: [] for number in [*kept, *self.made]}
        for number, unit in self.old.units.items():
            read[self.numbers.get(number, number)] += self._named(unit.arrivals, number)
        units = {**kept, **self.made}
        moved = {n: replace(unit, arrivals=self._arrivals(read[n])) for n, unit in units.items()}
        joins = tuple(filter(None, map(self._join, self.old.joins)))
        graph = _graph(moved, joins)
        order = nx.lexicographical_topological_sort(graph, key=int)
        return replace(
            self.old,
            units={number: moved[number] for number in order if number in moved},
            joins=joins,
            outputs=tuple(
                (name, shape, self._arrivals(self._named(found, None)))
                for name, shape, found in self.old.outputs
            ),
        )

    def _named(self, arrivals: Iterable[Arrival], reader: int | None) -> list[Arrival]:
        return [replace(a, tensor=self.renamed.get((reader, a.key), a.tensor)) for a in arrivals]

    def _arrivals(self, arrivals: Iterable[Arrival]) -> tuple[Arrival, ...]:
        """Return what arrives now: one tensor of a merged unit instead of one from each of its members."""
        found: dict[tuple[int, str], Arrival] = {}
        for old in arrivals:
            new = self._arrival(old)
            known = found.get(new.key)
            if known is not None and old.source in self.numbers and new.shape[:-1] == known.shape[:-1]:
                channels = min(known.shape[-1] + new.shape[-1], self._channels(new))
                known = replace(known, shape=(*known.shape[:-1], channels))
            found[new.key] = known or new
        return tuple(found.values())

    def _channels(self, arrival: Arrival) -> int:
        return max(arrival.shape[-1], self.made[arrival.source].kernel.K)

    def _arrival(self, old: Arrival) -> Arrival:
        if old.source not in self.numbers:
            return old
        origin = self.results.get(old.origin_key, old.origin)
        tensor = origin if old.tensor == old.origin else old.tensor
        return replace(old, source=self.numbers[old.source], tensor=tensor, origin=origin)

    def _join(self, join: Join) -> Join | None:
        """Return a sum where it is computed now; None if all its operands are of one merged unit."""
        host = self.numbers.get(join.host, join.host)
        others = tuple(a for a in self._arrivals(self._named(join.others, join.host)) if a.source != host)
        if join.others and not others:
            return None
        raw = self.results.get((join.host, join.raw), join.raw)
        return replace(join, host=host, raw=raw, others=others)


def _graph(units: Mapping[int, Unit], joins: Iterable[Join]) -> nx.DiGraph[int]:
    """Return which unit (or input of the network) brings which one something."""
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(units)
    graph.add_edges_from((a.source, number) for number, unit in units.items() for a in unit.arrivals)
    graph.add_edges_from((a.source, join.host) for join in joins for a in join.others)
    return graph


def _check_independent(flow: Flow, groups: Iterable[Group], numbers: Mapping[int, int], word: str) -> None:
    """Raise `InputError` if a member depends on another, as far as a merged kernel cannot do it inside."""
    merged: nx.DiGraph[int] = nx.DiGraph()
    for source, target in _graph(flow.units, ()).edges:
        ends = numbers.get(source, source), numbers.get(target, target)
        if ends[0] == ends[1]:
            raise _dependent(flow, source, target, word)
        merged.add_edge(*ends)
    for join in flow.joins:
        host = numbers.get(join.host, join.host)
        sources = {numbers.get(a.source, a.source) for a in join.others}
        merged.add_edges_from((source, host) for source in sources if source != host)
    if nx.is_directed_acyclic_graph(merged):
        return
    circle = {number for edge in nx.find_cycle(merged) for number in edge}
    group = next(group for group in groups if min(group) in circle)
    raise InputError(
        "kernels of which none needs another's result, to merge into one",
        f"results of {_names(flow, group)} that come back to them over others",
        _place(word),
    )


def _dependent(flow: Flow, source: int, target: int, word: str) -> InputError:
    reader, read = flow.units[target].layer, flow.units[source].layer
    return InputError(
        "kernels of which none needs another's result, to merge into one",
        f"{reader} that reads {read}",
        _place(word),
    )


def _merged(units: Sequence[Unit], word: str, settings: Settings) -> Unit:
    """Return one unit in the place of several, its arrivals still to be entered."""
    first = units[0]
    for unit in units:
        if replace(unit.kernel, K=1) != replace(first.kernel, K=1):
            raise _unlike(first, unit, word, "equal H, W, R, S, C and T")
        if unit.of.share != first.of.share:
            raise _unlike(first, unit, word, "one share of the batch")
    kernel = replace(first.kernel, K=sum(unit.kernel.K for unit in units))
    _check_fits(kernel, units, word, settings)
    modules = [unit.module for unit in units]
    return Unit(
        layer=f"{first.layer} and {len(units) - 1} more",
        result=f"{first.result} and {len(units) - 1} more",
        kernel=kernel,
        arrivals=(),
        of=replace(first.of, conv=kernel),
        module=merged_name(modules) if all(modules) else "",
        merged=tuple(units),
    )


def _unlike(one: Unit, other: Unit, word: str, what: str) -> InputError:
    found = f"{formal_text(one.kernel)} at {one.layer} and {formal_text(other.kernel)} at {other.layer}"
    return InputError(f"kernels with {what}, to merge into one", found, _place(word))


def _check_fits(kernel: Conv, units: Sequence[Unit], word: str, settings: Settings) -> None:
    """Raise `InputError` if a merged kernel has no legal shape on the wafer."""
    try:
        check_kernel(kernel)
        require_legal_shape(kernel, settings)
    except InputError as error:
        names = f"{units[0].layer} and {len(units) - 1} more, merged"
        raise InputError(f"{error.expected} for {names}", error.found, _place(word)) from None


def merged_name(modules: Sequence[str]) -> str:
    """Return the module of merged kernels: what differs is joined by +, or left out as * if that is long.

    ``attention.query+key+value`` of three, ``experts.*.w1`` of many experts.
    """
    split = [module.split(".") for module in dict.fromkeys(modules)]
    if len({len(parts) for parts in split}) > 1:
        shared = min(len(parts) for parts in split) - 1
        split = [[*parts[:shared], "_".join(parts[shared:])] for parts in split]
    return ".".join(_level(list(dict.fromkeys(level))) for level in zip(*split, strict=True))


def _level(parts: Sequence[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    return "+".join(parts) if len(parts) <= _MOST_SPELLED else "*"


def _names(flow: Flow, group: Group) -> str:
    names = [flow.units[number].layer for number in group]
    return ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")


def _place(word: str) -> str:
    return f"--merge {word}"
