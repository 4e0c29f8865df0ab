"""Put a network together along the data flow: kernels numbered in the order in which they are added."""

from __future__ import annotations

from dataclasses import replace

from wse_cp.kernels import Conv, DBlock, Kernel
from wse_cp.networks.network import Link, Network, Shape, build_network

INPUT = 0  #: number of the network's input


class Assembly:
    """A network in the making; its input has the number `INPUT`.

    Parameters
    ----------
    input_shape
        Rows, columns and channels of the tensor that enters.
    """

    def __init__(self, input_shape: Shape) -> None:
        #: Path of the module that kernels are added to, such as ``encoder.3.attention``.
        self.module = ""
        self._modules: list[str] = []
        self._outputs: list[Shape] = [input_shape]
        self._kernels: list[Kernel] = []
        self._links: list[Link] = []

    def add(self, kernel: Conv | DBlock, *sources: int) -> int:
        """Add a kernel that reads what the `sources` write, and return its number."""
        number = len(self._outputs)
        self._kernels.append(kernel)
        self._modules.append(self.module)
        self._links += [(source, number, self._outputs[source]) for source in sources]
        self._outputs.append(_output_shape(kernel))
        return number

    def named(self, part: str, image: tuple[int, int], channels: tuple[int, int], *sources: int) -> int:
        """Add a 1 x 1 convolution that has a name of its own in the module."""
        number = self.conv(image, 1, channels, *sources)
        self._modules[-1] = f"{self.module}.{part}"
        return number

    def conv(self, image: tuple[int, int], field: int, channels: tuple[int, int], *sources: int) -> int:
        """Add a convolution of stride 1 by its image, square field, and channels in and out."""
        return self.add(Conv(*image, field, field, *channels, 1), *sources)

    def channels(self, number: int) -> int:
        """Return how many channels a node writes."""
        return self._outputs[number][-1]

    def network(self) -> Network:
        """Return the network: whatever nothing reads goes to its output."""
        read = {source for source, _, _ in self._links}
        ends = [number for number in range(1, len(self._outputs)) if number not in read]
        end = len(self._outputs)
        links = [*self._links, *((number, end, self._outputs[number]) for number in ends)]
        network = build_network(self._kernels, links, self._outputs[INPUT], self._outputs[ends[-1]])
        modules = {f"k{number}": module for number, module in enumerate(self._modules, 1) if module}
        return replace(network, modules=modules)


def _output_shape(kernel: Conv | DBlock) -> Shape:
    if isinstance(kernel, DBlock):
        return kernel.H, kernel.W, kernel.F
    return -(-kernel.H // kernel.T), -(-kernel.W // kernel.T), kernel.K
