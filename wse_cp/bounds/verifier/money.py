"""Prices of one interval and case, all in the same unit: 1 / (2 * unit of the certificate) of cost."""

from __future__ import annotations

from dataclasses import dataclass

from wse_cp.bounds.verifier.certificate import Multipliers
from wse_cp.bounds.verifier.patterns import Axis, Pair, amount, plus
from wse_cp.instance import Settings


@dataclass(frozen=True)
class Money:
    """What things cost.

    Attributes
    ----------
    area
        Per tile of area (lambda).
    half_wire
        Half the weight of a tile of wire (beta / 2).
    adapter
        One adapter (gamma).
    run_x, run_y
        Per tile of a run along x and y (mu).
    width, height
        The wafer's, in tiles.
    """

    area: int
    half_wire: int
    adapter: int
    run_x: int
    run_y: int
    width: int
    height: int

    def wires(self, halves: Pair) -> Pair:
        """Return the price for a tile of width and of height that are so many half wires."""
        return halves[0] * self.half_wire, halves[1] * self.half_wire

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
        area=2 * multipliers.area,
        half_wire=settings.wlength * unit,
        adapter=2 * settings.wadapter * unit,
        run_x=2 * multipliers.run_x,
        run_y=2 * multipliers.run_y,
        width=settings.width,
        height=settings.height,
    )
