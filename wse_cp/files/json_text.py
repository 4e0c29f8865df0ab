"""JSON as text: parsing with exact numbers, the line of a value for errors, and a layout people can read.

The standard library parses and quotes; it has neither line numbers of values nor a layout between one line
and one value a line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from wse_cp.errors import InputError

#: Keys and indices that lead to a value.
Path = Sequence[str | int]

#: Most characters of a line of a written document: a placed kernel fits on one line.
LINE = 200
#: Most digits of a number, before and behind the point: costs and bounds have far fewer.
MAX_NUMBER_DIGITS = 60
#: Largest exponent: that of any float.
MAX_EXPONENT = 324

_BLANKS = re.compile(r"[ \t\n\r]*")


@dataclass(frozen=True)
class Place:
    """A value in a JSON text, for errors: the text, its name, the path to the value."""

    text: str
    source: str
    path: Path = ()

    def at(self, *steps: str | int) -> Place:
        """Return the place of what stands within this one."""
        return Place(self.text, self.source, (*self.path, *steps))

    def error(self, expected: str, found: str) -> InputError:
        """Return an error that names the path and the line."""
        where = f" at {path_text(self.path)}" if self.path else ""
        return InputError(expected + where, found, self.source, line_of(self.text, self.path))

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Give this place to an `InputError` that is raised within."""
        try:
            yield
        except InputError as error:
            raise self.error(error.expected, error.found) from None


def parse_json(text: str, source: str) -> Any:
    """Return the JSON value in `text`; numbers are int, or `Fraction` where they have a fractional part.

    Raises `InputError` if it is no JSON (which excludes NaN and infinities), has a key twice in one object, a
    number with very many digits, or is nested too deeply.
    """
    try:
        return json.loads(
            text,
            parse_float=_number,
            parse_int=_integer,
            parse_constant=_constant,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        found = error.msg if error.pos < len(text) else "the end of the file"
        raise InputError("JSON", found, source, error.lineno) from None
    except RecursionError:
        raise InputError("JSON", "deeply nested values", source) from None
    except InputError as error:
        raise error.at(source) from None


def line_of(text: str, path: Path) -> int:
    """Return the line on which the value at `path` begins, or the last one on the way that exists.

    `text` must be JSON.
    """
    position = _skip(text, 0)
    for step in path:
        for key, start in _members(text, position):
            if key == step:
                position = start
                break
        else:
            break
    return text.count("\n", 0, position) + 1


def lines_of_items(text: str, path: Path) -> list[int]:
    """Return the lines on which the items of the array at `path`, which must exist, begin."""
    position = _skip(text, 0)
    for step in path:
        position = next(start for key, start in _members(text, position) if key == step)
    lines, line, last = [], 1, 0
    for _, start in _members(text, position):
        line += text.count("\n", last, start)
        last = start
        lines.append(line)
    return lines


def path_text(path: Path) -> str:
    """Return a path as people write it, such as nodes[3].kernel.H."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")


def format_json(value: Any) -> str:
    """Return a JSON value as text with a line for each part that fits one."""
    return _laid_out(value, "", 0) + "\n"


def format_item(value: Any) -> str:
    """Return a value as `format_json` writes it in an array of a document's object."""
    return _laid_out(value, "    ", 0)


def _laid_out(value: Any, indent: str, taken: int) -> str:
    """Return `value` on one line if it fits behind `taken` characters, else its parts on their own."""
    flat = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if not isinstance(value, dict | list) or not value:
        return flat
    if indent and len(indent) + taken + len(flat) <= LINE:
        return flat
    deeper = indent + "  "
    if isinstance(value, dict):
        named = [(json.dumps(key, ensure_ascii=False) + ": ", part) for key, part in value.items()]
        parts = [key + _laid_out(part, deeper, len(key)) for key, part in named]
    else:
        parts = [_laid_out(part, deeper, 0) for part in value]
    first, last = "{}" if isinstance(value, dict) else "[]"
    return f"{first}\n{deeper}" + f",\n{deeper}".join(parts) + f"\n{indent}{last}"


def _number(text: str) -> int | Fraction:
    digits, _, exponent = text.lower().partition("e")
    if len(digits) > MAX_NUMBER_DIGITS or len(exponent) > 4 or abs(int(exponent or 0)) > MAX_EXPONENT:
        raise InputError(f"numbers of at most {MAX_NUMBER_DIGITS} digits", text)
    value = Fraction(text)
    return int(value) if value.denominator == 1 else value


def _integer(text: str) -> int:
    if len(text) > MAX_NUMBER_DIGITS:
        raise InputError(f"numbers of at most {MAX_NUMBER_DIGITS} digits", text)
    return int(text)


def _constant(text: str) -> Any:
    raise InputError("a number", text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise InputError("keys that occur once in an object", f"a second {twice}")
    return found


def _members(text: str, position: int) -> Iterator[tuple[str | int, int]]:
    """Yield (key or index, start of the value) of the object or array that begins at `position`."""
    if text[position] not in "{[":
        return
    in_object, index = text[position] == "{", 0
    position = _skip(text, position + 1)
    while text[position] not in "]}":
        key: str | int = index
        if in_object:
            key, position = _scan(text, position)
            position = _skip(text, _skip(text, position) + 1)  # over the colon
        yield key, position
        position = _skip(text, _scan(text, position)[1])
        position = _skip(text, position + 1) if text[position] == "," else position
        index += 1


def _skip(text: str, position: int) -> int:
    match = _BLANKS.match(text, position)
    assert match is not None
    return match.end()


_scan: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder(parse_int=str, parse_float=str).raw_decode
