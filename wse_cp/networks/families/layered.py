"""Random networks in layers: each kernel reads a few kernels of the layers before its own."""

from __future__ import annotations

from dataclasses import dataclass

from wse_cp.errors import InputError
from wse_cp.networks.families.assembly import INPUT, Assembly
from wse_cp.networks.families.random_numbers import RandomNumbers
from wse_cp.networks.network import Network


@dataclass(frozen=True)
class Layered:
    """A random network, the same for the same numbers on every machine.

    Parameters
    ----------
    kernels, layers
        Kernels in all, and layers, among which they are spread as evenly as possible.
    inputs
        Least and largest number of kernels that a kernel reads.
    reach
        How many layers back these stand at most.
    images
        Rows (and columns) that the kernels compute on: equally many layers for each.
    fields
        Fields of the convolutions, drawn for each.
    widths
        Channels that leave a kernel, drawn for each; as many enter as leave those that it reads.
    input_channels
        Channels that enter.
    seed
        Number that the draws depend on.
    """

    kernels: int
    layers: int
    inputs: tuple[int, int]
    reach: int
    images: tuple[int, ...]
    fields: tuple[int, ...]
    widths: tuple[int, ...]
    input_channels: int
    seed: int


def build_layered(layered: Layered) -> Network:
    """Return the network, numbered layer by layer.

    Raises `InputError` if there are more layers than kernels, or the least number of inputs is above the
    largest.
    """
    low, high = layered.inputs
    if low > high:
        raise InputError("inputs = [least, largest]", f"[{low}, {high}]")
    if layered.layers > layered.kernels:
        raise InputError(f"at most {layered.kernels} layers, one for each kernel", str(layered.layers))
    numbers = RandomNumbers(layered.seed)
    image = layered.images[0]
    assembly = Assembly((image, image, layered.input_channels))
    before: list[list[int]] = []
    for layer in range(layered.layers):
        assembly.module = f"layer.{layer}"
        image = layered.images[layer * len(layered.images) // layered.layers]
        before.append(_layer(assembly, layered, image, _size(layered, layer), before, numbers))
    return assembly.network()


def _size(layered: Layered, layer: int) -> int:
    """Return how many kernels a layer has."""
    return (layer + 1) * layered.kernels // layered.layers - layer * layered.kernels // layered.layers


def _layer(
    assembly: Assembly,
    layered: Layered,
    image: int,
    size: int,
    before: list[list[int]],
    numbers: RandomNumbers,
) -> list[int]:
    """Add a layer and return its kernels; each reads at least one kernel of the layer just before."""
    near = [number for layer in before[-layered.reach :] for number in layer]
    added = []
    for _ in range(size):
        sources = _sources(layered, before, near, numbers) if before else [INPUT]
        entering = sum(assembly.channels(source) for source in sources)
        field, width = numbers.choice(layered.fields), numbers.choice(layered.widths)
        added.append(assembly.conv((image, image), field, (entering, width), *sources))
    return added


def _sources(layered: Layered, before: list[list[int]], near: list[int], numbers: RandomNumbers) -> list[int]:
    """Return what a kernel reads, ascending: `near` holds the kernels of all layers within reach."""
    found = {numbers.choice(before[-1])}
    count = min(numbers.integer(*layered.inputs), len(near))
    while len(found) < count:
        found.add(numbers.choice(near))
    return sorted(found)
