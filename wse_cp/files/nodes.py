"""The header of an instance file: a comment with one ``key=value`` a line.

One node of an instance file: ``TYPE[ID] key=value ... name='kN'``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import get_args, get_type_hints

from wse_cp.errors import InputError
from wse_cp.files.text import WORD, Scanner, check_name, parse_integer
from wse_cp.instance import SETTING_RANGES, Node, Settings, Terminal
from wse_cp.kernels import KERNEL_TYPES, MAX_ARGUMENT, Conv, Kernel, check_kernel, formal_arguments

LABEL = "test"
KEYS = (LABEL, *SETTING_RANGES)


def parse_header(
    comments: Iterable[tuple[int, str]], source: str, overrule: Mapping[str, int]
) -> tuple[Settings, str]:
    """Return the settings and the label in the comments (line, text) of an instance file.

    A comment is a header if its first line assigns to a header key, or if it has several lines
    that are all assignments. Settings of `overrule` go before those of the header.

    Raises
    ------
    InputError
        On an unknown or repeated key, a value out of range, or a line without ``key=value``.
    """
    values: dict[str, str | int] = {}
    for line, comment in comments:
        if not _is_header(comment):
            continue
        for key_line, text in _lines(line, comment):
            key, value = _parse_line(text, source, key_line)
            if key in values:
                raise InputError(f"{key} once in the header", "it again", source, key_line)
            values[key] = value
    label = str(values.pop(LABEL, ""))
    return Settings(**{**{key: int(value) for key, value in values.items()}, **overrule}), label


def format_header(settings: Settings, label: str) -> str:
    """Return the header as a comment, without a line end."""
    if "*)" in label:
        raise InputError("a label without *)", label)
    check_label(label)
    numbers = [f"{key}={getattr(settings, key)}" for key in SETTING_RANGES]
    return "\n".join(["(*", f"{LABEL}={label}", *numbers, "*)"])


def check_label(label: str) -> str:
    """Return a label; raises `InputError` if it is not fit for one line of text."""
    if not label.isprintable():
        raise InputError("a printable label on one line", label)
    return label


def _lines(first: int, comment: str) -> Iterator[tuple[int, str]]:
    return ((number, text) for number, text in enumerate(comment.split("\n"), first) if text.strip())


def _is_header(comment: str) -> bool:
    keys = [_split(text)[0] for _, text in _lines(0, comment)]
    if not keys:
        return False
    return keys[0] in KEYS or (len(keys) > 1 and all(keys))


def _split(text: str) -> tuple[str, str]:
    """Return key and value of ``key=value``; the key is empty if it is nothing of the kind."""
    key, _, value = text.partition("=")
    key = key.strip()
    return (key if "=" in text and key.isidentifier() else ""), value.strip()


def _parse_line(text: str, source: str, line: int) -> tuple[str, str | int]:
    key, value = _split(text)
    if key not in KEYS:
        raise InputError("key=value with a key of " + ", ".join(KEYS), text.strip(), source, line)
    try:
        if key == LABEL:
            return key, check_label(value)
        return key, parse_integer(value, key, *SETTING_RANGES[key])
    except InputError as error:
        raise error.at(source, line) from None


TERMINALS: tuple[str, ...] = get_args(get_type_hints(Terminal)["kind"])

#: Type and number, at the beginning of a node and at both ends of an edge.
HEAD = re.compile(rf"({WORD})\s*+\[\s*+([^\[\]\s]*+)\s*+\]")

_ATTRIBUTE = re.compile(rf"({WORD})\s*+=\s*+(?:'([^'\n]*)'|(\[[^\[\]]*\])|([^\s'\[\]]+))")
#: Largest extent of a tensor, and most extents.
MAX_EXTENT = 10**9
MAX_EXTENTS = 16


def node_type(node: Node) -> str:
    """Return the keyword in front of a node's number."""
    return node.kernel.kind if isinstance(node.kernel, Terminal) else node.kernel.type_name


def parse_node(scanner: Scanner, type_name: str, number: int, line: int) -> Node:
    """Return the node whose ``TYPE[ID]``, on `line`, has been read."""
    try:
        return _parse_node(scanner, type_name, number)
    except InputError as error:
        raise error.at(scanner.source, line) from None


