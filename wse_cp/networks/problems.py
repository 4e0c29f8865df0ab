"""Problem tables (TOML): for each name a model file, a label, and the numbers of the header.

Model files are sought relative to the table's folder. The package's own tables are `problems.toml` (for
`contest`) and `large.toml` (for `large`) beside this module; their models stand in `models/`.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from wse_cp.errors import InputError, located
from wse_cp.files.text import read_text
from wse_cp.instance import SETTING_RANGES, Instance, Settings
from wse_cp.networks.model import read_model
from wse_cp.networks.toml_table import Table, parse_table


def package_table(name: str) -> Path:
    """Return the path of a table that comes with the package."""
    return Path(str(files("wse_cp.networks"))) / name


def problem_names(path: Path) -> tuple[str, ...]:
    """Return the names in a table, in its order; raises `InputError` if it cannot be read."""
    return tuple(_tables(path))


def read_problem(path: Path, name: str, expected: str) -> Instance:
    """Return a problem of a table.

    Raises `InputError` if there is none of that name (it says what was `expected`), or the table or the model
    cannot be read or understood.
    """
    tables = _tables(path)
    if name not in tables:
        raise InputError(expected, name or "nothing")
    return _problem(tables[name], path)


def read_problems(path: str | Path) -> dict[str, Instance]:
    """Return the problems of a table by name.

    Raises `InputError` if the table or a model cannot be read or understood.
    """
    return {name: _problem(table, Path(path)) for name, table in _tables(Path(path)).items()}


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
