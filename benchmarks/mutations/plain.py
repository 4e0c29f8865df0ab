"""Independent readings: what a file says by a few regular expressions, and what a placement costs by loops.

They share nothing with the package's readers and its scorer; the formulas are those of the contest.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from fractions import Fraction
from itertools import combinations
from math import ceil
from typing import Any

from wse_cp.instance import Instance, Terminal
from wse_cp.kernels import CBlock, Conv, DBlock, Kernel
from wse_cp.placement import PlacedKernel

_NAME = r"[^\s'\"()\[\]=:,]"
_COMMENT = re.compile(r"\(\*.*?\*\)", re.DOTALL)
_INCLUDE = re.compile(r"include\s*+\"[^\"\n]*\"")
_HEAD = re.compile(r"(?<!\w)([A-Za-z_]\w*+)\s*+\[\s*([+-]?[0-9]+)\s*\]")
_VALUE = re.compile(r"(?<!\w)(\w++)\s*+=\s*(?:'([^']*)'|\[([^\]]*)\]|([^\s'\[\]]+))")
_EXTENT = re.compile(r"\[\s*([+-]?[0-9]+)\s*\]")
_DEFINED = re.compile(rf"(?<!{_NAME})({_NAME}++)\s*+=\s*(conv|dblock|cblock)\s*\(([^()]*)\)")
_PLACED = re.compile(rf"(?<!{_NAME})({_NAME}++)\s*+:\s*place\s*\(\s*(\S+)\s+(\S+)\s+(R\d+)\s*\)")


def kgraph_facts(text: str) -> tuple[Counter[Any], Counter[Any]]:
    """Return nodes and edges of the text of an instance file, whatever the order.

    A node is (type, number, name, arguments), an edge (number, number, extents).
    """
    clean = _COMMENT.sub(" ", text)
    heads = list(_HEAD.finditer(clean))
    ends = [match.start() for match in heads[1:]] + [len(clean)]
    nodes: Counter[Any] = Counter()
    edges: Counter[Any] = Counter()
    source: int | None = None
    for match, end in zip(heads, ends, strict=True):
        kind, number, rest = match.group(1), int(match.group(2)), clean[match.end() : end]
        if source is not None:
            _, _, shape = rest.partition(",")
            edges[source, number, tuple(map(int, _EXTENT.findall(shape)))] += 1
            source = None
        elif rest.lstrip().startswith(":"):
            source = number
        else:
            nodes[_node_facts(kind, number, rest)] += 1
    return nodes, edges


def _node_facts(kind: str, number: int, rest: str) -> tuple[Any, ...]:
    name, values = f"k{number}", dict[str, Any]()
    for key, quoted, extents, plain in _VALUE.findall(rest):
        if key == "name":
            name = quoted or plain
        elif key == "n":
            values[key] = tuple(map(int, extents.split()))
        else:
            values[key.upper()] = int(quoted or plain)
    values.pop("U", None)
    if not values.get("n", True):
        del values["n"]
    return kind, number, name, tuple(sorted(values.items()))


def instance_facts(instance: Instance) -> tuple[Counter[Any], Counter[Any]]:
    """Return nodes and edges of an instance as `kgraph_facts` does."""
    numbers = {node.name: node.id for node in instance.nodes}
    nodes: Counter[Any] = Counter()
    for node in instance.nodes:
        kernel = node.kernel
        if isinstance(kernel, Terminal):
            values = {"n": kernel.shape} if kernel.shape else {}
            nodes[kernel.kind, node.id, node.name, tuple(sorted(values.items()))] += 1
        else:
            nodes[kernel.type_name, node.id, node.name, tuple(sorted(asdict(kernel).items()))] += 1
    edges = Counter((numbers[edge.source], numbers[edge.target], edge.shape) for edge in instance.edges)
    return nodes, edges


def paint_facts(text: str) -> list[tuple[Any, ...]]:
    """Return (type, numbers, x, y, swapped) of each place in the text of a solution file, in its order."""
    clean = _INCLUDE.sub(" ", _COMMENT.sub(" ", text))
    events = sorted([*_DEFINED.finditer(clean), *_PLACED.finditer(clean)], key=lambda match: match.start())
    known: dict[str, tuple[str, tuple[int, ...]]] = {}
    found: list[tuple[Any, ...]] = []
    for match in events:
        if match.re is _DEFINED:
            known[match.group(1)] = match.group(2), tuple(map(int, match.group(3).split()))
        else:
            kind, numbers = known[match.group(1)]
            x, y, rotation = match.group(2, 3, 4)
            found.append((kind, numbers, int(x), int(y), rotation in ("R90", "R270")))
    return found


def placed_facts(placed: PlacedKernel) -> tuple[Any, ...]:
    """Return the same of a placed kernel."""
    kernel, args = placed.kernel, placed.args
    if isinstance(kernel, Conv):
        formals = [kernel.H, kernel.W, kernel.C, kernel.K, kernel.R, kernel.S, kernel.T, kernel.T]
    else:
        formals = [kernel.H, kernel.W, kernel.F]
    numbers = (*formals, args.h, args.w, *args.c, *args.k)
    return kernel.type_name, numbers, placed.x, placed.y, placed.rotated


def differences(written: Any, read: Any, path: str = "") -> Iterator[str]:
    """Yield where values read from a JSON text differ from what stands in it; keys left out are defaults."""
    if isinstance(written, dict) and isinstance(read, dict):
        for key, value in written.items():
            if key not in read:
                if value not in ([], None):
                    yield f"{path}.{key} is lost"
            else:
                yield from differences(value, read[key], f"{path}.{key}")
    elif isinstance(written, list) and isinstance(read, list):
        if len(written) != len(read):
            yield f"{path} has {len(read)} items, not {len(written)}"
        for i, (one, other) in enumerate(zip(written, read, strict=False)):
            yield from differences(one, other, f"{path}[{i}]")
    elif isinstance(written, bool) != isinstance(read, bool) or written != read:
        yield f"{path} is {read!r}, not {written!r}"


def _convs(kernel: Kernel) -> list[Conv]:
    if isinstance(kernel, Conv):
        return [kernel]
    H, W, F = kernel.H, kernel.W, kernel.F
    if isinstance(kernel, DBlock):
        return [
            Conv(H, W, 1, 1, F, F // 4, 1),
            Conv(H, W, 3, 3, F // 4, F // 4, 1),
            Conv(H, W, 1, 1, F // 4, F, 1),
        ]
    assert isinstance(kernel, CBlock)
    return [
        Conv(H, W, 1, 1, F // 2, F // 4, 1),
        Conv(H, W, 3, 3, F // 4, F // 4, 2),
        Conv(H // 2, W // 2, 1, 1, F // 4, F, 1),
        Conv(H, W, 1, 1, F // 2, F, 2),
    ]


def _size(placed: PlacedKernel) -> tuple[int, int, Fraction, Fraction]:
    """Return width, height, time and memory of a placed kernel."""
    h, w = placed.args.h, placed.args.w
    width = height = 0
    time = memory = Fraction(0)
    for conv, c, k in zip(_convs(placed.kernel), placed.args.c, placed.args.k, strict=True):
        trips = ceil(Fraction(conv.H, h)) * ceil(Fraction(conv.W, w)) * ceil(Fraction(conv.C, c))
        trips *= ceil(Fraction(conv.K, k))
        time = max(time, Fraction(trips * conv.R * conv.S, conv.T**2))
        weights = Fraction(conv.C * conv.K * conv.R * conv.S, c * k)
        image = Fraction((conv.W + conv.S - 1) * (conv.H + conv.R - 1) * conv.K, w * h * k)
        memory, width, height = max(memory, weights + image), width + 3 * k, max(height, h * w * (c + 1))
    return (height, width, time, memory) if placed.rotated else (width, height, time, memory)


def legal_cost(instance: Instance, placed: Iterable[PlacedKernel]) -> Fraction | None:
    """Return the cost of a placement of all kernels; None if it breaks a rule."""
    kernels = {kernel.name: kernel for kernel in placed}
    settings, sizes = instance.settings, {}
    boxes = []
    for name, kernel in kernels.items():
        if min(kernel.args.h, kernel.args.w, *kernel.args.c, *kernel.args.k) < 1:
            return None
        sizes[name] = width, height, _, memory = _size(kernel)
        x, y = kernel.x, kernel.y
        if min(x, y) < 0 or x + width > settings.width or y + height > settings.height:
            return None
        if memory > settings.memlimit:
            return None
        boxes.append((x, y, x + width, y + height))
    if any(a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3] for a, b in combinations(boxes, 2)):
        return None
    cost = settings.wdeltat * max(size[2] for size in sizes.values())
    for edge in instance.edges:
        if edge.source in kernels and edge.target in kernels:
            cost += _edge_cost(instance, kernels[edge.source], kernels[edge.target], sizes)
    return cost


def _edge_cost(
    instance: Instance,
    u: PlacedKernel,
    v: PlacedKernel,
    sizes: dict[str, tuple[int, int, Fraction, Fraction]],
) -> Fraction:
    (uw, uh, *_), (vw, vh, *_) = sizes[u.name], sizes[v.name]
    length = Fraction(abs(2 * u.x + uw - 2 * v.x - vw) + abs(2 * u.y + uh - 2 * v.y - vh), 2)
    produced = u.args.h, u.args.w, u.args.k[min(2, len(u.args.k) - 1)]
    consumed = v.args.h, v.args.w, v.args.c[0]
    differ = sum(one != other for one, other in zip(produced, consumed, strict=True))
    return instance.settings.wlength * length + instance.settings.wadapter * differ