def format_node(node: Node) -> str:
    """Return the line of a node; raises `InputError` if its name cannot be written."""
    check_name(node.name)
    if isinstance(node.kernel, Terminal):
        extents = " ".join(map(str, node.kernel.shape))
        attributes = [f"n=[{extents}]"] if extents else []
    else:
        attributes = [f"{key}={value}" for key, value in _written_arguments(node.kernel).items()]
    return " ".join([f"{node_type(node)}[{node.id}]", *attributes, f"name='{node.name}'"])


def _parse_node(scanner: Scanner, type_name: str, number: int) -> Node:
    if type_name not in (*TERMINALS, *KERNEL_TYPES):
        raise InputError("a node type of " + ", ".join((*TERMINALS, *KERNEL_TYPES)), type_name)
    known = ("n",) if type_name in TERMINALS else _argument_keys(type_name)
    values = _parse_attributes(scanner, type_name, known)
    name = check_name(values.pop("name", f"k{number}"))
    if type_name in KERNEL_TYPES:
        return Node(number, name, _kernel(type_name, values))
    shape = _parse_shape(values.get("n"))
    return Node(number, name, Terminal("input" if type_name == "input" else "output", shape))


def _argument_keys(type_name: str) -> tuple[str, ...]:
    """Return the keys of a kernel's formal arguments: upper case for conv, lower case for blocks."""
    names = [field.name for field in fields(KERNEL_TYPES[type_name])]
    return (*names, "U") if type_name == "conv" else tuple(name.lower() for name in names)


def _written_arguments(kernel: Kernel) -> dict[str, int]:
    values = formal_arguments(kernel)
    numbers = [*values.values(), kernel.T] if isinstance(kernel, Conv) else list(values.values())
    return dict(zip(_argument_keys(kernel.type_name), numbers, strict=True))


def _parse_attributes(scanner: Scanner, type_name: str, known: tuple[str, ...]) -> dict[str, str]:
    values: dict[str, str] = {}
    line = scanner.line
    while match := scanner.find(_ATTRIBUTE):
        key, quoted, bracketed, plain = match.groups()
        if key not in (*known, "name"):
            expected = f"an argument of {type_name} ({', '.join((*known, 'name'))})"
            raise InputError(expected, key, scanner.source, line)
        # Case B names its input twice (name='x' name='k0'): the last name holds.
        if key in values and key != "name":
            raise InputError(f"{key} once in a node", "it again", scanner.source, line)
        values[key] = next(value for value in (quoted, bracketed, plain) if value is not None)
        line = scanner.line
    if not scanner.at_end and not scanner.sees(HEAD):
        scanner.take(_ATTRIBUTE, "an argument like H=14 or a node like conv[1]")
    return values


def _kernel(type_name: str, values: dict[str, str]) -> Kernel:
    numbers: dict[str, int] = {}
    for key in _argument_keys(type_name):
        if key not in values:
            raise InputError(f"argument {key} of {type_name}", "none")
        numbers[key.upper()] = parse_integer(values[key], key, 1, MAX_ARGUMENT)
    if type_name == "conv":
        check_strides(numbers["T"], numbers.pop("U"))
    kernel = KERNEL_TYPES[type_name](**numbers)
    check_kernel(kernel)
    return kernel


def check_strides(T: int, U: int) -> None:
    """Raise `InputError` unless the two strides of a conv agree."""
    if U != T:
        raise InputError("U equal to T", f"T={T} U={U}")


def _parse_shape(text: str | None) -> tuple[int, ...]:
    if text is None:
        return ()
    if not text.startswith("["):
        raise InputError("n=[...] with extents", f"n={text}")
    return parse_extents(text[1:-1].split(None, MAX_EXTENTS))


def parse_extents(texts: Iterable[str]) -> tuple[int, ...]:
    """Return the extents of a tensor; raises `InputError` if one is not a positive integer."""
    extents = tuple(texts)
    if len(extents) > MAX_EXTENTS:
        raise InputError(f"at most {MAX_EXTENTS} extents", "more")
    return tuple(parse_integer(text, "an extent", 1, MAX_EXTENT) for text in extents)
