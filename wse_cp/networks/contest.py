"""The contest's twenty problems by letter, made from the model files that come with the package.

A problem table (TOML) gives each problem a model file, a label, and the weights; the contest's own is
`problems.toml` beside this module, its models stand in `models/`.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from wse_cp.errors import InputError, located
from wse_cp.files.text import read_text
from wse_cp.instance import SETTING_RANGES, Instance, Settings
from wse_cp.networks.model import read_model
from wse_cp.networks.toml_table import Table, parse_table


def contest_names() -> tuple[str, ...]:
    """Return the letters of the contest's problems, A to T."""
    return tuple(_tables(_contest_table()))


def contest_instance(letter: str) -> Instance:
    """Return a problem of the contest, the same as `instances/<letter>.kgraph`.

    Raises `InputError` if there is no problem of that name.
    """
    path = _contest_table()
    tables = _tables(path)
    if letter not in tables:
        names = list(tables)
        raise InputError(f"one of {names[0]} to {names[-1]}", letter or "nothing")
    return _problem(tables[letter], path)


def read_problems(path: str | Path) -> dict[str, Instance]:
    """Return the problems of a table by name; model files are sought relative to the table's folder.

    Raises `InputError` if the table or a model cannot be read or understood.
    """
    return {name: _problem(table, Path(path)) for name, table in _tables(Path(path)).items()}


def _contest_table() -> Path:
    return Path(str(files("wse_cp.networks"))) / "problems.toml"


def _tables(path: Path) -> dict[str, Table]:
    return parse_table(read_text(path), str(path)).named_tables()


def _problem(table: Table, path: Path) -> Instance:
    """Return the problem of one table in the file `path`."""
    network = read_model(path.parent / table.string("model"))
    defaults = Settings()
    numbers = {
        key: table.integer(key, low, high, getattr(defaults, key))
        for key, (low, high) in SETTING_RANGES.items()
    }
    label = table.string("test")
    table.finish()
    with located(str(path)):
        return network.instance(Settings(**numbers), label)
