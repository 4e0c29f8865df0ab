"""Which kernel depends on which, asked while a network is traced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field


@dataclass
class Dependence:
    """Sources (network inputs and kernels), what feeds each, and their depth.

    The depth is the number of edges on the longest path from a network input.
    """

    depth: dict[int, int] = field(default_factory=dict)
    _feeders: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    _readers: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))

    def feed(self, number: int, sources: Iterable[int]) -> None:
        """Record that a kernel reads what `sources` supply (an input of the network has none)."""
        self.depth.setdefault(number, 0)
        for source in sources:
            self._feeders[number].add(source)
            self._readers[source].add(number)
        self._deepen(number)

    def _deepen(self, number: int) -> None:
        """Work out the depth of a source and of those after it."""
        waiting = [number]
        while waiting:
            current = waiting.pop()
            depth = max((self.depth[source] + 1 for source in self._feeders[current]), default=0)
            if depth > self.depth[current] or current == number:
                changed = depth != self.depth[current]
                self.depth[current] = depth
                waiting += self._readers[current] if changed else ()

    def any_needs(self, others: Iterable[int], source: int) -> bool:
        """Whether any of `others` is `source` or depends on it; only what is deeper is looked at."""
        waiting = list(others)
        seen: set[int] = set()
        while waiting:
            current = waiting.pop()
            if current == source:
                return True
            if current not in seen and self.depth[current] > self.depth[source]:
                seen.add(current)
                waiting += self._feeders[current]
        return False

    def deepest_first(self, sources: Collection[int]) -> list[int]:
        """Return sources, those with the longest path from an input first, of several the later one."""
        return sorted(sources, key=lambda number: (self.depth[number], number), reverse=True)
