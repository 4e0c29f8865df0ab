"""Which protocols are worth offering to a kernel, given those of its neighbours in the network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from wse_cp.incremental.state import PlacementState
from wse_cp.kernels import convs, input_protocol, output_protocol
from wse_cp.shapes.arrays import FloatArray, IntArray
from wse_cp.shapes.loops import C_SPLIT, H_SPLIT, K_SPLIT, W_SPLIT
from wse_cp.shapes.matched import Prices, shape_prices
from wse_cp.shapes.splits import compared_channels, least_splits

#: How many splits a sub-model offers: present ones, the cheapest, and random good ones.
PRESENT, CHEAPEST, RANDOM = 8, 3, 3
#: Largest number of channel splits of a tensor, and of options with the same protocol.
CHANNELS, SAME = 14, 4

#: Splits (h, w) a kernel can have, with the price of its cheapest shape.
Ranked = Mapping[tuple[int, int], float]


class ProtocolParts(NamedTuple):
    """Protocol parts to offer to a kernel: splits (h, w) and channel splits of input and output."""

    splits: tuple[tuple[int, int], ...]
    reads: tuple[int, ...]
    writes: tuple[int, ...]


def protocol_parts(
    state: PlacementState, ranked: Mapping[str, Ranked], generator: np.random.Generator
) -> dict[str, ProtocolParts]:
    """Return what to offer to the kernels in `ranked`: common splits, channel splits that can match."""
    splits = offered_splits(state, ranked, generator)
    graph = state.instance.kernel_graph
    offered: dict[int, list[int]] = {}
    found = {}
    for name in ranked:
        args, parts = state[name].args, convs(state[name].kernel)
        producers, consumers = list(graph.predecessors(name)), list(graph.successors(name))
        reads = {output_protocol(state[n].args).channels for n in producers}
        writes = {input_protocol(state[n].args).channels for n in consumers}
        if any(n in ranked for n in producers):
            reads.update(channels(compared_channels(state.instance, name), offered, generator))
        if any(n in ranked for n in consumers):
            writes.update(channels(parts[min(2, len(parts) - 1)].K, offered, generator))
        own = tuple(dict.fromkeys([(args.h, args.w), *splits]))
        found[name] = ProtocolParts(own, (0, *sorted(reads)), (0, *sorted(writes)))
    return found


def channels(count: int, offered: dict[int, list[int]], generator: np.random.Generator) -> list[int]:
    """Return useful channel splits, a few random ones if there are many; the same for the same `count`."""
    if count not in offered:
        useful = least_splits(count)
        picks = generator.permutation(len(useful))[:CHANNELS]
        offered[count] = [useful[i] for i in sorted(picks)]
    return offered[count]


def offered_splits(
    state: PlacementState, ranked: Mapping[str, Ranked], generator: np.random.Generator
) -> list[tuple[int, int]]:
    """Return the present splits of some kernels and their neighbours, and others cheap for all of them."""
    graph = state.instance.kernel_graph
    linked = [n for name in ranked for n in (name, *graph.predecessors(name), *graph.successors(name))]
    present = dict.fromkeys((state[n].args.h, state[n].args.w) for n in linked)
    total: dict[tuple[int, int], float] = {}
    for split in {split for prices in ranked.values() for split in prices}:
        total[split] = sum(p.get(split, 2 * max(p.values(), default=0.0)) for p in ranked.values())
    order = sorted(total, key=lambda split: (total[split], split))
    chance = [int(generator.exponential(8)) for _ in range(RANDOM)]
    picks = [*order[:CHEAPEST], *(order[i] for i in chance if i < len(order))]
    return list(dict.fromkeys([*list(present)[:PRESENT], *picks]))


def protocol_prices(
    state: PlacementState,
    name: str,
    rows: IntArray,
    prices: Prices,
    wanted: Mapping[str, ProtocolParts],
) -> FloatArray:
    """Return what option rows cost at best: their size, and adapters to kernels that keep their protocol."""
    price = shape_prices(rows, prices)
    out = K_SPLIT + min(2, len(convs(state[name].kernel)) - 1)
    for u, v, count in state.links.of([name]):
        if u in wanted and v in wanted:
            continue
        other, channels = (u, C_SPLIT) if v == name else (v, out)
        args = state[other].args
        shown = output_protocol(args) if v == name else input_protocol(args)
        differs = (rows[:, H_SPLIT] != shown.h).astype(np.int64) + (rows[:, W_SPLIT] != shown.w)
        price = price + state.instance.settings.wadapter * count * (
            differs + (rows[:, channels] != shown.channels)
        )
    return price


def kept_rows(rows: IntArray, price: FloatArray, limit: int, parts: int) -> list[int]:
    """Return the indices of the cheapest option rows, only a few of each protocol."""
    seen: dict[tuple[int, ...], int] = {}
    kept: list[int] = []
    out = K_SPLIT + min(2, parts - 1)
    for i in np.argsort(price, kind="stable"):
        row = rows[i]
        key = (int(row[H_SPLIT]), int(row[W_SPLIT]), int(row[C_SPLIT]), int(row[out]))
        seen[key] = seen.get(key, 0) + 1
        if seen[key] <= SAME:
            kept.append(int(i))
        if len(kept) >= limit:
            break
    return kept
