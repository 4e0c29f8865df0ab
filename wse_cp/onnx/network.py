"""Importing an ONNX file: reading, tracing, finding blocks, assembling the network of kernels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from wse_cp.errors import InputError, located
from wse_cp.files.kgraph import format_kgraph
from wse_cp.instance import Instance, Settings
from wse_cp.networks.network import Network
from wse_cp.onnx.assemble import assemble
from wse_cp.onnx.blocks import Block, RejectedBlock, find_blocks
from wse_cp.onnx.flow import Flow
from wse_cp.onnx.granularity import apply_merges
from wse_cp.onnx.graph import OnnxGraph
from wse_cp.onnx.options import Adds, ImportOptions
from wse_cp.onnx.read import graph_of, load_graph
from wse_cp.onnx.report import Report, ReportBuilder, some
from wse_cp.onnx.totals import totals_of
from wse_cp.onnx.trace import trace

if TYPE_CHECKING:
    from wse_cp.onnx.file import Model

_COMPUTED_BY: dict[Adds, str] = {
    "producer": "a kernel that produces an operand",
    "consumer": "each kernel that reads them",
}


@dataclass(frozen=True)
class ImportedNetwork:
    """A network read from an ONNX file.

    Parameters
    ----------
    network
        Kernels k1, k2, ... along the data flow, terminals and edges.
    layers
        For each kernel, the ONNX operations it stands for.
    report
        What became of each operation of the file.
    settings
        Wafer, weights and memory limit it was imported for.
    test
        Label of the instance: the file's name without its suffix.
    """

    network: Network
    layers: dict[str, tuple[str, ...]]
    report: Report
    settings: Settings = field(default_factory=Settings)
    test: str = ""

    @cached_property
    def instance(self) -> Instance:
        """The contest problem."""
        return self.network.instance(self.settings, self.test)

    def to_kgraph(self) -> str:
        """Return the text of an instance file, with a comment that lists each kernel's layers."""
        return format_kgraph(self.instance) + "\n" + self._layer_comment()

    def _layer_comment(self) -> str:
        names = (f"{kernel}: {', '.join(layers)}" for kernel, layers in self.layers.items())
        return "\n".join(["(* layers", *map(_plain, names), "*)", ""])


def read_onnx(
    path: str | Path,
    settings: Settings | None = None,
    options: ImportOptions | None = None,
) -> ImportedNetwork:
    """Return the network of kernels in an ONNX file.

    Parameters
    ----------
    path
        The file. Weights are not needed, only their shapes.
    settings
        Wafer, weights of the cost, memory limit; the contest's by default.
    options
        How to read the graph.

    Raises
    ------
    InputError
        If the file is no sound ONNX network, a shape is unknown, an operation is refused, or a kernel
        has no legal shape; one line that names the file and the operation.
    """
    settings, options = settings or Settings(), options or ImportOptions()
    graph = load_graph(path, options)
    with located(str(path)):
        return _network(graph, settings, options, Path(path).stem)


def read_model(
    model: Model,
    settings: Settings | None = None,
    options: ImportOptions | None = None,
    test: str = "",
) -> ImportedNetwork:
    """Return the network of kernels of a model in memory, or of the bytes of an ONNX file.

    Parameters
    ----------
    model
        The model, which is not changed; or the bytes of a file.
    settings, options
        As for `read_onnx`.
    test
        Label of the instance.

    Raises
    ------
    InputError
        As `read_onnx`.
    """
    settings, options = settings or Settings(), options or ImportOptions()
    with located(test or "model"):
        return _network(graph_of(model, options), settings, options, test)


def _network(graph: OnnxGraph, settings: Settings, options: ImportOptions, test: str) -> ImportedNetwork:
    """Trace a graph, find blocks, assemble kernels and edges."""
    builder = ReportBuilder()
    flow, merged = apply_merges(
        trace(graph, options, settings, builder), options.merge, settings, options.adds
    )
    blocks, rejected = _blocks(flow, options, settings)
    network, layers = assemble(flow, blocks, options.adds, options.names)
    totals = totals_of(graph, flow, options.pass_through)
    kinds = (node.kernel for node in network.nodes if node.name in layers)
    kernels = Counter(kernel.type_name for kernel in kinds)  # type: ignore[union-attr]
    decisions = (*merged, *_decisions(flow, blocks, rejected, options.adds))
    report = builder.report(graph, kernels, decisions, totals)
    imported = ImportedNetwork(network, layers, report, settings, test)
    _ = imported.instance  # built now, so that errors in it name the file
    return imported


def _blocks(
    flow: Flow, options: ImportOptions, settings: Settings
) -> tuple[list[Block], list[RejectedBlock]]:
    if options.granularity == "conv":
        return [], []
    blocks, rejected = find_blocks(flow, settings)
    if options.granularity == "block" and not blocks:
        why = f" (at {rejected[0].layer}: {rejected[0].reason})" if rejected else ""
        raise InputError("a bottleneck that is a dblock or a cblock", f"none{why}")
    return blocks, rejected


def _decisions(flow: Flow, blocks: list[Block], rejected: list[RejectedBlock], adds: Adds) -> Iterator[str]:
    for item in rejected:
        yield f"bottleneck kept as single convolutions at {item.layer}: expected {item.reason}"
    inner = {block.join.result for block in blocks}
    sums = {join.result for join in flow.joins} - inner
    if blocks:
        yield f"bottlenecks that became one kernel, their sum inside: {len(blocks)}"
    if sums:
        yield f"sums and the like formed by {_COMPUTED_BY[adds]}: {len(sums)}"
    for reason, names in flow.unformed.items():
        left = "sums and the like that no kernel forms, each reader gets all operands"
        yield f"{left} ({reason}): {some(names)}"


def _plain(text: str) -> str:
    """Return the text with whatever could end a comment of an instance file replaced."""
    clean = "".join(ch if ch.isprintable() else "?" for ch in text)
    return clean.replace("(*", "( *").replace("*)", "* )")
