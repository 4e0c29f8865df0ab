"""The statements of a solution file, and which kernels they place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wse_cp.errors import InputError
from wse_cp.files.nodes import check_strides
from wse_cp.files.scanner import NAME, WORD, Scanner, check_name, split_comments
from wse_cp.files.text import parse_integer
from wse_cp.instance import MAX_KERNELS
from wse_cp.kernels import KERNEL_TYPES, MAX_ARGUMENT, Arguments, Kernel, convs
from wse_cp.placement import PlacedKernel

#: Most kernels a solution may place.
MAX_PLACED = MAX_KERNELS
#: More numbers than any definition has.
MAX_NUMBERS = 20
#: Formal arguments in the order of this format (it differs from the classes').
FORMALS = {
    "conv": ("H", "W", "C", "K", "R", "S", "T", "U"),
    "dblock": ("H", "W", "F"),
    "cblock": ("H", "W", "F"),
}
#: Rotations; half turns change nothing.
ROTATIONS = {"R0": False, "R90": True, "R180": False, "R270": True}

_INCLUDE = re.compile(r"include\s*+\"[^\"\n]*\"")
_STATEMENT = re.compile(rf"({NAME})\s*+([=:])\s*+({WORD})\s*+\(([^()]*+)\)")


@dataclass(frozen=True)
class PaintedKernel:
    """A kernel as a solution file places it, and the line of its definition."""

    placed: PlacedKernel
    line: int


@dataclass(frozen=True)
class _Definition:
    kernel: Kernel
    args: Arguments
    line: int


def parse_paint(text: str, source: str) -> tuple[PaintedKernel, ...]:
    """Return the kernels that `text` places, in its order, right or wrong.

    Raises
    ------
    InputError
        If something is no statement of the format, or a definition and its place lack each other.
    """
    scanner = Scanner(split_comments(text, source)[0], source)
    pending: dict[str, _Definition] = {}
    last: dict[str, _Definition] = {}
    entries: list[PaintedKernel] = []
    while not scanner.at_end:
        line = scanner.line
        if scanner.find(_INCLUDE):
            continue
        match = scanner.take(_STATEMENT, "a statement like k1 = conv(...) or k1 : place(...)")
        name, sign, word, inside = match.groups()
        try:
            check_name(name)
            if sign == "=" and word != "union":
                _require_placed(name, pending)
                pending[name] = last[name] = _parse_definition(word, inside, line)
            elif sign == ":" and word != "name":
                if len(entries) >= MAX_PLACED:
                    raise InputError(f"at most {MAX_PLACED} placed kernels", "more")
                entries.append(_parse_place(name, word, inside, last))
                pending.pop(name, None)
        except InputError as error:
            raise error.at(source, line) from None
    for name, definition in pending.items():
        raise InputError(f"a place(...) for {name}", "none", source, definition.line)
    return tuple(entries)


def _require_placed(name: str, pending: dict[str, _Definition]) -> None:
    if name in pending:
        raise InputError(f"a place(...) for {name} (line {pending[name].line})", "a second definition")


def _parse_definition(type_name: str, inside: str, line: int) -> _Definition:
    if type_name not in KERNEL_TYPES:
        raise InputError("a kernel type of " + ", ".join((*KERNEL_TYPES, "or union")), type_name)
    names, texts = FORMALS[type_name], inside.split(None, MAX_NUMBERS)
    if len(texts) < len(names):
        raise InputError(f"at least {len(names)} numbers in {type_name}(...)", str(len(texts)))
    formals = {
        name: parse_integer(text, name, 1, MAX_ARGUMENT) for name, text in zip(names, texts, strict=False)
    }
    if type_name == "conv":
        check_strides(formals["T"], formals.pop("U"))
    kernel = KERNEL_TYPES[type_name](**formals)
    numbers = [parse_integer(text, "an execution argument") for text in texts[len(names) :]]
    return _Definition(kernel, _arguments(kernel, numbers), line)


def _arguments(kernel: Kernel, numbers: list[int]) -> Arguments:
    count = len(convs(kernel))
    if len(numbers) != 2 + 2 * count:
        expected = f"{2 + 2 * count} execution arguments in {kernel.type_name}(...)"
        raise InputError(expected, str(len(numbers)))
    h, w, *splits = numbers
    return Arguments(h, w, tuple(splits[:count]), tuple(splits[count:]))


def _parse_place(name: str, word: str, inside: str, defined: dict[str, _Definition]) -> PaintedKernel:
    if word != "place":
        raise InputError("place(...) or name(...)", f"{word}(...)")
    if name not in defined:
        raise InputError(f"a definition of {name} before its place", "none")
    texts = inside.split(None, 3)
    if len(texts) != 3 or texts[2] not in ROTATIONS:
        raise InputError(
            "x y and one of " + ", ".join(ROTATIONS) + " in place(...)", inside.strip() or "nothing"
        )
    x, y = parse_integer(texts[0], "x"), parse_integer(texts[1], "y")
    kernel, args, line = defined[name].kernel, defined[name].args, defined[name].line
    return PaintedKernel(PlacedKernel(name, kernel, args, x, y, ROTATIONS[texts[2]]), line)
