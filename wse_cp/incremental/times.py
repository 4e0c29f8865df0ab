"""The times of all kernels as a multiset, with the names that have each."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Mapping

from wse_cp.incremental.indexed import IndexedSet


class Times:
    """Times (1 / time_scale cycles) of named kernels; finds the largest without looking at all."""

    def __init__(self, times: Iterable[tuple[str, int]]) -> None:
        self._names: dict[int, IndexedSet[str]] = {}
        for name, time in times:
            self._names.setdefault(time, IndexedSet()).add(name)
        self._distinct = sorted(self._names)

    @property
    def largest(self) -> int:
        """The largest time."""
        return self._distinct[-1]

    @property
    def slowest(self) -> IndexedSet[str]:
        """The names of the kernels that take longest; not to be changed."""
        return self._names[self._distinct[-1]]

    def add(self, name: str, time: int) -> None:
        """Add a kernel."""
        if time not in self._names:
            self._names[time] = IndexedSet()
            insort(self._distinct, time)
        self._names[time].add(name)

    def remove(self, name: str, time: int) -> None:
        """Remove a kernel that was added with this time."""
        names = self._names[time]
        names.discard(name)
        if not names:
            del self._names[time]
            del self._distinct[bisect_left(self._distinct, time)]

    def largest_without(self, names: Collection[str]) -> int:
        """Return the largest time of all kernels but some; 0 if there are no others.

        Looks at no more distinct times than there are names left out, and one.
        """
        for time in reversed(self._distinct):
            at = self._names[time]
            if len(at) > len(names) or any(name not in names for name in at):
                return time
        return 0

    def largest_after(self, times: Mapping[str, int]) -> int:
        """Return the largest time when some kernels take other times."""
        return max([self.largest_without(times), *times.values()])
