"""A placed kernel as the page speaks of it: in text, with what it is measured by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from wse_cp.instance import Instance
from wse_cp.kernels import Arguments, Protocol, formal_arguments, input_protocol, output_protocol
from wse_cp.placement import PlacedKernel, Rectangle
from wse_cp.report.page.model import is_sized
from wse_cp.report.page.wires import Wire


@dataclass(frozen=True)
class Subject:
    """A placed kernel, its wires, and what its time and memory are measured by.

    Only `sized` ones (with possible execution arguments) have a box, time, memory and protocols.
    """

    index: int
    placed: PlacedKernel
    sized: bool
    slowest: Fraction  #: max time of the solution (cycles)
    memlimit: int  #: words per tile
    wires: tuple[Wire, ...]  #: that begin or end at it

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
        """The protocol at its entrance."""
        return input_protocol(self.placed.args)

    @property
    def writes(self) -> Protocol:
        """The protocol at its exit."""
        return output_protocol(self.placed.args)

    @property
    def length(self) -> Fraction:
        """Length of its wires (tiles)."""
        return sum((wire.total_length for wire in self.wires), Fraction(0))

    @property
    def adapters(self) -> int:
        """Adapters of its wires."""
        return sum(wire.total_adapters for wire in self.wires)


def subjects(
    instance: Instance, placed: Sequence[PlacedKernel], found: Sequence[Wire]
) -> tuple[Subject, ...]:
    """Return each placed kernel with its wires and what it is measured by."""
    sized = [is_sized(kernel) for kernel in placed]
    slowest = max(
        (k.time for k, has_size in zip(placed, sized, strict=True) if has_size), default=Fraction(0)
    )
    mine: list[list[Wire]] = [[] for _ in placed]
    for wire in found:
        mine[wire.producer].append(wire)
        mine[wire.consumer].append(wire)
    limit = instance.settings.memlimit
    return tuple(Subject(i, p, sized[i], slowest, limit, tuple(mine[i])) for i, p in enumerate(placed))


def formal_text(placed: PlacedKernel) -> str:
    """Return the formal arguments, such as "H=14 W=14 F=64"."""
    return " ".join(f"{key}={value}" for key, value in formal_arguments(placed.kernel).items())


def execution_text(args: Arguments) -> str:
    """Return the execution arguments; those of a block's convolutions are numbered."""
    parts = [f"h={args.h}", f"w={args.w}"]
    for name, values in (("c", args.c), ("k", args.k)):
        numbers = range(1, len(values) + 1) if len(values) > 1 else ("",)
        parts += [f"{name}{number}={value}" for number, value in zip(numbers, values, strict=True)]
    return " ".join(parts)


def protocol_text(protocol: Protocol, channel: str) -> str:
    """Return into how many parts rows, columns and channels are split at a kernel's door."""
    return f"h={protocol.h} w={protocol.w} {channel}={protocol.channels}"
