"""Which worker makes which of the first placements: each is made once, the others take over what it finds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle

from wse_cp.cluster.member import Member

Part = tuple[str, ...]

#: Parts of the search (see `options.COMPONENTS`) that one worker makes for all. With two workers, the first
#: one makes the first part and the last: trees over spans begin with rows.
PARTS: tuple[Part, ...] = (("rows",), ("stacks", "caps"), ("spans",))


class Starts:
    """Deals the parts to the members of a run; not safe for several threads.

    Parameters
    ----------
    made
        Whether an earlier run has made them all.
    """

    def __init__(self, made: bool) -> None:
        self._free: list[Part] = [] if made else list(PARTS)
        self._held: dict[Member, list[Part]] = {}

    @property
    def all_made(self) -> bool:
        """Whether there is nothing left to make."""
        return not self._free and not any(self._held.values())

    def begin(self, members: Sequence[Member]) -> None:
        """Deal the parts in turn among those who can begin at once."""
        self._held = {member: [] for member in members}
        if members:
            for part, member in zip(self._free, cycle(members), strict=False):
                self._held[member].append(part)
            self._free = []

    def left_out(self, member: Member) -> list[str]:
        """Return what a member leaves to others; one that is new gets the parts of those who are gone."""
        if member not in self._held:
            self._held[member], self._free = self._free, []
        return sorted(name for part in PARTS if part not in self._held[member] for name in part)

    def made(self, member: Member) -> None:
        """Take note that a member has made its parts."""
        if member in self._held:
            self._held[member] = []

    def leave(self, member: Member) -> None:
        """Take note that a member is gone, or begins anew; what it has not made is free."""
        self._free += self._held.pop(member, [])
