"""By how many channels the ends of an edge compare their channel splits (docs/bounds.md, section 6)."""

from __future__ import annotations

from wse_cp.instance import Instance
from wse_cp.kernels import convs


def compared_channels(instance: Instance) -> dict[str, int]:
    """Return for each kernel how many channels the edges that enter it compare splits by.

    As a rule that is what it reads. A grouped convolution reads fewer channels at a time than each of its
    producers writes: there it is the least that one of these writes.
    """
    found = {}
    for name, kernel in instance.kernels.items():
        producers = (convs(instance.kernels[u]) for u in instance.kernel_graph.predecessors(name))
        writes = [parts[min(2, len(parts) - 1)].K for parts in producers]
        found[name] = max([convs(kernel)[0].C, *([min(writes)] if writes else [])])
    return found
