"""Kernels and wires as CSV, with exact numbers."""

from __future__ import annotations

from wse_cp.decimals import exact_text
from wse_cp.instance import Instance
from wse_cp.placement import Placement
from wse_cp.report.frames import kernel_frame, wire_frame

TABLES = ("kernels", "wires")


def format_table(table: str, instance: Instance, placement: Placement | None) -> str:
    """Return "kernels" or "wires" as CSV with the columns of `report.frames`; what is not known is empty.

    Times are exact here ("p/q" where no short decimal is); memory is rounded to a float.

    Raises
    ------
    InputError
        If a placed kernel has impossible execution arguments.
    """
    if table == "wires":
        return str(wire_frame(instance, placement).to_csv(index=False, lineterminator="\n"))
    frame = kernel_frame(instance, placement)
    placed = {} if placement is None else placement
    times = [exact_text(placed[name].time) if name in placed else "" for name in instance.kernels]
    return str(frame.assign(time=times).to_csv(index=False, lineterminator="\n"))
