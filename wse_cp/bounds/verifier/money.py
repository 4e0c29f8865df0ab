"""Prices of one interval and case, all in the same unit: 1 / (SCALE * unit of the certificate) of cost."""

from __future__ import annotations

from dataclasses import dataclass

from wse_cp.bounds.verifier.certificate import Multipliers
from wse_cp.bounds.verifier.patterns import Axis, Pair, amount, plus
from wse_cp.instance import Settings

#: Prices are multiples of a quarter of the wire weight and of the certificate's unit.
SCALE = 4


@dataclass(frozen=True)
class Money:
    """What things cost.

    Attributes
    ----------
    area
        Per tile of area (lambda).
    quarter_wire
        A quarter of the weight of a tile of wire (beta / 4).
    adapter
        One adapter (gamma).
    run_x, run_y
        Per tile of a run along x and y (mu).
    width, height
        The wafer's, in tiles.
    """

    area: int
    quarter_wire: int
    adapter: int
    run_x: int
    run_y: int
    width: int
    height: int

    def wires(self, halves: Pair) -> Pair:
        """Return the price for a tile of width and of height that are so many half wires."""
        return self.quarters((2 * halves[0], 2 * halves[1]))

    def quarters(self, quarters: Pair) -> Pair:
        """Return the price for a tile of width and of height that are so many quarters of a wire."""
        return quarters[0] * self.quarter_wire, quarters[1] * self.quarter_wire

    def run(self, axis: Axis) -> Pair:
        """Return what a member of a run pays for a tile of its width and of its height."""
        return amount(axis, self.run_x if axis == "x" else self.run_y)

    def member(self, halves: Pair, axis: Axis | None) -> Pair:
        """Return the price of so many half wires for a member of a run along an axis, or of none."""
        price = self.wires(halves)
        return price if axis is None else plus(price, self.run(axis))

    def run_refund(self, axis: Axis) -> int:
        """Return what every run is given back: the price of the whole wafer's extent."""
        return self.run_x * self.width if axis == "x" else self.run_y * self.height


def money(settings: Settings, unit: int, multipliers: Multipliers) -> Money:
    """Return the prices under the multipliers of one case."""
    return Money(
        area=SCALE * multipliers.area,
        quarter_wire=settings.wlength * unit,
        adapter=SCALE * settings.wadapter * unit,
        run_x=SCALE * multipliers.run_x,
        run_y=SCALE * multipliers.run_y,
        width=settings.width,
        height=settings.height,
    )
