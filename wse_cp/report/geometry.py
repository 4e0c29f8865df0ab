"""Where the convolutions of a placed kernel stand on the wafer."""

from __future__ import annotations

from wse_cp.kernels import conv_sizes
from wse_cp.placement import PlacedKernel, Rectangle


def conv_rectangles(placed: PlacedKernel) -> list[Rectangle]:
    """Return the tiles each convolution covers, in order; side by side, turned with the kernel.

    A rotation by 90 degrees is counter-clockwise: what stood on the ground leans on the right side.
    """
    box = placed.rectangle
    rectangles: list[Rectangle] = []
    offset = 0
    for width, height in conv_sizes(placed.args):
        if placed.rotated:
            rectangles.append(Rectangle(box.x + box.width - height, box.y + offset, height, width))
        else:
            rectangles.append(Rectangle(box.x + offset, box.y, width, height))
        offset += width
    return rectangles
