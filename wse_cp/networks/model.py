"""Model files: a neural network in a few lines of TOML, by its family and sizes (docs/formats.md)."""

from __future__ import annotations

from pathlib import Path
from typing import cast, get_args

from wse_cp.errors import located
from wse_cp.files.text import read_text
from wse_cp.instance import MAX_KERNELS
from wse_cp.kernels import MAX_ARGUMENT
from wse_cp.networks.families import (
    Granularity,
    ResNet,
    UNet,
    build_fully_connected,
    build_resnet,
    build_unet,
)
from wse_cp.networks.network import Network, Shape
from wse_cp.networks.toml_table import Table, parse_table

#: Most stages or levels: each halves the image.
MAX_LEVELS = 20


def read_model(path: str | Path) -> Network:
    """Return the network that a model file describes.

    Raises `InputError`, which names the file, if it cannot be read or describes no network.
    """
    return parse_model(read_text(path), str(path))


def parse_model(text: str, source: str) -> Network:
    """Return the network in `text`; `source` is its name in errors (see `read_model`)."""
    table = parse_table(text, source)
    family = table.string("family", FAMILIES)
    with located(source):
        network = FAMILIES[family](table)
        shapes = dict(_written_shape(entry) for entry in table.tables("written_shapes"))
        table.finish()
        return network.with_shapes(shapes)


def _resnet(table: Table) -> Network:
    widths = table.integers("widths", 4, MAX_ARGUMENT, MAX_LEVELS)
    depths = table.integers("depths", 1, MAX_KERNELS, MAX_LEVELS)
    granularity = cast(Granularity, table.string("granularity", get_args(Granularity)))
    if sum(depths) * (1 if granularity == "blocks" else 4) > MAX_KERNELS:
        raise table.error("depths", f"at most {MAX_KERNELS} kernels", "more")
    image = table.integer("image", 2, MAX_ARGUMENT)
    input_channels = table.integer("input_channels", 1, MAX_ARGUMENT, widths[0] // 2)
    first = table.integer("first_block_image", 0, MAX_ARGUMENT, 0)
    return build_resnet(ResNet(depths, widths, image, input_channels, granularity, first or None))


def _unet(table: Table) -> Network:
    widths = table.integers("widths", 1, MAX_ARGUMENT // 2, MAX_LEVELS)
    image = table.integer("image", 2, MAX_ARGUMENT)
    input_channels = table.integer("input_channels", 1, MAX_ARGUMENT)
    return build_unet(UNet(widths, image, input_channels, table.integer("classes", 1, MAX_ARGUMENT)))


def _fully_connected(table: Table) -> Network:
    return build_fully_connected(table.integers("widths", 1, MAX_ARGUMENT, MAX_KERNELS - 1))


def _written_shape(entry: Table) -> tuple[tuple[str, str], Shape]:
    source, target = entry.strings("edge", 2)
    shape = entry.integers("shape", 1, MAX_ARGUMENT, 10)
    entry.finish()
    return (source, target), shape


#: The families of networks, and the function that builds a network of each from its table.
FAMILIES = {"resnet": _resnet, "unet": _unet, "fully-connected": _fully_connected}
