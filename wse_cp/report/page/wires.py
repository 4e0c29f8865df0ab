"""The wires of a solution: length, adapters, and which loop splits do not match."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction

from wse_cp.decimals import exact_text
from wse_cp.instance import Instance
from wse_cp.kernels import Protocol, adapters, input_protocol, output_protocol
from wse_cp.placement import PlacedKernel
from wse_cp.report.page.model import is_sized
from wse_cp.report.page.numbers import count_text
from wse_cp.score import edge_adapters, edge_length2

SPLITS = {"h": "rows (h)", "w": "columns (w)", "channels": "channels (k to c)"}


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


def mismatches(output: Protocol, input: Protocol) -> tuple[Mismatch, ...]:
    """Return the splits that, alone, cost an adapter by the rule of `kernels.adapters`."""
    found = []
    for field in fields(Protocol):
        produced, consumed = getattr(output, field.name), getattr(input, field.name)
        if adapters(output, replace(output, **{field.name: consumed})):
            found.append(Mismatch(SPLITS[field.name], produced, consumed))
    return tuple(found)


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
            differing = mismatches(output_protocol(u.args), input_protocol(v.args))
            yield Wire(*ends, count, Fraction(edge_length2(u, v), 2), edge_adapters(u, v), differing)
