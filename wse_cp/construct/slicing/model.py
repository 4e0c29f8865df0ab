"""What all annealers of an instance share: its arrays, with a grid of cycle limits and useful splits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction

import networkx as nx
import numpy as np

from wse_cp.construct.cycle_limits import limit_grid
from wse_cp.construct.slicing.state import FAR, Model
from wse_cp.instance import Instance
from wse_cp.kernels import convs
from wse_cp.shapes.arrays import IntArray, conv_rows
from wse_cp.shapes.loops import allowed_trips, fill_curve
from wse_cp.shapes.splits import frequent_splits

#: Room beyond the wafer in which a tree that does not fit is still measured.
MARGIN = 1.15
#: Adapters that cost less than this much wire (tiles) are not worth forcing splits for.
_TILES_PER_ADAPTER = 3


def build_model(
    instance: Instance,
    times: IntArray,
    splits: Sequence[Sequence[tuple[int, int]]] | None,
    workers: int = 1,
    pause: Callable[[], object] = lambda: None,
) -> Model:
    """Return the arrays for an instance.

    Parameters
    ----------
    times
        Scaled cycle limits, ascending.
    splits
        Useful (h, w) by kernel class, None to leave them free.
    workers
        Threads.
    pause
        Called now and then; may wait.
    """
    settings, scale = instance.settings, instance.time_scale
    side = max(settings.width, settings.height)
    domain = int(side * MARGIN) + 8
    kinds, table, sizes = kernel_classes(instance)
    groups = port_groups(instance)
    trips = np.stack([[allowed_trips(rows, scale, time) for rows in table] for time in times])
    free: IntArray = np.zeros((0, 0, 0), np.int16)
    if splits is None:
        free = free_curves(table, sizes, trips, settings.memlimit, domain, workers, pause)
    padded, counts = _padded(splits or [[]] * len(table))
    time_weight = settings.wdeltat / scale
    return Model(
        width=settings.width,
        height=settings.height,
        domain=domain,
        memlimit=settings.memlimit,
        time_weight=time_weight,
        wire_weight=settings.wlength / 2,
        adapter_weight=0.0 if splits is None else float(settings.wadapter),
        overflow_weight=max(time_weight * float(times[0]) * 2.0 / side, settings.wlength * 1.0),
        kernel_class=kinds,
        class_convs=table,
        class_sizes=sizes,
        edges=np.array([edge for group in groups for edge in group], np.int64).reshape(-1, 3),
        port_groups=np.cumsum([0, *map(len, groups)]),
        times=times,
        trips=trips,
        free_curves=free,
        splits=padded,
        split_counts=counts,
    )


def _padded(splits: Sequence[Sequence[tuple[int, int]]]) -> tuple[IntArray, IntArray]:
    """Return useful (h, w) by kernel class in one array, of shape (classes, most, 2), and their numbers."""
    counts = np.array([len(pairs) for pairs in splits], np.int64)
    padded = np.zeros((len(splits), max(counts.max(initial=0), 1), 2), np.int64)
    for i, pairs in enumerate(splits):
        padded[i, : len(pairs)] = np.reshape(pairs, (-1, 2))
    return padded, counts


def kernel_classes(instance: Instance) -> tuple[IntArray, IntArray, IntArray]:
    """Return the class of each kernel, the convolutions of each class and their numbers."""
    known = {kernel: i for i, kernel in enumerate(dict.fromkeys(instance.kernels.values()))}
    table = np.ones((len(known), 4, 7), np.int64)
    for kernel, i in known.items():
        rows = conv_rows(kernel)
        table[i, : len(rows)] = rows
    sizes = np.array([len(convs(kernel)) for kernel in known], np.int64)
    return np.array([known[kernel] for kernel in instance.kernels.values()], np.int64), table, sizes


def free_curves(
    table: IntArray,
    sizes: IntArray,
    trips: IntArray,
    memlimit: int,
    domain: int,
    workers: int,
    pause: Callable[[], object],
) -> IntArray:
    """Return the curves of all classes at all times, int16 (times, classes, domain + 1)."""
    curves = np.empty((len(trips), len(table), domain + 1), np.int16)

    def fill(t: int) -> None:
        pause()
        row = np.empty(domain + 1, np.int32)
        for i, n in enumerate(sizes):
            fill_curve(row, table[i, :n], trips[t, i, :n], memlimit, 0, 0, 0, 0)
            curves[t, i] = np.minimum(row, FAR)

    with ThreadPoolExecutor(workers) as threads:  # the compiled loop holds no lock
        list(threads.map(fill, range(len(trips))))
    return curves


def port_groups(instance: Instance) -> list[list[tuple[int, int, int]]]:
    """Return the edges (producer, consumer, multiplicity; indices) in groups that share ports.

    Two edges share a port if they leave the same kernel or enter the same one; groups are connected by that.
    """
    index = {name: i for i, name in enumerate(instance.kernels)}
    ports: nx.Graph[tuple[int, str]] = nx.Graph()
    for u, v, count in instance.kernel_edges:
        ports.add_edge((index[u], "out"), (index[v], "in"), edge=(index[u], index[v], count))
    groups: list[list[tuple[int, int, int]]] = [
        sorted(data["edge"] for _, _, data in ports.subgraph(group).edges(data=True))
        for group in nx.connected_components(ports)
    ]
    return sorted(groups)


@dataclass(frozen=True)
class SlicingSpace:
    """An instance with the compiled annealer's read-only arrays; shared between threads."""

    instance: Instance
    model: Model

    def with_instance(self, instance: Instance) -> SlicingSpace:
        """Return a space with the same cycle limits for an instance that differs in weights only."""
        return _space(instance, self.model.times, 1, lambda: None)

    @property
    def forced(self) -> bool:
        """Whether splits are forced leaf by leaf, because adapters cost much."""
        return forces_splits(self.instance)


def forces_splits(instance: Instance) -> bool:
    """Tell whether the splits of trees should be forced, so that adapters can be counted.

    If one costs no more than a few tiles of wire, free splits, which pack better and faster, gain more than
    matching ones; adapters are then left to the large neighbourhoods.
    """
    weights = instance.settings
    return weights.wadapter > _TILES_PER_ADAPTER * weights.wlength and instance.weighs_adapters


def slicing_space(
    instance: Instance,
    least: Fraction,
    times: Iterable[Fraction],
    workers: int = 1,
    pause: Callable[[], object] = lambda: None,
) -> SlicingSpace:
    """Return the space for trees with cycle limits from `least` (cycles) to beyond all of `times`.

    `workers` and `pause` are as in `build_model`.
    """
    return _space(instance, limit_grid(instance, least, list(times)), workers, pause)


def _space(instance: Instance, grid: IntArray, workers: int, pause: Callable[[], object]) -> SlicingSpace:
    splits = frequent_splits(instance, grid) if forces_splits(instance) else None
    return SlicingSpace(instance, build_model(instance, grid, splits, workers, pause))
