"""TOML tables read key by key, with errors that name the file, the line and what was expected."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from typing import Any

from wse_cp.errors import InputError

_LINE = re.compile(r"line (\d+)")


class Table:
    """A TOML table read key by key.

    Every method raises `InputError` if the key is missing (and has no default) or its value does not fit;
    `finish` raises it for keys that were never read.
    """

    def __init__(self, values: Mapping[str, Any], text: str, source: str, where: str = "") -> None:
        self._values, self._text, self._source, self._where = values, text, source, where
        self._asked: list[str] = []

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def integer(self, key: str, low: int, high: int, default: int | None = None) -> int:
        """Return an integer within `low` and `high`."""
        value = self._get(key, f"{key} = an integer", default)
        if type(value) is not int or not low <= value <= high:
            raise self.error(key, f"{key} = an integer from {low} to {high}", repr(value))
        return value

    def integers(self, key: str, low: int, high: int, most: int) -> tuple[int, ...]:
        """Return a list of 1 to `most` integers within `low` and `high`."""
        values = self._get(key, f"{key} = [integers]")
        expected = f"{key} = a list of 1 to {most} integers from {low} to {high}"
        if not isinstance(values, list) or not 1 <= len(values) <= most:
            raise self.error(key, expected, repr(values))
        for value in values:
            if type(value) is not int or not low <= value <= high:
                raise self.error(key, expected, repr(value))
        return tuple(values)

    def string(self, key: str, choices: Collection[str] = ()) -> str:
        """Return a string, one of `choices` if there are any."""
        expected = f'{key} = "..."' + (f" with one of {', '.join(choices)}" if choices else "")
        value = self._get(key, expected)
        if not isinstance(value, str) or (choices and value not in choices):
            raise self.error(key, expected, repr(value))
        return value

    def strings(self, key: str, count: int) -> tuple[str, ...]:
        """Return a list of exactly `count` strings."""
        expected = f"{key} = [{count} strings]"
        values = self._get(key, expected)
        if not isinstance(values, list) or list(map(type, values)) != [str] * count:
            raise self.error(key, expected, repr(values))
        return tuple(values)

    def tables(self, key: str) -> list[Table]:
        """Return the tables of an array of tables, which may be missing."""
        values = self._get(key, f"[[{key}]]", [])
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise self.error(key, f"[[{key}]]", repr(values))
        return [Table(value, self._text, self._source, f" in [[{key}]]") for value in values]

    def named_tables(self) -> dict[str, Table]:
        """Return the tables in this one, which holds nothing else."""
        for key, value in self._values.items():
            if not isinstance(value, dict):
                raise self.error(key, f"a table [{key}]", repr(value))
        self._asked += self._values
        return {
            key: Table(value, self._text, self._source, f" in [{key}]") for key, value in self._values.items()
        }

    def finish(self) -> None:
        """Raise `InputError` if the table has a key that was not read."""
        for key in self._values:
            if key not in self._asked:
                raise self.error(key, "a key of " + ", ".join(self._asked) + self._where, key)

    def error(self, key: str, expected: str, found: str) -> InputError:
        """Return the error about a key, with its line if it stands in the file only once."""
        pattern = re.compile(rf"^[\s\[]*{re.escape(key)}\s*[\]=]", re.MULTILINE)
        starts = [match.end() for match in pattern.finditer(self._text)]
        line = self._text.count("\n", 0, starts[0]) + 1 if len(starts) == 1 else None
        return InputError(expected, found, self._source, line)

    def _get(self, key: str, expected: str, default: Any = None) -> Any:
        self._asked.append(key)
        value = self._values.get(key, default)
        if value is None:
            raise InputError(expected + self._where, "no such key", self._source)
        return value


def parse_table(text: str, source: str) -> Table:
    """Return the top table of a TOML text; raises `InputError` on wrong syntax."""
    try:
        return Table(tomllib.loads(text), text, source)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        match = _LINE.search(str(error))
        line = int(match.group(1)) if match else None
        found = str(error).partition(" (at ")[0] or type(error).__name__
        raise InputError("TOML", found, source, line) from None
