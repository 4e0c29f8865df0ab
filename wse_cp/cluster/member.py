"""A worker that takes part in a run, and what is counted of the exchanges."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any


@dataclass(eq=False)
class Member:
    """A worker that takes part.

    Parameters
    ----------
    slot
        Its number among those that are there; that of one that has gone is given again.
    """

    address: str
    threads: int
    slot: int
    key: str = ""
    state: str = "unknown"  #: as in a `messages.Report`, if there has been one; "gone" once it is
    bounds: bool = False  #: whether it seeks a bound
    slow: bool = False
    future: Any = None
    task: asyncio.Task[None] | None = field(default=None, repr=False)


@dataclass
class Traffic:
    """How many exchanges there were, and what they took in all."""

    exchanges: int = 0
    sent: int = 0  #: characters of orders
    received: int = 0  #: characters of reports
    seconds: float = 0.0  #: from an order to its report

    def count(self, order: str, report: object, seconds: float) -> None:
        """Take note of an exchange."""
        self.exchanges += 1
        self.sent += len(order)
        self.received += len(report) if isinstance(report, str) else 0
        self.seconds += seconds

    def __str__(self) -> str:
        many = max(self.exchanges, 1)
        texts = f"{self.sent / many:.0f} bytes out, {self.received / many:.0f} in"
        return f"{self.exchanges} exchanges; each {texts}, {1e3 * self.seconds / many:.1f} ms"
