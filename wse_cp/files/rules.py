"""Rules of content that all formats share: names, labels, rotations, limits.

Each format has its own syntax (kgraph.py, paint.py, json_models.py); what may stand in it is said here, and
in `wse_cp.instance` for what an instance as a whole must satisfy.
"""

from __future__ import annotations

import re
from typing import get_args, get_type_hints

from wse_cp.errors import InputError
from wse_cp.instance import MAX_KERNELS, Terminal

#: Types of the nodes that are not placed: input, output.
TERMINALS: tuple[str, ...] = get_args(get_type_hints(Terminal)["kind"])
#: Whether a kernel's sides are swapped; half turns change nothing.
ROTATIONS = {"R0": False, "R90": True, "R180": False, "R270": True}

#: Largest number of a node.
MAX_ID = 10**9
#: Most edges of an instance.
MAX_EDGES = 200_000
#: Largest extent of a tensor, and most extents.
MAX_EXTENT = 10**9
MAX_EXTENTS = 16
#: Most kernels a solution may place.
MAX_PLACED = MAX_KERNELS

#: What a kernel's name looks like: it can be told from its surroundings in every format.
NAME = r"[^\s'\"()\[\]=:,]{1,200}"

_NAME = re.compile(NAME)


def check_name(name: str) -> str:
    """Return `name`; raise `InputError` if it cannot stand in a file as a kernel's name."""
    if not _NAME.fullmatch(name) or not name.isprintable():
        raise InputError("a name without blanks, quotes, brackets, = : and ,", name or "an empty one")
    return name


def check_label(label: str) -> str:
    """Return a label; raises `InputError` if it is not fit for one line of text."""
    if not label.isprintable():
        raise InputError("a printable label on one line", label)
    return label


def check_strides(T: int, U: int) -> None:
    """Raise `InputError` unless the two strides of a conv agree."""
    if U != T:
        raise InputError("U equal to T", f"T={T} U={U}")
