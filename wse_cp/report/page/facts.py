"""The facts about wires and placed kernels that a page shows, exact.

`wires` lists the counted edges of a solution with length, adapters and mismatching loop splits;
`kernel_facts` the kernels with their wires and what their time and memory are compared with.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from fractions import Fraction

from wse_cp.decimals import count_text, exact_text
from wse_cp.instance import Instance
from wse_cp.kernels import (
    Arguments,
    Protocol,
    input_protocol,
    mismatches,
    output_protocol,
)
from wse_cp.placement import PlacedKernel, Rectangle
from wse_cp.report.page.model import is_sized
from wse_cp.score import edge_adapters, edge_length2

#: Names of the loop splits, in the order of `Protocol`.
SPLITS = ("rows (h)", "columns (w)", "channels (k to c)")


@dataclass(frozen=True)
class Mismatch:
    """A loop split in which the two ends of a wire differ: into how many parts each splits it."""

    split: str
    produced: int
    consumed: int

    @property
    def text(self) -> str:
        """Return the mismatch in words."""
        return f"{self.split}: {self.produced} → {self.consumed}"


@dataclass(frozen=True)
class Wire:
    """An edge between two placed kernels, by their indices in the solution; it counts `count` times."""

    producer: int
    consumer: int
    count: int
    length: Fraction  #: tiles, of one
    adapters: int  #: of one
    mismatches: tuple[Mismatch, ...]

    @property
    def total_length(self) -> Fraction:
        """Length of all `count` of them (tiles)."""
        return self.count * self.length

    @property
    def total_adapters(self) -> int:
        """Adapters of all `count` of them."""
        return self.count * self.adapters

    def to_json(self) -> dict[str, object]:
        """Return what the page's program shows of it: text, but for the indices."""
        times = f"{self.count} × " if self.count > 1 else ""
        return {
            "producer": self.producer,
            "consumer": self.consumer,
            "adapters": self.total_adapters,
            "length": f"{times}{exact_text(self.length)} tiles",
            "needs": times + count_text(self.adapters, "adapter"),
            "mismatches": [mismatch.text for mismatch in self.mismatches],
        }


def named_mismatches(output: Protocol, input: Protocol) -> tuple[Mismatch, ...]:
    """Return the loop splits in which an edge's two ends differ; each costs an adapter."""
    splits = zip(SPLITS, astuple(output), astuple(input), mismatches(output, input), strict=True)
    return tuple(
        Mismatch(name, produced, consumed) for name, produced, consumed, differs in splits if differs
    )


def wires(instance: Instance, placed: Sequence[PlacedKernel]) -> tuple[Wire, ...]:
    """Return the counted edges whose ends are both placed; the first counts of kernels placed twice."""
    index: dict[str, int] = {}
    for number, kernel in enumerate(placed):
        if is_sized(kernel):
            index.setdefault(kernel.name, number)
    return tuple(_wires(instance, placed, index))


def _wires(instance: Instance, placed: Sequence[PlacedKernel], index: dict[str, int]) -> Iterator[Wire]:
    for producer, consumer, count in instance.kernel_edges:
        if producer in index and consumer in index:
            ends = index[producer], index[consumer]
            u, v = placed[ends[0]], placed[ends[1]]
            differing = named_mismatches(output_protocol(u.args), input_protocol(v.args))
            yield Wire(*ends, count, Fraction(edge_length2(u, v), 2), edge_adapters(u, v), differing)


@dataclass(frozen=True)
class KernelFacts:
    """A placed kernel, its wires, and what its time and memory are compared with.

    Only `sized` ones (with possible execution arguments) have a box, time, memory and protocols.
    """

    index: int
    placed: PlacedKernel
    sized: bool
    slowest: Fraction  #: max time of the solution (cycles)
    memlimit: int  #: words per tile
    wires: tuple[Wire, ...]  #: those that begin or end at it

    @property
    def box(self) -> Rectangle:
        """The tiles it covers."""
        return self.placed.rectangle

    @property
    def area(self) -> int:
        """Number of tiles it covers."""
        return self.box.width * self.box.height

    @property
    def memory(self) -> Fraction:
        """Words per tile."""
        return self.placed.performance.memory

    @property
    def reads(self) -> Protocol:
        """Its input protocol."""
        return input_protocol(self.placed.args)

    @property
    def writes(self) -> Protocol:
        """Its output protocol."""
        return output_protocol(self.placed.args)

    @property
    def length(self) -> Fraction:
        """Length of its wires (tiles)."""
        return sum((wire.total_length for wire in self.wires), Fraction(0))

    @property
    def adapters(self) -> int:
        """Adapters of its wires."""
        return sum(wire.total_adapters for wire in self.wires)


def kernel_facts(
    instance: Instance, placed: Sequence[PlacedKernel], found: Sequence[Wire]
) -> tuple[KernelFacts, ...]:
    """Return the facts about each placed kernel; `found` are the solution's `wires`."""
    sized = [is_sized(kernel) for kernel in placed]
    slowest = max(
        (k.time for k, has_size in zip(placed, sized, strict=True) if has_size), default=Fraction(0)
    )
    mine: list[list[Wire]] = [[] for _ in placed]
    for wire in found:
        mine[wire.producer].append(wire)
        mine[wire.consumer].append(wire)
    limit = instance.settings.memlimit
    return tuple(KernelFacts(i, p, sized[i], slowest, limit, tuple(mine[i])) for i, p in enumerate(placed))


def execution_text(args: Arguments) -> str:
    """Return the execution arguments; those of a block's convolutions are numbered."""
    parts = [f"h={args.h}", f"w={args.w}"]
    for name, values in (("c", args.c), ("k", args.k)):
        numbers = range(1, len(values) + 1) if len(values) > 1 else ("",)
        parts += [f"{name}{number}={value}" for number, value in zip(numbers, values, strict=True)]
    return " ".join(parts)


def protocol_text(protocol: Protocol, channel: str) -> str:
    """Return a protocol as text, such as "h=2 w=1 c=4"; `channel` is the letter of its channels, c or k."""
    return f"h={protocol.h} w={protocol.w} {channel}={protocol.channels}"
