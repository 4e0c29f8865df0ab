"""Four kernels of 3 x 2 tiles around the middle of 5 x 5 tiles: neither rows nor slicing trees can do that.

They fit in no other way, but for the mirror image and which kernel is where.
"""

from __future__ import annotations

from wse_cp.instance import Edge, Instance, Node, Settings
from wse_cp.kernels import Arguments, Conv
from wse_cp.placement import PlacedKernel, Placement

KERNEL = Conv(2, 2, 1, 1, 2, 2, 1)
#: Places of the lower left corners, and whether turned; the first two are joined by a wire.
SPOTS = ((0, 0, False), (3, 0, True), (2, 3, False), (0, 2, True))
#: The least cost: 16 cycles, and the centres of the first two are 2.5 and 0.5 tiles apart.
COST = 19


def pinwheel(wadapter: int = 0) -> tuple[Instance, Placement]:
    """Return the instance and a placement that costs least."""
    names = [f"k{i}" for i in range(len(SPOTS))]
    nodes = tuple(Node(i, name, KERNEL) for i, name in enumerate(names))
    instance = Instance(Settings(5, 5, 1, 1, wadapter), nodes, (Edge("k0", "k1"),))
    args = Arguments(1, 1, (1,), (1,))
    placed = [PlacedKernel(name, KERNEL, args, *spot) for name, spot in zip(names, SPOTS, strict=True)]
    return instance, Placement(placed)
