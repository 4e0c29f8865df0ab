"""What the search for a proof asks of others, who may leave the cores to it for a while.

What the parent and the process that seeks a bound say to each other, beside `Signs`.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from fractions import Fraction

from wse_cp.bounds.result import Bound
from wse_cp.instance import Instance


@dataclass(frozen=True)
class Signs:
    """Where the search for a proof is."""

    near: bool = False  #: little is missing to a proof of the incumbent
    verifying: bool = False  #: the verifier looks at one


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
