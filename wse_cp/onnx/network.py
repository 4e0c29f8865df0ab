"""From an ONNX file to a network of kernels: the whole way.

The real networks that the package onnx brings along for its own tests, without weights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.resources import files
from pathlib import Path

from wse_cp.errors import InputError
from wse_cp.files.kgraph import format_kgraph
from wse_cp.instance import Instance, Settings
from wse_cp.networks.network import Network
from wse_cp.onnx.assemble import assemble
from wse_cp.onnx.blocks import Block, Near, find_blocks
from wse_cp.onnx.joining import Flow
from wse_cp.onnx.parts import Adds, ImportOptions
from wse_cp.onnx.read import load_graph, require_onnx
from wse_cp.onnx.report import Notebook, Report
from wse_cp.onnx.trace import trace

_FORMED_BY: dict[Adds, str] = {
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
        """Return the text of an instance file, with a comment that tells each kernel's layers."""
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
    graph = load_graph(path, options.input_shapes)
    notebook = Notebook()
    try:
        flow = trace(graph, options, settings, notebook)
        blocks, near = _blocks(flow, options, settings)
        network, layers = assemble(flow, blocks, options.adds)
        kinds = (node.kernel for node in network.nodes if node.name in layers)
        kernels = Counter(kernel.type_name for kernel in kinds)  # type: ignore[union-attr]
        report = notebook.report(graph, kernels, _decisions(flow, blocks, near, options.adds))
        imported = ImportedNetwork(network, layers, report, settings, Path(path).stem)
        _ = imported.instance  # checked now: whatever is wrong with it is said here
    except InputError as error:
        raise error.at(str(path)) from None
    return imported


def _blocks(flow: Flow, options: ImportOptions, settings: Settings) -> tuple[list[Block], list[Near]]:
    if options.granularity == "conv":
        return [], []
    blocks, near = find_blocks(flow, settings)
    if options.granularity == "block" and not blocks:
        why = f" (at {near[0].layer}: {near[0].reason})" if near else ""
        raise InputError("a bottleneck that is a dblock or a cblock", f"none{why}")
    return blocks, near


def _decisions(flow: Flow, blocks: list[Block], near: list[Near], adds: Adds) -> Iterator[str]:
    for item in near:
        yield f"bottleneck kept as single convolutions at {item.layer}: expected {item.reason}"
    inner = {block.join.result for block in blocks}
    sums = {join.result for join in flow.joins} - inner
    if blocks:
        yield f"bottlenecks that became one kernel, their sum inside: {len(blocks)}"
    if sums:
        yield f"sums and the like formed by {_FORMED_BY[adds]}: {len(sums)}"


def _plain(text: str) -> str:
    """Return the text fit for a comment of an instance file."""
    clean = "".join(ch if ch.isprintable() else "?" for ch in text)
    return clean.replace("(*", "( *").replace("*)", "* )")


_FOLDER = "backend/test/data/light"
_PREFIX = "light_"


def shipped_networks() -> dict[str, Path]:
    """Return the files by the names of their networks, sorted; none if this onnx does not have them.

    Raises
    ------
    InputError
        If the package onnx is not installed.
    """
    require_onnx()
    folder = Path(str(files("onnx"))) / _FOLDER
    return {path.stem.removeprefix(_PREFIX): path for path in sorted(folder.glob(f"{_PREFIX}*.onnx"))}


def shipped_kgraph(name: str, path: Path) -> str:
    """Return the instance file kept for such a network: all settings and options at their defaults."""
    return replace(read_onnx(path), test=name).to_kgraph()
