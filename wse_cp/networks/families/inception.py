"""Inception networks (Szegedy et al. 2015, doi:10.1109/CVPR.2015.7298594)."""

from __future__ import annotations

from dataclasses import dataclass

from wse_cp.errors import InputError
from wse_cp.kernels import Conv
from wse_cp.networks.families.assembly import INPUT, Assembly
from wse_cp.networks.network import Network

#: Kernels before the first module, and kernels of a module.
STEM_KERNELS, MODULE_KERNELS = 2, 6
#: The branches of a module, as in its authors' first: field, channels before and behind it in sixteenths
#: of the module's own; none before it where one convolution is the whole branch.
BRANCHES = ((1, 0, 4), (3, 6, 8), (5, 1, 2), (1, 0, 2))


@dataclass(frozen=True)
class Inception:
    """A network of inception modules.

    Parameters
    ----------
    modules
        Modules of each stage.
    widths
        Channels that leave the modules of each stage, divisible by 16.
    image
        Rows (and columns) of the image that enters: an eighth of them reach the first stage, and each
        further stage has half of those before it.
    input_channels
        Channels of the image that enters.
    """

    modules: tuple[int, ...]
    widths: tuple[int, ...]
    image: int
    input_channels: int


def build_inception(inception: Inception) -> Network:
    """Return the network, numbered along the data flow; pooling is no kernel.

    Raises `InputError` if there is not one width for each stage, a width is not divisible by 16, or the image
    cannot be halved so often.
    """
    _check(inception)
    image = inception.image
    first = inception.widths[0] // 4
    assembly = Assembly((image, image, inception.input_channels))
    assembly.module = "stem"
    stem = assembly.add(Conv(image, image, 7, 7, inception.input_channels, first, 2), INPUT)
    image //= 4
    features = [assembly.conv((image, image), 3, (first, 3 * first), stem)]
    for stage, (modules, width) in enumerate(zip(inception.modules, inception.widths, strict=True)):
        image //= 2
        for number in range(modules):
            assembly.module = f"stage.{stage}.module.{number}"
            features = _module(assembly, (image, image), width, features)
    return assembly.network()


def kernel_count(inception: Inception) -> int:
    """Return how many kernels the network has."""
    return STEM_KERNELS + MODULE_KERNELS * sum(inception.modules)


def _check(inception: Inception) -> None:
    stages, widths = len(inception.modules), inception.widths
    if len(widths) != stages:
        raise InputError("one width for each number of modules", f"{len(widths)} for {stages}")
    for width in widths:
        if width % 16:
            raise InputError("widths divisible by 16", str(width))
    halvings = 2 ** (stages + 2)
    if inception.image % halvings:
        raise InputError(f"an image divisible by {halvings} (stages halve it)", str(inception.image))


def _module(assembly: Assembly, image: tuple[int, int], width: int, features: list[int]) -> list[int]:
    """Add a module behind the branches of the one before it, and return the ends of its own."""
    channels = sum(assembly.channels(feature) for feature in features)
    ends = []
    for field, before, behind in BRANCHES:
        sources, entering = features, channels
        if before:
            entering = before * width // 16
            sources = [assembly.conv(image, 1, (channels, entering), *features)]
        ends.append(assembly.conv(image, field, (entering, behind * width // 16), *sources))
    return ends
