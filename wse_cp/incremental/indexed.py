"""A set whose members have indices, so that one can be drawn at random."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class IndexedSet(Generic[T]):
    """Adds, removes and yields the i-th member in constant time; the order is that of the calls alone."""

    def __init__(self) -> None:
        self._members: list[T] = []
        self._places: dict[T, int] = {}

    def __len__(self) -> int:
        return len(self._members)

    def __iter__(self) -> Iterator[T]:
        return iter(self._members)

    def __contains__(self, member: object) -> bool:
        return member in self._places

    def __getitem__(self, index: int) -> T:
        return self._members[index]

    def add(self, member: T) -> None:
        """Add a member; no effect if it is in the set."""
        if member not in self._places:
            self._places[member] = len(self._members)
            self._members.append(member)

    def discard(self, member: T) -> None:
        """Remove a member if it is in the set; the last one takes its index."""
        place = self._places.pop(member, None)
        if place is None:
            return
        last = self._members.pop()
        if place < len(self._members):
            self._members[place] = last
            self._places[last] = place
