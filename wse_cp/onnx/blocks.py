"""Residual bottleneck blocks in a traced network: which of them are exactly a dblock or a cblock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wse_cp.errors import InputError
from wse_cp.instance import Settings, require_legal_shape
from wse_cp.kernels import CBlock, Conv, DBlock, check_kernel, convs, formal_text
from wse_cp.onnx.flow import Arrival, Flow, Join


@dataclass(frozen=True)
class Block:
    """Units that become one kernel, in the order of the block's convolutions, and the sum inside it."""

    kernel: DBlock | CBlock
    units: tuple[int, ...]
    join: Join


@dataclass(frozen=True)
class RejectedBlock:
    """A bottleneck that stays single convolutions: the title of its last layer, and why."""

    layer: str
    reason: str


def find_blocks(flow: Flow, settings: Settings) -> tuple[list[Block], list[RejectedBlock]]:
    """Return the blocks, and the bottlenecks (1 x 1, 3 x 3, 1 x 1 and a sum) that are not exactly a block."""
    blocks: list[Block] = []
    rejected: list[RejectedBlock] = []
    finder = _Finder(flow)
    for join in flow.joins:
        chain = finder.bottleneck(join)
        if chain is None:
            continue
        try:
            blocks.append(finder.block(join, chain, settings))
        except InputError as error:
            rejected.append(
                RejectedBlock(flow.units[join.host].layer, f"{error.expected}, found {error.found}")
            )
    return blocks, rejected


class _Finder:
    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._readers: dict[tuple[int, str], set[int | None]] = defaultdict(set)
        for reader, arrival in flow.readings():
            self._readers[arrival.origin_key].add(reader)
        self._joins: dict[int, list[Join]] = defaultdict(list)
        for join in flow.joins:
            self._joins[join.host].append(join)

    def bottleneck(self, join: Join) -> tuple[int, int, int] | None:
        """Return the three units of a 1 x 1, 3 x 3, 1 x 1 chain that ends in the sum, None without one."""
        if not join.in_place:
            return None
        third = join.host
        second = self._only_source(third)
        first = None if second is None else self._only_source(second)
        if first is None or second is None or join.operation not in ("Add", "Sum"):
            return None
        fields = [(kernel.R, kernel.S) for kernel in self._kernels((first, second, third))]
        return (first, second, third) if fields == [(1, 1), (3, 3), (1, 1)] else None

    def block(self, join: Join, chain: tuple[int, int, int], settings: Settings) -> Block:
        """Return the block that a bottleneck equals; raises `InputError` that says why it equals none."""
        branch = self._branch(join, chain[0])
        units = chain if branch is None else (*chain, branch)
        self._check_closed(join, units)
        kernels = self._kernels(units)
        block = _block_kernel(kernels)
        for name, expected, found in zip(_NAMES, convs(block), kernels, strict=False):
            if expected != found:
                raise InputError(f"its {name} as in {_text(block)}: {_text(expected)}", _text(found))
        check_kernel(block)
        require_legal_shape(block, settings)
        return Block(block, units, join)

    def _only_source(self, number: int) -> int | None:
        """Return the unit whose unchanged result is all that a unit reads, None if there is none."""
        read = self._flow.units[number].arrivals
        if len(read) != 1 or not read[0].direct or read[0].source not in self._flow.units:
            return None
        source = read[0].source
        return source if read[0].tensor == self._flow.units[source].result else None

    def _branch(self, join: Join, first: int) -> int | None:
        """Return the projection that computes the sum's other operand, None if that is the block's input."""
        entering = _keys(self._flow.units[first].arrivals)
        if _keys(join.others) == entering:
            return None
        sources = {arrival.source for arrival in join.others}
        projection = sources.pop() if len(sources) == 1 else None
        if projection not in self._flow.units or _keys(self._flow.units[projection].arrivals) != entering:
            raise InputError(
                "a sum with what enters the block, or with a projection of it", "another operand"
            )
        if _keys(join.others) != {(projection, self._flow.units[projection].result)}:
            raise InputError("the projection's result as it stands in the sum", "a changed one")
        return projection

    def _check_closed(self, join: Join, units: tuple[int, ...]) -> None:
        """Raise `InputError` unless nothing but the sum leaves the block, and nothing else enters it."""
        for number in units:
            unit = self._flow.units[number]
            if not self._readers[number, unit.result] <= set(units) or [*self._inner(join, number)]:
                raise InputError("convolutions read by the block alone", f"other use of {unit.layer}")

    def _inner(self, join: Join, number: int) -> Iterator[Join]:
        return (other for other in self._joins[number] if other is not join)

    def _kernels(self, units: Iterable[int]) -> list[Conv]:
        return [self._flow.units[number].kernel for number in units]


_NAMES = ("first convolution", "second convolution", "third convolution", "projection")


def _keys(arrivals: Iterable[Arrival]) -> set[tuple[int, str]]:
    return {arrival.key for arrival in arrivals}


def _block_kernel(kernels: list[Conv]) -> DBlock | CBlock:
    first, last = kernels[0], kernels[2]
    return (DBlock if len(kernels) == 3 else CBlock)(first.H, first.W, last.K)


def _text(kernel: Conv | DBlock | CBlock) -> str:
    return f"{kernel.type_name} {formal_text(kernel)}"
