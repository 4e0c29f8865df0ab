"""By how many channels the ends of an edge compare their channel splits (docs/bounds.md, section 6)."""

from __future__ import annotations

from wse_cp.bounds.verifier.levels import output_part
from wse_cp.bounds.verifier.reading import ceil_div
from wse_cp.instance import Instance
from wse_cp.kernels import convs


def channels_compared(instance: Instance) -> dict[str, int]:
    """Return for each kernel the number of channels by which the edges that enter it compare splits.

    That is what its first convolution reads, or, where all kernels that feed it write more, the least
    multiple of it that is no less than the fewest channels that any of them writes: grouped convolutions read
    few channels at a time. A multiple tells apart all splits that the number itself tells apart. The sink of
    chords and those of their centres that read as many channels have the greatest of their numbers in common.
    """
    producers: dict[str, set[str]] = {name: set() for name in instance.kernels}
    consumers: dict[str, set[str]] = {name: set() for name in instance.kernels}
    for u, v, _ in instance.kernel_edges:
        producers[v].add(u)
        consumers[u].add(v)
    read = {name: convs(kernel)[0].C for name, kernel in instance.kernels.items()}
    written = {name: convs(kernel)[output_part(kernel)].K for name, kernel in instance.kernels.items()}
    found = {}
    for name, own in read.items():
        least = min((written[u] for u in producers[name]), default=0)
        found[name] = own * max(1, ceil_div(least, own))
    for sink, feeding in producers.items():
        centres = {
            u for u in feeding if consumers[u] == {sink} and len(producers[u]) == 1 and producers[u] < feeding
        }
        alike = [sink, *(u for u in centres if read[u] == read[sink])]
        found |= dict.fromkeys(alike, max(found[name] for name in alike))
    return found
