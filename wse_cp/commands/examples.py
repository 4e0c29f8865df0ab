"""The examples under the commands' help texts."""

from __future__ import annotations

#: Before a paragraph whose lines are to stay as they are.
_AS_IT_STANDS = "\b\n"


def examples(*lines: str) -> str:
    """Return what stands under a help text: example command lines, each with what follows ``#`` in line."""
    width = max((len(line.partition(" # ")[0]) for line in lines if " # " in line), default=0)
    shown = (_aligned(line, width) for line in lines)
    return _AS_IT_STANDS + "\n".join(["Examples:", *(f"  {line}" for line in shown)])


def _aligned(line: str, width: int) -> str:
    command, mark, remark = line.partition(" # ")
    return f"{command:<{width}}  # {remark}" if mark else command
