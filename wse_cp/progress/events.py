"""Events and activity: what a run tells while it goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # nothing of them is needed to pass events on
    from wse_cp.bounds.result import Bound
    from wse_cp.result import OperatorStatistics
    from wse_cp.score import Score


@dataclass(frozen=True)
class Event:
    """Something worth telling: a new incumbent (with its score), a better bound, or a message (neither).

    `seconds` counts from the start of the run; `source` names what found it.
    """

    seconds: float
    source: str
    message: str = ""
    score: Score | None = None
    bound: Bound | None = None

    @property
    def is_message(self) -> bool:
        """Whether there is nothing to tell but the message."""
        return self.score is None and self.bound is None


@dataclass(frozen=True)
class Activity:
    """What goes on at a moment of a run.

    `seconds` counts from the start of the run; `searching` names what each thread is at, as `Event.source`
    does; `statistics` says how every way of improving has fared so far.
    """

    seconds: float
    searching: tuple[str, ...]
    statistics: tuple[OperatorStatistics, ...]


Observer = Callable[[Event], object]
Monitor = Callable[[Activity], object]
