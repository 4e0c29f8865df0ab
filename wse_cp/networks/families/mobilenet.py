"""Networks of depthwise separable convolutions: MobileNet and MobileNetV2.

They are those of Howard et al. (2017, arXiv:1704.04861) and Sandler et al. (2018,
doi:10.1109/CVPR.2018.00474). A depthwise convolution is a kernel with one channel in (C = 1), as in an
import from ONNX.
"""

from __future__ import annotations

from dataclasses import dataclass

from wse_cp.errors import InputError
from wse_cp.kernels import Conv
from wse_cp.networks.families.assembly import INPUT, Assembly
from wse_cp.networks.network import Network


@dataclass(frozen=True)
class MobileNet:
    """A network of separable convolutions.

    Parameters
    ----------
    depths
        Blocks of each stage; the first of each but the first stage halves the image.
    widths
        Channels that leave the blocks of each stage.
    image
        Rows (and columns) of the image that enters; the first convolution halves it.
    input_channels
        Channels of the image that enters.
    expansion
        0: blocks are a depthwise and a pointwise convolution. Otherwise a pointwise one before these makes
        so many times as many channels, and what enters a block is added to what leaves it if they are alike.
    """

    depths: tuple[int, ...]
    widths: tuple[int, ...]
    image: int
    input_channels: int
    expansion: int = 0


def build_mobilenet(mobilenet: MobileNet) -> Network:
    """Return the network, numbered along the data flow.

    Raises `InputError` if there is not one width for each depth, or the image cannot be halved so often.
    """
    depths, widths, image = mobilenet.depths, mobilenet.widths, mobilenet.image
    if len(widths) != len(depths):
        raise InputError("one width for each depth", f"{len(widths)} for {len(depths)}")
    if image % 2 ** len(depths):
        raise InputError(f"an image divisible by {2 ** len(depths)} (each stage halves it)", str(image))
    assembly = Assembly((image, image, mobilenet.input_channels))
    assembly.module = "stem"
    last = assembly.add(Conv(image, image, 3, 3, mobilenet.input_channels, widths[0], 2), INPUT)
    image //= 2
    for stage, (depth, width) in enumerate(zip(depths, widths, strict=True)):
        for position in range(depth):
            assembly.module = f"stage.{stage}.block.{position}"
            stride = 2 if stage and not position else 1
            last = _block(assembly, (image, image), stride, width, mobilenet.expansion, last)
            image //= stride
    return assembly.network()


def kernel_count(mobilenet: MobileNet) -> int:
    """Return how many kernels the network has."""
    return 1 + (3 if mobilenet.expansion else 2) * sum(mobilenet.depths)


def _block(
    assembly: Assembly, image: tuple[int, int], stride: int, width: int, expansion: int, source: int
) -> int:
    entering = inner = assembly.channels(source)
    middle = source
    if expansion:
        inner = expansion * entering
        middle = assembly.conv(image, 1, (entering, inner), source)
    middle = assembly.add(Conv(*image, 3, 3, 1, inner, stride), middle)
    leaving = (image[0] // stride, image[1] // stride)
    adds = expansion and stride == 1 and entering == width
    return assembly.conv(leaving, 1, (inner, width), middle, *([source] if adds else []))
