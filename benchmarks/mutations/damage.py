"""Damage: what becomes of texts, bytes and plain values (those of JSON and TOML)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from random import Random
from typing import Any

#: Numbers at and beyond all limits, as they are written.
NUMBERS = (
    *(
        "0",
        "-0",
        "-1",
        "1",
        "+1",
        "2",
        "3",
        "7",
        "255",
        "4095",
        "4096",
        "4097",
        "65536",
        "1048576",
        "1048577",
    ),
    *("2147483647", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808"),
    *("18446744073709551616", "999999999", "1000000000", "1000000001", "999999999999999999", "1" + "0" * 18),
    *("1" + "0" * 30, "9" * 60, "9" * 61, "9" * 5000, "-" + "9" * 5000, "007", "0x10", "1_000", "1e9", "1E2"),
    *("1e-9", "1e400", "-1e400", "1e99999999999", "1.0", "1.5", "-0.0", ".5", "5.", "NaN", "nan", "Infinity"),
    *("-Infinity", "inf", "1/2", "1/0", "\u0663", "\u00b2", "", " ", "true", "null", "--1", "1 2", "0b1"),
)
#: Texts that have been trouble somewhere.
TEXTS = (
    *("", " ", "k1", "k01", "k 1", "\0", "\n", "\r\n", "\t", "\ufeff", "\u202e", "\ud800", "\U0001f600", "é"),
    *("e\u0301", "'", '"', "\\", "(*", "*)", "$$", "$x^2$", "<b>", "&amp;", "%s", "{0}", "../x", "/dev/null"),
    *(
        "-",
        "--help",
        "NaN",
        "null",
        "__proto__",
        "[bold]",
        "\x1b[31m",
        "a" * 200,
        "a" * 201,
        "a" * 100_000,
        "conv",
    ),
    *(
        "input",
        "wse-cp instance",
        "wse-cp result",
        "1",
        "k1,k2",
        "=",
        ":",
        "\u2028",
        "\x7f",
        "\uffff",
        "İ",
        "ß",
    ),
)
_TOKEN = re.compile(r"\w+|\s+|.", re.DOTALL)
_NUMBER = re.compile(r"\d+")
#: How deep deep nesting is, and how many items make a long list.
_DEEP, _LONG = 100_000, 20_000
_ENCODINGS = ("utf-16", "utf-32", "latin-1", "utf-8-sig", "utf-7", "cp1252", "utf-16-le")


@dataclass(frozen=True)
class Raw:
    """Something that stands in a text as it is."""

    text: str


@dataclass(frozen=True)
class Pairs:
    """An object whose keys may occur more than once."""

    items: tuple[tuple[str, Any], ...]


def json_text(value: Any, indent: int | None = None) -> str:
    """Return plain values with `Raw` and `Pairs` among them as JSON, or as near to it as they allow."""
    if isinstance(value, Raw):
        return value.text
    line = "" if indent is None else "\n" + " " * (indent + 1)
    deeper = None if indent is None else indent + 1
    if isinstance(value, dict | Pairs):
        items = value.items() if isinstance(value, dict) else value.items
        inside = [f"{line}{json.dumps(str(key))}: {json_text(part, deeper)}" for key, part in items]
        return "{" + ",".join(inside) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(f"{line}{json_text(part, deeper)}" for part in value) + "]"
    return json.dumps(value)


def toml_text(value: Any) -> str:
    """Return a table of plain values as TOML, with inline tables."""
    items = value.items() if isinstance(value, dict) else value.items
    return "".join(f"{key} = {_toml_value(part)}\n" for key, part in items)


def _toml_value(value: Any) -> str:
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, dict | Pairs):
        items = value.items() if isinstance(value, dict) else value.items
        return "{" + ", ".join(f"{json.dumps(str(key))} = {_toml_value(part)}" for key, part in items) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml_value, value)) + "]"
    return json.dumps(value)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return all places in lists and objects, as (list or object, index or key)."""
    found: list[tuple[Any, Any]] = []
    rest = [value]
    while rest:
        inside = rest.pop()
        keys = list(inside) if isinstance(inside, dict) else range(len(inside))
        for key in keys:
            found.append((inside, key))
            if isinstance(inside[key], dict | list):
                rest.append(inside[key])
    return found


