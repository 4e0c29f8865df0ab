"""Solution files (.paint): execution arguments, position and rotation of each kernel (docs/formats.md).

`matched_placement` requires each kernel of the instance exactly once; `match_names` takes what the file
places, right or wrong, for `score.violations` to judge. Both are for what `parse_paint` finds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from textwrap import wrap

from wse_cp.errors import InputError, located
from wse_cp.files.rules import MAX_PLACED, ROTATIONS, check_strides
from wse_cp.files.scanner import WORD, Scanner, split_comments
from wse_cp.files.text import parse_integer
from wse_cp.instance import Instance
from wse_cp.kernels import KERNEL_TYPES, MAX_ARGUMENT, Arguments, Conv, Kernel, convs, performance
from wse_cp.names import NAME, check_name
from wse_cp.placement import PlacedKernel, Placement

#: The first line.
HEAD = 'include "common.paint"'
#: More numbers than any definition has.
MAX_NUMBERS = 20
#: Formal arguments in the order of this format (that of the classes differs).
FORMALS = {
    "conv": ("H", "W", "C", "K", "R", "S", "T", "U"),
    "dblock": ("H", "W", "F"),
    "cblock": ("H", "W", "F"),
}

_INCLUDE = re.compile(r"include\s*+\"[^\"\n]*\"")
_STATEMENT = re.compile(rf"({NAME})\s*+([=:])\s*+({WORD})\s*+\(([^()]*+)\)")
_PADDED = re.compile(r"([A-Za-z_]+)0+([0-9]+)")


@dataclass(frozen=True)
class ReadKernel:
    """A kernel as a solution file of any format places it, right or wrong, and the line of its definition."""

    placed: PlacedKernel
    line: int


@dataclass(frozen=True)
class _Definition:
    """``k1 = TYPE(...)``: what is placed under a name from then on."""

    kernel: Kernel
    args: Arguments
    line: int


def parse_placement(text: str, source: str, instance: Instance) -> Placement:
    """Return the placement in `text`; `source` is its name in errors (see `read_placement_file`)."""
    return matched_placement(parse_paint(text, source), source, instance, text.rstrip().count("\n") + 1)


def parse_paint(text: str, source: str) -> tuple[ReadKernel, ...]:
    """Return the kernels that `text` places, in its order, right or wrong.

    Raises `InputError` if something is no statement of the format, or a definition and its place lack each
    other.
    """
    scanner = Scanner(split_comments(text, source)[0], source)
    pending: dict[str, _Definition] = {}
    last: dict[str, _Definition] = {}
    entries: list[ReadKernel] = []
    while not scanner.at_end:
        line = scanner.line
        if scanner.find(_INCLUDE):
            continue
        match = scanner.take(_STATEMENT, "a statement like k1 = conv(...) or k1 : place(...)")
        name, sign, word, inside = match.groups()
        with located(source, line):
            check_name(name)
            if sign == "=" and word != "union":
                _require_placed(name, pending)
                pending[name] = last[name] = _parse_definition(word, inside, line)
            elif sign == ":" and word != "name":
                if len(entries) >= MAX_PLACED:
                    raise InputError(f"at most {MAX_PLACED} placed kernels", "more")
                entries.append(_parse_place(name, word, inside, last))
                pending.pop(name, None)
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


def _parse_place(name: str, word: str, inside: str, defined: dict[str, _Definition]) -> ReadKernel:
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
    return ReadKernel(PlacedKernel(name, kernel, args, x, y, ROTATIONS[texts[2]]), line)


def match_names(entries: Iterable[ReadKernel], instance: Instance | None) -> tuple[PlacedKernel, ...]:
    """Return the placed kernels under the instance's names (see `read_solution_file`)."""
    known = _resolver(instance)
    return tuple(replace(entry.placed, name=known(entry.placed.name)) for entry in entries)


