"""What has been told of a run so far."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from fractions import Fraction

from wse_cp.progress.events import Activity, Event
from wse_cp.result import relative_gap

Points = list[tuple[float, float]]


@dataclass
class Story:
    """The last incumbent, bound and message; all costs and bounds over time (seconds, value).

    `origin` is the moment, by `time.monotonic()`, from which the run counts its seconds.

    Written by one thread at a time; another may read meanwhile, for nothing that is read is ever changed.
    """

    incumbent: Event | None = None
    bound: Event | None = None
    message: str = "starting"
    activity: Activity | None = None
    costs: Points = field(default_factory=list)
    bounds: Points = field(default_factory=list)
    origin: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Seconds of the run so far."""
        return time.monotonic() - self.origin

    def watch(self, activity: Activity) -> None:
        """Take up what goes on."""
        self.activity, self.origin = activity, time.monotonic() - activity.seconds

    def take(self, event: Event) -> None:
        """Take up an event; what is found wipes out the message before it."""
        self.origin = time.monotonic() - event.seconds
        self.message = event.message if event.is_message else ""
        if event.score is not None:
            self.incumbent = event
            self.costs.append((event.seconds, float(event.score.cost)))
        if event.bound is not None:
            self.bound = event
            self.bounds.append((event.seconds, float(event.bound.value)))

    @property
    def gap(self) -> Fraction | None:
        """How far the incumbent may be from optimal, if the bound holds; None while that is not known."""
        cost = self.incumbent.score.cost if self.incumbent and self.incumbent.score else None
        bound = self.bound.bound.value if self.bound and self.bound.bound else None
        return None if cost is None or bound is None or bound > cost else relative_gap(cost, bound)