def damaged_value(value: Any, random: Random, most: int = 3) -> Any:
    """Return plain values after some mutations that know what they change."""
    found = deepcopy(value)
    for _ in range(random.choice((1, 1, *range(1, most + 1)))):
        known = places(found)
        if not known:
            return found
        # Half of the places are drawn among the keys near the top: there are few of them in a long list.
        inside, key = random.choice(known if random.random() < 0.5 else known[:40])
        if random.random() < 0.35:
            _change_container(inside, key, random)
        else:
            inside[key] = _changed(inside[key], random, found)
    return _doubled(found, random) if random.random() < 0.03 and isinstance(found, dict) and found else found


def _change_container(inside: Any, key: Any, random: Random) -> None:
    """Drop, double, move or add what stands at a place."""
    if isinstance(inside, dict):
        change = random.randrange(4)
        if change == 0:
            del inside[key]
        elif change == 1:
            inside[random.choice(TEXTS)] = deepcopy(inside[key])
        elif change == 2:
            inside[random.choice((str(key).upper(), str(key) + " ", *TEXTS))] = inside.pop(key)
        else:
            other = random.choice(list(inside))
            inside[key], inside[other] = inside[other], inside[key]
        return
    change = random.randrange(6)
    if change == 0:
        del inside[key]
    elif change == 1:
        inside.insert(random.randrange(len(inside) + 1), deepcopy(inside[key]))
    elif change == 2:
        other = random.randrange(len(inside))
        inside[key], inside[other] = inside[other], inside[key]
    elif change == 3:
        inside.reverse()
    elif change == 4:
        inside.clear()
    elif len(inside) < _LONG:
        inside += [deepcopy(inside[key])] * random.choice(
            (1, 2, 50, 50, _LONG if random.random() < 0.02 else 3)
        )


def _changed(value: Any, random: Random, whole: Any) -> Any:
    """Return another value in place of one: an extreme of its type, at times one of another type."""
    if random.random() < 0.15:
        return random.choice((None, True, False, [], {}, [value], {"x": value}, 0, "", Raw(""), Raw("x")))
    if random.random() < 0.1:
        inside, key = random.choice(places(whole))
        return deepcopy(inside[key])
    if random.random() < 0.005:
        opening, closing = random.choice(("[]", ('{"a":', "}")))
        return Raw(opening * _DEEP + "0" + closing * _DEEP)
    if isinstance(value, bool):
        return random.choice((not value, int(value), str(value)))
    if isinstance(value, int | float):
        return _other_number(value, random)
    if isinstance(value, str):
        return random.choice((*TEXTS, value + random.choice(TEXTS), value[:-1], value.upper(), value * 2))
    return random.choice(([], {}, None, 0, "x", [value, value]))


