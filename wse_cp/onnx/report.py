"""The report of an import: what became of the operations, and a line for each decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from wse_cp.onnx.graph import OnnxGraph, Operation
from wse_cp.onnx.layer import Layer
from wse_cp.onnx.totals import Totals

_CONVOLUTIONS = ("Conv", "ConvTranspose", "ConvInteger", "QLinearConv")
#: Names that a line about many operations gives.
MOST_NAMES = 3


@dataclass(frozen=True)
class Report:
    """The report of an import.

    Parameters
    ----------
    operations
        Operations of the file: all that lead to an output.
    constant_operations, unused_operations
        Those on weights only, and those without a way to an output.
    kernels
        Kernels by type.
    layers
        Operations that became kernels, by ONNX type.
    fused
        Operations done by the kernel before them, by type.
    passed
        Operations that need no kernel and over which edges pass, by type.
    joined
        Operations on several tensors that became edges, by type.
    decisions
        Other decisions, a line each.
    batch
        The batch, and how it was found.
    totals
        Multiplications and weights.
    """

    operations: int
    constant_operations: int
    unused_operations: int
    kernels: Counter[str]
    layers: Counter[str]
    fused: Counter[str]
    passed: Counter[str]
    joined: Counter[str]
    decisions: tuple[str, ...]
    batch: str = "1"
    totals: Totals = field(default_factory=Totals)

    def lines(self) -> Iterator[str]:
        """Yield the report, a line for each heading."""
        yield _line("operations", f"{self.operations}{self._left_out()}")
        yield _line("kernels", f"{self.kernels.total()} ({_counts(self.kernels)})")
        yield _line("from", _counts(self.layers))
        for heading, counter in (("fused", self.fused), ("joined", self.joined), ("passed", self.passed)):
            if counter:
                yield _line(heading, _counts(counter))
        yield from (_line("note", decision) for decision in self.decisions)
        yield _line("batch", self.batch)
        yield from (_line(heading, text) for heading, text in self.totals.lines())

    def _left_out(self) -> str:
        counts = {
            "on constants only": self.constant_operations,
            "that lead to no output left out": self.unused_operations,
        }
        parts = [f"{count} {what}" for what, count in counts.items() if count]
        return f" ({', '.join(parts)})" if parts else ""


@dataclass
class ReportBuilder:
    """Collects what becomes of the operations while a graph is traced."""

    layers: Counter[str] = field(default_factory=Counter)
    fused: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    joined: Counter[str] = field(default_factory=Counter)
    topics: dict[str, list[str]] = field(default_factory=dict)

    def operation(self, operation: Operation, kind: str) -> None:
        """Record what became of an operation."""
        counters = {"kernel": self.layers, "element": self.fused, "join": self.joined, "concat": self.joined}
        counters.get(kind, self.passed)[operation.type] += 1
        if not operation.is_standard:
            self.note(f"{operation.domain}.{operation.type} taken for free as asked", operation.name)

    def layer(self, operation: Operation, layer: Layer, parts: int) -> None:
        """Record how a layer became kernels."""
        for note in layer.notes:
            self.note(note, operation.name)
        if operation.type in _CONVOLUTIONS and layer.groups > 1:
            self.note(_group_note(layer, parts), operation.name)
        if parts > 1 and not (layer.groups > 1 and parts == layer.groups):
            self.note(f"fits nowhere as one kernel: {parts} kernels of its output channels", operation.name)

    def note(self, topic: str, name: str) -> None:
        """Record that a decision concerns an operation."""
        self.topics.setdefault(topic, []).append(name)

    def report(
        self, graph: OnnxGraph, kernels: Counter[str], decisions: Iterable[str], totals: Totals
    ) -> Report:
        """Return the report on a graph that became `kernels`."""
        constant, unused = len(graph.constant_operations), len(graph.unused_operations)
        return Report(
            operations=len(graph.operations) + constant + unused,
            constant_operations=constant,
            unused_operations=unused,
            kernels=kernels,
            layers=self.layers,
            fused=self.fused,
            passed=self.passed,
            joined=self.joined,
            decisions=(*graph.notes, *decisions, *map(_topic, self.topics, self.topics.values())),
            batch=graph.batch.text,
            totals=totals,
        )


def _group_note(layer: Layer, parts: int) -> str:
    if layer.is_depthwise:
        return "depthwise convolution: one kernel with C=1"
    if parts == layer.groups:
        return f"convolution in {layer.groups} groups: a kernel for each"
    return f"convolution in {layer.groups} groups: one kernel with 1/{layer.groups} of the input channels"


def some(names: Sequence[str]) -> str:
    """Return how many names there are, and the first of them."""
    shown = ", ".join(names[:MOST_NAMES]) + (", ..." if len(names) > MOST_NAMES else "")
    return f"{len(names)} ({shown})"


def _topic(topic: str, names: list[str]) -> str:
    return f"{topic}: {some(names)}"


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counter.items())


def _line(heading: str, text: str) -> str:
    return f"{heading:<12}{text}"
