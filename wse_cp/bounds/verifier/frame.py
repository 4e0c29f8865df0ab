"""What all intervals and cases of a certificate have in common, and the payments a kernel may face."""

from __future__ import annotations

from dataclasses import dataclass

from wse_cp.bounds.verifier.cells import Cell
from wse_cp.bounds.verifier.chords import Chord
from wse_cp.bounds.verifier.doors import Entrance
from wse_cp.bounds.verifier.money import Money
from wse_cp.bounds.verifier.network import Network
from wse_cp.bounds.verifier.sieve import MAX_BOXES, Box, add_boxes
from wse_cp.bounds.verifier.spine import Spine
from wse_cp.instance import Instance


@dataclass(frozen=True, eq=False)
class Frame:
    """An instance with a certificate's spine and tree.

    Lists are by kernel; cells by their top, chords by their centre.
    """

    instance: Instance
    network: Network
    cells: list[list[Cell]]
    chords: dict[int, Chord]
    entrances: list[Entrance]


def payments(frame: Frame, money: Money, spine: Spine) -> list[tuple[Box, ...]]:
    """Return boxes that hold all payments each kernel may face for a tile of width and of height."""
    boxes: list[tuple[Box, ...]] = [(Box((0, 0), (0, 0)),) for _ in frame.network.names]
    # kernels without doors are not sieved
    most = [MAX_BOXES if entrance.doors.compared else 1 for entrance in frame.entrances]
    for cell in (cell for cells in frame.cells for cell in cells):
        for i, (v, _) in enumerate(cell.variants[0].pays):
            pays = {money.member(variant.pays[i][1], variant.run_of(v)) for variant in cell.variants}
            boxes[v] = add_boxes(boxes[v], pays, most[v])
    path = frame.network.spine
    for i, v in enumerate(path):
        pays = spine.all_pays(first=i == 0, last=i == len(path) - 1)
        boxes[v] = add_boxes(boxes[v], pays, most[v])
    return boxes


def magnitude(frame: Frame, money: Money, boxes: list[tuple[Box, ...]]) -> int:
    """Return what no sum of prices and constants of a case exceeds in absolute value.

    That is each kernel's price at the wafer's extents under its highest payments, all adapters, and twice
    what each kernel of the spine may be given back, or pay for a turn or one inside a row; for the difference
    of two sums it is to be doubled.
    """
    wafer = money.area * money.width * money.height
    total = wafer
    for around in boxes:
        total += wafer + max(b.high[0] for b in around) * money.width
        total += max(b.high[1] for b in around) * money.height
    edges = sum(edge.count for edge in frame.network.up if edge is not None)
    edges += sum(chord.edge.count for chord in frame.chords.values())
    refunds = money.run_refund("x") + money.run_refund("y")
    squeezes = 9 * money.quarter_wire * (money.width + money.height)
    return total + 3 * edges * money.adapter + 2 * len(frame.network.spine) * (refunds + squeezes)
