"""The text of a placement that changes in a few kernels at a time: the others' lines are kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from wse_cp.files.by_suffix import is_json
from wse_cp.files.paint import HEAD, kernel_text, union_text
from wse_cp.instance import Instance
from wse_cp.placement import PlacedKernel, Placement


class PlacementText:
    """Makes the text of one placement of an instance after the other, as `write_placement_file` writes it.

    Parameters
    ----------
    path
        The file; its suffix says which format.
    """

    def __init__(self, instance: Instance, path: Path) -> None:
        self._names = tuple(instance.kernels)
        self._known: dict[str, tuple[PlacedKernel, str]] = {}
        self._between = "\n"
        self._text: Callable[[PlacedKernel], str] = kernel_text
        if is_json(path):
            self._as_json()
        else:
            self._head, self._tail = HEAD + "\n", "\n" + union_text(self._names) + "\n"

    def _as_json(self) -> None:
        from wse_cp.files.json_documents import placed_json, placement_json
        from wse_cp.files.json_text import format_item, format_json

        empty = format_json(placement_json([]))
        head, self._tail = empty.rsplit("[]", 1)
        self._head, self._tail = head + "[\n    ", "\n  ]" + self._tail
        self._between = ",\n    "
        self._text = lambda placed: format_item(placed_json(placed))

    def of(self, placement: Placement) -> str:
        """Return the text of a placement of all kernels."""
        return self._head + self._between.join(map(self._line, map(placement.get, self._names))) + self._tail

    def _line(self, placed: PlacedKernel | None) -> str:
        assert placed is not None, "a placement without a kernel of the instance"
        known = self._known.get(placed.name)
        if known is None or known[0] is not placed:
            known = self._known[placed.name] = placed, self._text(placed)
        return known[1]