def _other_number(value: float, random: Random) -> Any:
    near = [value + 1, value - 1, 2 * value, -value, value + 0.5, float(value), str(value), 10 * value]
    near += [value // 2, value + (1 << random.randrange(70))] if isinstance(value, int) else []
    return random.choice(near) if random.random() < 0.7 else Raw(random.choice(NUMBERS))


def _doubled(value: dict[str, Any], random: Random) -> Any:
    """Return an object in which a key occurs twice."""
    items = list(value.items())
    key, part = random.choice(items)
    items.insert(random.randrange(len(items) + 1), (key, _changed(part, random, value)))
    return Pairs(tuple(items))


def damaged_text(text: str, random: Random, words: Sequence[str]) -> str:
    """Return a text after some mutations; `words` are those of its language."""
    changes: tuple[Callable[[str, Random, Sequence[str]], str], ...] = (
        *(_other_digits, _other_digits, _other_token, _other_token),
        *(_other_line, _other_character, _cut, _inserted),
    )
    for _ in range(random.choice((1, 1, 1, 2, 3, 4))):
        text = random.choice(changes)(text, random, words)
    return text


def _other_digits(text: str, random: Random, words: Sequence[str]) -> str:
    numbers = list(_NUMBER.finditer(text))
    if not numbers:
        return text
    match = random.choice(numbers)
    near = [str(int(match.group()[:18]) + step) for step in (-1, 1, 2)]
    return text[: match.start()] + random.choice([*NUMBERS, *near * 8]) + text[match.end() :]


def _other_token(text: str, random: Random, words: Sequence[str]) -> str:
    tokens = _TOKEN.findall(text)
    if not tokens:
        return text
    i, j = random.randrange(len(tokens)), random.randrange(len(tokens))
    change = random.randrange(5)
    if change == 0:
        tokens[i], tokens[j] = tokens[j], tokens[i]
    elif change == 1:
        tokens[i] = tokens[j]
    elif change == 2:
        del tokens[i]
    elif change == 3:
        tokens[i] = random.choice(words)
    else:
        tokens.insert(i, random.choice(words))
    return "".join(tokens)


def _other_line(text: str, random: Random, words: Sequence[str]) -> str:
    lines = text.split("\n")
    i, j = random.randrange(len(lines)), random.randrange(len(lines))
    change = random.randrange(6)
    if change == 0:
        lines[i], lines[j] = lines[j], lines[i]
    elif change == 1:
        lines.insert(i, lines[j])
    elif change == 2:
        del lines[i]
    elif change == 3:
        lines[i] += lines[j]
    elif change == 4:
        lines[i] += " " * random.choice((1, 100, 100_000)) + random.choice(words)
    else:
        del lines[min(i, j) : max(i, j)]
    return "\n".join(lines)


def _other_character(text: str, random: Random, words: Sequence[str]) -> str:
    i = random.randrange(len(text) + 1)
    other = random.choice((chr(random.randrange(1, 0x250)), "", random.choice(text or "x"), *TEXTS[:20]))
    return text[:i] + other + text[i + 1 :]


def _cut(text: str, random: Random, words: Sequence[str]) -> str:
    i, j = sorted(random.randrange(len(text) + 1) for _ in range(2))
    return random.choice((text[:i], text[i:], text[:i] + text[j:], text[:i] + text[i:j] * 2 + text[j:]))


def _inserted(text: str, random: Random, words: Sequence[str]) -> str:
    i = random.randrange(len(text) + 1)
    return text[:i] + random.choice((*words, *TEXTS)) * random.choice((1, 1, 2, 50)) + text[i:]


def encoded(text: str, random: Random) -> bytes:
    """Return the bytes of a text, at times damaged or in another encoding."""
    if random.random() < 0.9:
        return text.encode("utf-8", "surrogatepass")
    if random.random() < 0.4:
        return text.encode(random.choice(_ENCODINGS), "ignore")
    line_end = random.choice(("\n", "\r", "\r\n", "\n\r", "\u2028"))
    return damaged_bytes(text.replace("\n", line_end).encode("utf-8", "surrogatepass"), random)


def damaged_bytes(data: bytes, random: Random) -> bytes:
    """Return bytes after some mutations that know nothing of them."""
    for change in _byte_changes(random):
        data = change(data)
    return data


def _byte_changes(random: Random) -> Iterator[Callable[[bytes], bytes]]:
    def at(data: bytes) -> int:
        return random.randrange(len(data) + 1)

    def replaced(data: bytes) -> bytes:
        i = at(data)
        return data[:i] + bytes([random.randrange(256)]) + data[i + 1 :]

    def flipped(data: bytes) -> bytes:
        i = at(data)
        return data[:i] + bytes(byte ^ (1 << random.randrange(8)) for byte in data[i : i + 1]) + data[i + 1 :]

    def inserted(data: bytes) -> bytes:
        i = at(data)
        more = (b"\0", b"\xef\xbb\xbf", b"\xff\xfe", b"\x1a", b"\r", b"\xc3", b"\xed\xa0\x80", b"\xff" * 10)
        return data[:i] + random.choice(more) + data[i:]

    def cut(data: bytes) -> bytes:
        i, j = sorted((at(data), at(data)))
        return random.choice((data[:i], data[i:], data[:i] + data[j:], data[:j] + data[i:], b""))

    changes = (replaced, replaced, flipped, flipped, inserted, cut)
    for _ in range(random.randint(1, 3)):
        yield random.choice(changes)
