"""The facts about wires and placed kernels that a page shows: exact, and as text.

`wires` lists the counted edges of a solution with length, adapters and mismatching loop splits;
`kernel_facts` the kernels with their wires and what their time and memory are compared with. `cells` is a
kernel as a row of the page's table, `tip_lines` as its tooltip.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass
from fractions import Fraction
from typing import Any

from wse_cp.decimals import count_text, exact_text, full_text, share_text, short_text
from wse_cp.instance import Instance
from wse_cp.kernels import (
    Arguments,
    Protocol,
    formal_arguments,
    formal_text,
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
class Wire:
    """An edge between two placed kernels, by their indices in the solution; it counts `count` times."""

    producer: int
    consumer: int
    count: int
    length: Fraction  #: tiles, of one
    adapters: int  #: of one
    mismatches: tuple[str, ...]  #: see `named_mismatches`

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
            "mismatches": self.mismatches,
        }


def named_mismatches(output: Protocol, input: Protocol) -> tuple[str, ...]:
    """Return the loop splits in which an edge's two ends differ, and into how many parts each splits it."""
    splits = zip(SPLITS, astuple(output), astuple(input), mismatches(output, input), strict=True)
    return tuple(
        f"{name}: {produced} → {consumed}" for name, produced, consumed, differs in splits if differs
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


#: Text in place of a fact that a kernel does not have.
NONE = "-"

Text = Callable[[KernelFacts], str]
#: The exact value that orders a column; those of one column can be compared.
Key = Callable[[KernelFacts], Any]


@dataclass(frozen=True)
class Column:
    """A fact about kernels: its text, and the exact value that orders it.

    `always` is true of what even kernels with impossible execution arguments have.
    """

    title: str
    text: Text
    key: Key
    numeric: bool = True
    always: bool = False


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key by which k2 comes before k10."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    return tuple((0, int(part), "") if part[0] in "0123456789" else (1, 0, part) for part in parts)


def _words(title: str, text: Text, key: Key | None = None, always: bool = False) -> Column:
    return Column(title, text, key or text, numeric=False, always=always)


COLUMNS: tuple[Column, ...] = (
    _words("kernel", lambda s: s.placed.name, lambda s: natural_key(s.placed.name), always=True),
    _words("type", lambda s: s.placed.kernel.type_name, always=True),
    _words(
        "formal arguments",
        lambda s: formal_text(s.placed.kernel),
        lambda s: tuple(formal_arguments(s.placed.kernel).values()),
        always=True,
    ),
    _words(
        "execution arguments",
        lambda s: execution_text(s.placed.args),
        lambda s: (s.placed.args.h, s.placed.args.w, *s.placed.args.c, *s.placed.args.k),
        always=True,
    ),
    Column("size (tiles)", lambda s: f"{s.box.width} × {s.box.height}", lambda s: s.box[2:]),
    Column("area (tiles)", lambda s: str(s.area), lambda s: s.area),
    Column(
        "position", lambda s: f"{s.placed.x}, {s.placed.y}", lambda s: (s.placed.x, s.placed.y), always=True
    ),
    _words("rotation", lambda s: s.placed.rotation, always=True),
    Column("time (cycles)", lambda s: exact_text(s.placed.time), lambda s: s.placed.time),
    Column("of max time", lambda s: share_text(s.placed.time, s.slowest), lambda s: s.placed.time),
    Column("memory (words)", lambda s: short_text(s.memory), lambda s: s.memory),
    Column("of limit", lambda s: share_text(s.memory, s.memlimit), lambda s: s.memory),
    _words("reads", lambda s: protocol_text(s.reads, "c"), lambda s: astuple(s.reads)),
    _words("writes", lambda s: protocol_text(s.writes, "k"), lambda s: astuple(s.writes)),
    Column("wires (tiles)", lambda s: exact_text(s.length), lambda s: s.length),
    Column("adapters", lambda s: str(s.adapters), lambda s: s.adapters),
)


def cells(kernel: KernelFacts) -> tuple[str, ...]:
    """Return the texts of a kernel's row."""
    return tuple(column.text(kernel) if kernel.sized or column.always else NONE for column in COLUMNS)


def ranks(found: Sequence[KernelFacts]) -> tuple[tuple[int, ...], ...]:
    """Return for each column the places (from 1) of the kernels in its exact order.

    Equal kernels share a place; those without the fact have 0.
    """
    return tuple(_ranks(column, found) for column in COLUMNS)


def _ranks(column: Column, found: Sequence[KernelFacts]) -> tuple[int, ...]:
    keys = [column.key(kernel) if kernel.sized or column.always else None for kernel in found]
    order = sorted({key for key in keys if key is not None})
    place = {key: rank for rank, key in enumerate(order, 1)}
    return tuple(place.get(key, 0) for key in keys)


TIP_TITLES = ("formal", "execution", "size", "time", "memory", "reads", "writes", "wires")


def tip_lines(kernel: KernelFacts) -> tuple[str, ...]:
    """Return a text for each of `TIP_TITLES`; "-" for what impossible execution arguments leave undefined."""
    placed = kernel.placed
    formal = f"{placed.kernel.type_name} {formal_text(placed.kernel)}"
    where = f"at {placed.x}, {placed.y}, {placed.rotation}"
    if not kernel.sized:
        return (formal, execution_text(placed.args), where, *[NONE] * (len(TIP_TITLES) - 3))
    return (
        formal,
        execution_text(placed.args),
        f"{kernel.box.width} × {kernel.box.height} = {kernel.area} tiles {where}",
        f"{exact_text(placed.time)} cycles, {share_text(placed.time, kernel.slowest)} of max time",
        f"{full_text(kernel.memory)} words, {share_text(kernel.memory, kernel.memlimit)} of the limit",
        protocol_text(kernel.reads, "c"),
        protocol_text(kernel.writes, "k"),
        f"{exact_text(kernel.length)} tiles, {count_text(kernel.adapters, 'adapter')}",
    )
