"""Problem tables: which network, on which wafer, under which weights (see docs/formats.md)."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from wse_cp.errors import InputError
from wse_cp.files.text import read_text
from wse_cp.instance import SETTING_RANGES, Instance, Settings
from wse_cp.networks.model import read_model
from wse_cp.networks.table import Table, parse_table


def read_problems(path: str | Path) -> dict[str, Instance]:
    """Return the contest problems of a table by their letters; models are sought relative to the file.

    Raises
    ------
    InputError
        If the table or a model cannot be read or understood.
    """
    table = parse_table(read_text(path), str(path))
    return {
        letter: _problem(entry, Path(path).parent, str(path))
        for letter, entry in table.named_tables().items()
    }


def _problem(entry: Table, directory: Path, source: str) -> Instance:
    network = read_model(directory / entry.string("model"))
    defaults = Settings()
    numbers = {
        field.name: entry.integer(field.name, *SETTING_RANGES[field.name], getattr(defaults, field.name))
        for field in fields(Settings)
    }
    test = entry.string("test")
    entry.finish()
    try:
        return network.instance(Settings(**numbers), test)
    except InputError as error:
        raise error.at(source) from None
