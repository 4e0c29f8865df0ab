"""What there is to say of an instance in a line each; needs no compiled code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import networkx as nx

from wse_cp.instance import Instance


def network_facts(instance: Instance) -> Iterator[tuple[str, str]]:
    """Yield names and texts: label, kernels, edges, depth, ends of the network."""
    graph = instance.kernel_graph
    types = Counter(kernel.type_name for kernel in instance.kernels.values())
    if instance.test:
        yield "test", instance.test
    yield "kernels", f"{len(graph)} ({', '.join(f'{count} {name}' for name, count in types.items())})"
    yield "counted edges", str(sum(count for _, _, count in instance.kernel_edges))
    yield "depth", f"{nx.dag_longest_path_length(graph, weight=None) + 1} kernels"
    yield "sources", " ".join(name for name, degree in graph.in_degree() if degree == 0)
    yield "sinks", " ".join(name for name, degree in graph.out_degree() if degree == 0)


def settings_facts(instance: Instance) -> Iterator[tuple[str, str]]:
    """Yield names and texts of the wafer, the memory limit and the weights."""
    settings = instance.settings
    yield "wafer", f"{settings.width} x {settings.height} tiles"
    yield "memory limit", f"{settings.memlimit} words per tile"
    yield "weights", f"time {settings.wdeltat}, wire {settings.wlength}, adapter {settings.wadapter}"
