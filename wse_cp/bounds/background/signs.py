"""What the search for a proof asks of others, who may leave the cores to it for a while."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field


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
