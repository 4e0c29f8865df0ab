"""By how many channels the ends of an edge compare their channel splits (docs/bounds.md, section 6)."""

from __future__ import annotations

from wse_cp.bounds.verifier.levels import output_part
from wse_cp.bounds.verifier.reading import ceil_div
from wse_cp.instance import Instance
from wse_cp.kernels import convs


def channels_compared(instance: Instance) -> dict[str, int]:
    """Return for each kernel the number of channels by which the edges that enter it compare splits.

    That is what its first convolution reads, or, where all kernels that feed it write more, the least
    multiple of it that is no less than what one of them writes: grouped convolutions read few channels at a
    time. A multiple tells apart all splits that the number itself tells apart.
    """
    written: dict[str, list[int]] = {name: [] for name in instance.kernels}
    for u, v, _ in instance.kernel_edges:
        kernel = instance.kernels[u]
        written[v].append(convs(kernel)[output_part(kernel)].K)
    read = {name: convs(kernel)[0].C for name, kernel in instance.kernels.items()}
    return {name: own * max(1, ceil_div(min(written[name], default=0), own)) for name, own in read.items()}
