"""The network of kernels: its nodes and edges, made of the units, blocks and sums of a traced network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from wse_cp.instance import Edge, Node, Terminal
from wse_cp.kernels import Kernel
from wse_cp.networks.network import Network, Shape
from wse_cp.onnx.blocks import Block
from wse_cp.onnx.flow import Arrival, Flow
from wse_cp.onnx.modules import common_module, legal, unique_names
from wse_cp.onnx.options import Adds, Names
from wse_cp.onnx.values import for_one_input


def assemble(
    flow: Flow, blocks: Iterable[Block], adds: Adds, names: Names = "numbers"
) -> tuple[Network, dict[str, tuple[str, ...]]]:
    """Return the network and, for each kernel's name, the layers it stands for.

    Node 0 is the first input, kernels follow in file order (a block where its last convolution
    stands), then the outputs and the other inputs. With `names` "modules", kernels are called after their
    modules, or after their operation where these are not known.
    """
    network, layers = _Assembly(flow, blocks, adds).network()
    if names == "numbers":
        return network, layers
    terminals = (node.name for node in network.nodes if node.name not in layers)
    paths = (
        network.modules.get(name) or legal(titles[-1].rpartition(" ")[0]) or name
        for name, titles in layers.items()
    )
    new = dict(zip(layers, unique_names(paths, terminals), strict=True))
    return network.renamed(new), {new[name]: titles for name, titles in layers.items()}


class _Assembly:
    def __init__(self, flow: Flow, blocks: Iterable[Block], adds: Adds) -> None:
        self._flow = flow
        self._modules: dict[str, str] = {}
        self._block = {number: block for block in blocks for number in block.units}
        inside = {id(block.join) for block in self._block.values()}
        open_joins = [join for join in flow.joins if id(join) not in inside]
        #: Sums that each reader computes for itself.
        self._spread = {(j.host, j.result): j for j in open_joins} if adds == "consumer" else {}
        self._hosted = open_joins if adds == "producer" else []
        self._names: dict[int, str] = {}  # source number -> node name

    def network(self) -> tuple[Network, dict[str, tuple[str, ...]]]:
        nodes, layers = self._kernels()
        first, *others = (Terminal("input", shape) for _, shape in self._flow.inputs)
        outputs = [_append(nodes, Terminal("output", shape)) for _, shape, _ in self._flow.outputs]
        inputs = [_append(nodes, terminal) for terminal in others]
        self._names.update(enumerate(["k0", *inputs]))
        return Network((Node(0, "k0", first), *nodes), tuple(self._edges(outputs)), self._modules), layers

    def _kernels(self) -> tuple[list[Node], dict[str, tuple[str, ...]]]:
        nodes: list[Node] = []
        layers: dict[str, tuple[str, ...]] = {}
        for number, unit in self._flow.units.items():
            block = self._block.get(number)
            if block is not None and number != max(block.units):
                continue
            members = (number,) if block is None else block.units
            name = _append(nodes, unit.kernel if block is None else block.kernel)
            units = [one for member in members for one in self._flow.units[member].members]
            layers[name] = tuple(unit.layer for unit in units)
            module = common_module(self._flow.units[member].module for member in members)
            self._modules.update({name: module} if module else {})
            self._names.update(dict.fromkeys(members, name))
        return nodes, layers

    def _edges(self, outputs: list[str]) -> Iterator[Edge]:
        received: dict[int, list[Arrival]] = {number: [] for number in self._flow.units}
        for number, unit in self._flow.units.items():
            received[number] += unit.arrivals
        for join in self._hosted:
            received[join.host] += join.others
        into: dict[str, list[Arrival]] = {}
        for number, arrivals in received.items():
            into.setdefault(self._names[number], []).extend(arrivals)
        into.update(
            (name, list(found)) for name, (_, _, found) in zip(outputs, self._flow.outputs, strict=True)
        )
        for target, read in into.items():
            yield from self._edges_into(target, read)

    def _edges_into(self, target: str, arrivals: Iterable[Arrival]) -> Iterator[Edge]:
        """Yield an edge for each tensor that enters a node: none inside a block, none twice."""
        seen = set()
        for arrival in self._resolved(arrivals):
            source = self._names[arrival.source]
            if source != target and (source, arrival.tensor) not in seen:
                seen.add((source, arrival.tensor))
                yield Edge(source, target, self._for_one_input(arrival))

    def _for_one_input(self, arrival: Arrival) -> Shape:
        return for_one_input(arrival.shape, self._flow.shares.get(arrival.source, 1))

    def _resolved(self, arrivals: Iterable[Arrival]) -> Iterator[Arrival]:
        """Yield the arrivals, with each sum that its readers compute replaced by its operands."""
        waiting = list(arrivals)[::-1]
        seen = set()  # else sums of sums could take forever
        while waiting:
            arrival = waiting.pop()
            if arrival in seen:
                continue
            seen.add(arrival)
            join = self._spread.get(arrival.origin_key)
            if join is None:
                yield arrival
            else:
                waiting += [_operand(other, arrival) for other in join.others[::-1]]
                waiting.append(_operand(replace(arrival, tensor=join.raw, origin=join.raw), arrival))


def _operand(operand: Arrival, of: Arrival) -> Arrival:
    """Return an operand of the sum that arrives as `of`, changed (pooled, say) as the sum is."""
    return operand if of.tensor == of.origin else replace(operand, tensor=of.tensor, shape=of.shape)


def _append(nodes: list[Node], kernel: Kernel | Terminal) -> str:
    """Append the next node (their numbers start at 1) and return its name."""
    number = len(nodes) + 1
    nodes.append(Node(number, f"k{number}", kernel))
    return nodes[-1].name
