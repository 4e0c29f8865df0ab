"""What the parent and the process that searches for a bound say to each other.

The parent sends requests; the process reports. Its `Signs` are for the search for placements, which may
leave the cores to a proof for a while.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from fractions import Fraction

from wse_cp.bounds.result import Bound
from wse_cp.instance import Instance
from wse_cp.placement import Placement


@dataclass(frozen=True)
class Signs:
    """How near the process is to a proof that the incumbent is optimal."""

    near: bool = False  #: the gap is small
    verifying: bool = False  #: the verifier checks a certificate that closes it


@dataclass(frozen=True)
class ProofSigns:
    """The signs as events that others can look at."""

    near: threading.Event = field(default_factory=threading.Event)
    verifying: threading.Event = field(default_factory=threading.Event)

    def show(self, signs: Signs) -> None:
        """Set and clear the events."""
        for event, on in ((self.near, signs.near), (self.verifying, signs.verifying)):
            if on:
                event.set()
            else:
                event.clear()


@dataclass(frozen=True)
class Known:
    """What is known before a run: a bound that has been verified, a certificate that is yet to be."""

    bound: Bound | None = None
    certificate: str | None = None


@dataclass(frozen=True)
class Begin:
    """Parent: seek a bound of this instance, better than what is known; verify with so many processes.

    `memory` is how many bytes it may take, with the processes that verify; None if that is of no concern.
    """

    instance: Instance
    workers: int
    known: Known = field(default_factory=Known)
    memory: int | None = None


@dataclass(frozen=True)
class Cost:
    """Parent: the cost of the incumbent."""

    value: Fraction


@dataclass(frozen=True)
class Learn:
    """Parent: a certificate that others have found, which counts once it is verified."""

    certificate: str


@dataclass(frozen=True)
class End:
    """Parent: the run is over."""


@dataclass(frozen=True)
class Ready:
    """Child: everything is loaded."""


@dataclass(frozen=True)
class Better:
    """Child: a better bound, or one that the verifier has agreed to since."""

    bound: Bound
    verified: bool


@dataclass(frozen=True)
class Refused:
    """Child: a certificate that others have found, before or now, does not hold for this reason."""

    reason: str


@dataclass(frozen=True)
class Placed:
    """Child: a placement that came with a proof."""

    placement: Placement


@dataclass(frozen=True)
class Over:
    """Child: the search is over, with or without a proof that the incumbent is optimal."""

    optimal: bool


Request = Begin | Cost | Learn | End
Report = Ready | Better | Signs | Refused | Placed | Over
