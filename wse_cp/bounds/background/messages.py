"""What the parent and the process that seeks a bound say to each other, beside `Signs`."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from wse_cp.bounds.background.signs import Signs
from wse_cp.bounds.result import Bound
from wse_cp.instance import Instance


@dataclass(frozen=True)
class Begin:
    """Parent: seek a bound of this instance; verify with so many processes."""

    instance: Instance
    workers: int


@dataclass(frozen=True)
class Cost:
    """Parent: the cost of the incumbent."""

    value: Fraction


@dataclass(frozen=True)
class End:
    """Parent: the run is over."""


@dataclass(frozen=True)
class Ready:
    """Child: everything is loaded and compiled."""


@dataclass(frozen=True)
class Better:
    """Child: a better bound, or one that the verifier has agreed to since."""

    bound: Bound
    verified: bool


@dataclass(frozen=True)
class Over:
    """Child: the search is over, with or without a proof that the incumbent is optimal."""

    optimal: bool


Request = Begin | Cost | End
Report = Ready | Better | Signs | Over