def matched_placement(
    entries: Iterable[ReadKernel], source: str, instance: Instance, last_line: int
) -> Placement:
    """Return the placement that `entries` make if they place each kernel of the instance once.

    `source` and `last_line` say where in errors (see `read_placement_file`).
    """
    known = _resolver(instance)
    found: dict[str, PlacedKernel] = {}
    for entry in entries:
        placed = replace(entry.placed, name=known(entry.placed.name))
        with located(source, entry.line):
            _check_entry(placed, found, instance)
        found[placed.name] = placed
    for name in instance.kernels:
        if name not in found:
            raise InputError(f"a placement of {name}", "none", source, last_line)
    return Placement(found.values())


def _check_entry(placed: PlacedKernel, found: dict[str, PlacedKernel], instance: Instance) -> None:
    if placed.name not in instance.kernels:
        raise InputError("a kernel of the instance", placed.name)
    if placed.name in found:
        raise InputError("each kernel placed once", f"{placed.name} placed twice")
    if placed.kernel != instance.kernels[placed.name]:
        raise InputError(
            f"{placed.name} = {_signature(instance.kernels[placed.name])}", _signature(placed.kernel)
        )
    performance(placed.kernel, placed.args)


def require_complete(placement: Placement, instance: Instance) -> None:
    """Raise `InputError` unless the placement can be read again: exactly the kernels of the instance."""
    found: dict[str, PlacedKernel] = {}
    for placed in placement.values():
        _check_entry(placed, found, instance)
        found[placed.name] = placed
    for name in instance.kernels:
        if name not in found:
            raise InputError(f"a placement of {name}", "none")


def _resolver(instance: Instance | None) -> Callable[[str], str]:
    """Return the function from a name in a solution file to the name in the instance."""
    if instance is None:
        return _unpadded
    counts = Counter(map(_unpadded, instance.kernels))
    names = {_unpadded(name): name for name in instance.kernels if counts[_unpadded(name)] == 1}
    return lambda name: name if name in instance.kernels else names.get(_unpadded(name), name)


def _unpadded(name: str) -> str:
    match = _PADDED.fullmatch(name)
    return match.group(1) + match.group(2) if match else name


def format_paint(instance: Instance, placement: Placement) -> str:
    """Return the text of a solution file, its kernels in the order of the instance."""
    order = {name: rank for rank, name in enumerate(instance.kernels)}
    return format_solution(sorted(placement.values(), key=lambda placed: order[placed.name]))


def format_solution(kernels: Iterable[PlacedKernel]) -> str:
    """Return the text of a solution file that places `kernels`, right or wrong."""
    placed = list(kernels)
    lines = map(kernel_text, placed)
    return "\n".join([HEAD, *lines, union_text(check_name(kernel.name) for kernel in placed), ""])


def kernel_text(placed: PlacedKernel) -> str:
    """Return the three lines of a placed kernel."""
    name = placed.name
    return (
        f"{name} = {definition_text(placed.kernel)} {splits_text(placed.args)} )\n"
        f"{name} : name('{name})\n"  # the contest's quote is unbalanced too
        f"{name} : place({placed.x} {placed.y} {placed.rotation})"
    )


def union_text(names: Iterable[str]) -> str:
    """Return the lines that join all kernels."""
    union = wrap(" ".join(names), 76, break_long_words=False, break_on_hyphens=False)
    return "kmap = union( " + "\n".join(union) + " )"


def definition_text(kernel: Kernel) -> str:
    """Return how a kernel's definition begins: its type and formal arguments."""
    return f"{kernel.type_name}( {' '.join(map(str, _formals(kernel)))}"


def splits_text(args: Arguments) -> str:
    """Return the execution arguments as a kernel's definition has them."""
    return " ".join(map(str, (args.h, args.w, *args.c, *args.k)))


def _signature(kernel: Kernel) -> str:
    return f"{definition_text(kernel)} ... )"


def _formals(kernel: Kernel) -> list[int]:
    names = FORMALS[kernel.type_name]
    return [kernel.T if isinstance(kernel, Conv) and name == "U" else getattr(kernel, name) for name in names]
