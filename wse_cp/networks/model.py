"""Model files: a neural network in a few lines of TOML, by its family and sizes (docs/formats.md)."""

from __future__ import annotations

from pathlib import Path

from wse_cp.errors import located
from wse_cp.files.text import read_text
from wse_cp.kernels import MAX_ARGUMENT
from wse_cp.networks.family_tables import FAMILIES
from wse_cp.networks.network import Network, Shape
from wse_cp.networks.toml_table import Table, parse_table


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


def _written_shape(entry: Table) -> tuple[tuple[str, str], Shape]:
    source, target = entry.strings("edge", 2)
    shape = entry.integers("shape", 1, MAX_ARGUMENT, 10)
    entry.finish()
    return (source, target), shape
