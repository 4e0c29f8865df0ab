"""The state of a search as a JSON document (docs/formats.md, "Checkpoints")."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Field

from wse_cp.bounds.verifier.certificate import instance_digest
from wse_cp.checkpoint.kept import ABOVE, BESIDE, MAX_ORDERS, Kept, KeptOperator, KeptTree
from wse_cp.decimals import exact_number, exact_or_none, exact_text
from wse_cp.files.json_models import Model, read_document, validated
from wse_cp.files.json_numbers import Count, Exact, Seconds
from wse_cp.files.json_text import Place
from wse_cp.instance import MAX_KERNELS, Instance
from wse_cp.kernels import Arguments, convs, performance
from wse_cp.options import MAX_SEED, MAX_WORKERS
from wse_cp.result import OperatorStatistics
from wse_cp.version import __version__

CHECKPOINT = "wse-cp checkpoint"
#: The one version that is written and read.
CHECKPOINT_VERSION = 1
#: Most trees, and most operators of a worker or ways of improving.
MAX_TREES, MAX_NAMES = 32, 1000
#: Largest number in a record.
MAX_RECORD = 1e15
#: Largest cycle limit of a tree, as so many times the time of the slowest kernel that splits no loop.
MAX_LIMIT = 16

Numbers = Annotated[list[Annotated[int, Field(ge=-2, lt=MAX_KERNELS)]], Field(max_length=2 * MAX_KERNELS)]
Record = Annotated[Seconds, Field(ge=0, le=MAX_RECORD)]
Split = Annotated[int, Field(ge=0, lt=1 << 15)]
Short = Annotated[str, Field(max_length=200)]


class TreeModel(Model):
    """A slicing tree in postfix order: numbers of kernels; -1 and -2 join two parts, side by side or stacked.

    `limit` is its cycle limit; `splits` are the forced splits h, w, c, k of each kernel (0: free), or none.
    """

    limit: Exact
    nodes: Numbers
    splits: Annotated[
        list[Annotated[list[Split], Field(min_length=4, max_length=4)]],
        Field(default_factory=list, max_length=MAX_KERNELS),
    ]


class ArmModel(Model):
    """The record of an operator: present size, decayed gain and seconds, calls."""

    name: Short
    size: Record
    gain: Record
    seconds: Record
    calls: Count


class WayModel(Model):
    """How one way of improving fared in all runs."""

    name: Short
    calls: Count
    improvements: Count
    gain: Exact
    seconds: Record


class CheckpointDocument(Model):
    """The state of a search: what a later run begins with, beside the placement and the bound.

    `kernels` has the names by number; `orders` and `trees` go by these numbers. `operators` has a list for
    each worker. `cost` and `lower_bound` are for people: they are derived again from the other files.
    """

    format: Literal["wse-cp checkpoint"]
    version: Annotated[int, Field(ge=CHECKPOINT_VERSION, le=CHECKPOINT_VERSION)]
    written_by: Short = ""
    instance_sha256: Short
    cost: Exact | None = None
    lower_bound: Exact | None = None
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)]
    seconds: Record
    runs: Annotated[int, Field(ge=0, le=10**9)]
    started: bool
    kernels: Annotated[list[Short], Field(max_length=MAX_KERNELS)]
    orders: Annotated[list[Numbers], Field(default_factory=list, max_length=MAX_ORDERS)]
    trees: Annotated[list[TreeModel], Field(default_factory=list, max_length=MAX_TREES)]
    operators: Annotated[
        list[Annotated[list[ArmModel], Field(max_length=MAX_NAMES)]],
        Field(default_factory=list, max_length=MAX_WORKERS),
    ]
    statistics: Annotated[list[WayModel], Field(default_factory=list, max_length=MAX_NAMES)]


class CheckpointText:
    """Makes the documents of one instance."""

    def __init__(self, instance: Instance) -> None:
        self._digest, self._names = instance_digest(instance), list(instance.kernels)

    def of(self, kept: Kept, cost: Fraction | None = None, bound: Fraction | None = None) -> str:
        """Return the document of a state; a line for each key."""
        values = {
            "format": CHECKPOINT,
            "version": CHECKPOINT_VERSION,
            "written_by": f"wse-cp {__version__}",
            "instance_sha256": self._digest,
            "cost": exact_or_none(cost),
            "lower_bound": exact_or_none(bound),
            "seed": kept.seed,
            "seconds": round(kept.seconds, 3),
            "runs": kept.runs,
            "started": kept.started,
            "kernels": self._names,
            "orders": kept.orders[:MAX_ORDERS],
            "trees": [{**vars(tree), "limit": exact_number(tree.limit)} for tree in kept.trees[:MAX_TREES]],
            "operators": [list(map(asdict, arms)) for arms in kept.operators],
            "statistics": [{**asdict(way), "gain": exact_number(way.gain)} for way in kept.statistics],
        }
        lines = [
            f" {json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in values.items()
        ]
        return "{\n" + ",\n".join(lines) + "\n}\n"


def parse_checkpoint(text: str, source: str, instance: Instance) -> Kept:
    """Return the state in a JSON text.

    Raises `InputError`, with line and path, if it is no such document, of another version, or of another
    instance than the one given, or if something in it is no order, tree or record of this instance.
    """
    data, _ = read_document(text, source, CHECKPOINT)
    place = Place(text, source)
    _check_version(data, place)
    document = validated(CheckpointDocument, data, place)
    if document.instance_sha256 != instance_digest(instance):
        raise place.at("instance_sha256").error("a checkpoint of this instance", "one of another instance")
    numbers = _numbers(document.kernels, instance, place.at("kernels"))
    return Kept(
        document.seed,
        document.seconds,
        document.runs,
        document.started,
        tuple(_order(found, numbers, place.at("orders", i)) for i, found in enumerate(document.orders)),
        _trees(document.trees, numbers, instance, place.at("trees")),
        tuple(tuple(KeptOperator(**dict(arm)) for arm in arms) for arms in document.operators),
        tuple(OperatorStatistics(**dict(way)) for way in document.statistics),
    )


def _check_version(data: dict[str, Any], place: Place) -> None:
    """Raise `InputError` if it is of another version, whatever else may be wrong with it."""
    found = data.get("version")
    if type(found) is int and found != CHECKPOINT_VERSION:
        expected = f"a checkpoint of version {CHECKPOINT_VERSION}, which this wse-cp reads,"
        raise place.at("version").error(expected, str(found))


def _numbers(names: list[str], instance: Instance, place: Place) -> list[int]:
    """Return the number in the instance of each kernel named."""
    rank = {name: number for number, name in enumerate(instance.kernels)}
    if sorted(names) != sorted(rank):
        raise place.error("the kernels of the instance, each once", "others")
    return [rank[name] for name in names]


def _order(found: Iterable[int], numbers: list[int], place: Place) -> tuple[int, ...]:
    order = list(found)
    if sorted(order) != list(range(len(numbers))):
        raise place.error("each kernel once", "another list")
    return tuple(numbers[number] for number in order)


def _trees(
    found: list[TreeModel], numbers: list[int], instance: Instance, place: Place
) -> tuple[KeptTree, ...]:
    kinds = {kernel: len(convs(kernel)) for kernel in instance.kernels.values()}
    times = [performance(kernel, Arguments(1, 1, (1,) * n, (1,) * n)).time for kernel, n in kinds.items()]
    most = MAX_LIMIT * max(times, default=Fraction(0))
    return tuple(_tree(tree, numbers, most, place.at(i)) for i, tree in enumerate(found))


def _tree(found: TreeModel, numbers: list[int], most: Fraction, place: Place) -> KeptTree:
    parts = 0
    for node in found.nodes:
        parts += 1 if node >= 0 else -1
        if parts < 1:
            raise place.at("nodes").error("two parts before each cut", "fewer")
    if parts != 1:
        raise place.at("nodes").error("one tree", f"{parts} parts")
    _order((node for node in found.nodes if node >= 0), numbers, place.at("nodes"))
    if not 0 < found.limit <= most:
        expected = f"a cycle limit above 0 and up to {exact_text(most)}"
        raise place.at("limit").error(expected, exact_text(found.limit))
    nodes = tuple(node if node in (BESIDE, ABOVE) else numbers[node] for node in found.nodes)
    return KeptTree(nodes, found.limit, _splits(found.splits, numbers, place.at("splits")))


def _splits(
    found: list[list[int]], numbers: list[int], place: Place
) -> tuple[tuple[int, int, int, int], ...]:
    if found and len(found) != len(numbers):
        raise place.error(f"splits of {len(numbers)} kernels", str(len(found)))
    splits = dict(zip(numbers, found, strict=True)) if found else {}
    return tuple((h, w, c, k) for h, w, c, k in (splits[number] for number in sorted(splits)))
