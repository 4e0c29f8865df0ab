"""The edges of every kernel, so that those of a few are found without looking at all."""

from __future__ import annotations

from collections.abc import Iterable

from wse_cp.instance import Instance

Link = tuple[str, str, int]  #: producer, consumer, multiplicity


class Links:
    """The counted edges of an instance by kernel; the positions of the kernels in the instance."""

    def __init__(self, instance: Instance) -> None:
        self.edges: tuple[Link, ...] = instance.kernel_edges
        self.names = tuple(instance.kernels)
        self.position = {name: i for i, name in enumerate(self.names)}
        #: The other ends of each kernel's edges, with multiplicities.
        self.ends: dict[str, list[tuple[str, int]]] = {name: [] for name in self.names}
        self._at: dict[str, list[int]] = {name: [] for name in self.names}
        for i, (u, v, count) in enumerate(self.edges):
            self.ends[u].append((v, count))
            self.ends[v].append((u, count))
            self._at[u].append(i)
            self._at[v].append(i)

    def indices(self, names: Iterable[str]) -> list[int]:
        """Return the indices in `edges` of all edges that some kernels have, ascending, each once."""
        return sorted({i for name in names for i in self._at[name]})

    def of(self, names: Iterable[str]) -> list[Link]:
        """Return all edges that some kernels have, each once, in the order of `edges`."""
        return [self.edges[i] for i in self.indices(names)]

    def in_order(self, names: Iterable[str]) -> list[str]:
        """Return names in the order of the instance."""
        return sorted(names, key=self.position.__getitem__)
