"""Rules of content that all formats share: rotations, limits.

Each format has its own syntax (kgraph.py, paint.py, json_models.py); what may stand in it is said here, in
`wse_cp.names`, and in `wse_cp.instance` for what an instance as a whole must satisfy.
"""

from __future__ import annotations

from typing import get_args, get_type_hints

from wse_cp.errors import InputError
from wse_cp.instance import MAX_KERNELS, Terminal

#: Types of the nodes that are not placed: input, output.
TERMINALS: tuple[str, ...] = get_args(get_type_hints(Terminal)["kind"])
#: Whether a kernel's sides are swapped; half turns change nothing.
ROTATIONS = {"R0": False, "R90": True, "R180": False, "R270": True}

#: Most kernels a solution may place.
MAX_PLACED = MAX_KERNELS


def check_strides(T: int, U: int) -> None:
    """Raise `InputError` unless the two strides of a conv agree."""
    if U != T:
        raise InputError("U equal to T", f"T={T} U={U}")
