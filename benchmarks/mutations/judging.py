"""What must hold of what was accepted, and of the line that refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.mutations.plain import (
    differences,
    instance_facts,
    kgraph_facts,
    legal_cost,
    paint_facts,
    placed_facts,
)
from wse_cp.api import judge_solution, load, load_placement, save, save_instance
from wse_cp.errors import InputError
from wse_cp.files.by_suffix import read_solution_file
from wse_cp.files.json_documents import instance_json, placement_json
from wse_cp.instance import Instance
from wse_cp.placement import PlacedKernel
from wse_cp.score import score, violations

#: Longest line that refuses an input (characters).
_LONGEST = 1000
_SUFFIXES = (".kgraph", ".json"), (".paint", ".json")


class FaultError(Exception):
    """Something that must hold does not; says what."""


def require(condition: object, what: str) -> None:
    """Raise `FaultError` unless a condition holds."""
    if not condition:
        raise FaultError(what)


def check_refusal(message: str) -> None:
    """Raise `FaultError` unless a message is one printable line of bearable length."""
    require(message.isprintable() and message, f"no printable line: {message!r}")
    require(len(message) <= _LONGEST, f"a line of {len(message)} characters")
    require("Error(" not in message and "Traceback" not in message, f"the text of an exception: {message}")


def plain_text(path: Path) -> str:
    """Return the text of a file that was accepted, its line ends as newlines."""
    return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def check_instance(instance: Instance, folder: Path) -> None:
    """Raise `FaultError` unless an instance is the same after saving and loading, in both formats."""
    for suffix in _SUFFIXES[0]:
        path = folder / f"again{suffix}"
        try:
            save_instance(path, instance)
        except InputError as error:
            require(suffix == ".kgraph" and "*)" in instance.test, f"it cannot be saved: {error}")
            continue
        again = load(path)
        require(again == instance and again.test == instance.test, f"another instance after {suffix}")


def check_kgraph(path: Path, instance: Instance) -> None:
    """Raise `FaultError` unless an instance is what plain expressions read in the file."""
    require(kgraph_facts(plain_text(path)) == instance_facts(instance), "other nodes or edges than written")


def check_same(written: Any, read: Any) -> None:
    """Raise `FaultError` unless values read are those written, keys that were left out apart."""
    for difference in differences(written, read):
        raise FaultError(difference)


def check_json_instance(path: Path, instance: Instance) -> None:
    """Raise `FaultError` unless an instance is what the standard library reads in the file."""
    written = json.loads(plain_text(path))
    check_same(written.get("instance", written), {**instance_json(instance), "version": 1})


def check_solution(path: Path, instance: Instance, folder: Path) -> bool:
    """Read a solution file leniently and strictly; tell whether it was accepted strictly.

    Raises `FaultError` if the two disagree, or a placement accepted is another after saving and loading, or
    costs something else than plain loops say. Raises `InputError` if it cannot be read leniently.
    """
    entries = read_solution_file(path, instance)
    grade = judge_solution(instance, path)
    broken = violations(instance, entries)
    require(bool(grade.score) == (not broken), "a score in spite of violations, or none without")
    _check_entries(path, entries)
    try:
        placement = load_placement(path, instance)
    except InputError:
        require(broken, "refused though there is no violation")
        raise
    require(sorted(placement.values(), key=_name) == sorted(entries, key=_name), "another strict reading")
    for suffix in _SUFFIXES[1]:
        save(folder / f"again{suffix}", instance, placement)
        require(load_placement(folder / f"again{suffix}", instance) == placement, f"another after {suffix}")
    cost = legal_cost(instance, placement.values())
    require((cost is None) == bool(broken), f"violations {broken[:1]}, by plain loops a cost of {cost}")
    require(broken or score(instance, placement).cost == cost, "another cost than by plain loops")
    return not broken


def _name(placed: PlacedKernel) -> str:
    return placed.name


def _check_entries(path: Path, entries: Iterable[PlacedKernel]) -> None:
    if path.suffix == ".paint":
        require(
            paint_facts(plain_text(path)) == list(map(placed_facts, entries)), "other places than written"
        )
        return
    written = json.loads(plain_text(path))
    written = written.get("placement", written)
    read = placement_json(entries)
    for one, other in zip(written["kernels"], read["kernels"], strict=True):
        turned = {"R180": "R0", "R270": "R90"}
        one["rotation"] = turned.get(one["rotation"], one["rotation"])
        one["name"], other["name"] = (
            re.sub(r"(?<=[A-Za-z_])0+(?=\d)", "", each["name"]) for each in (one, other)
        )
    check_same(written, {**read, "version": 1})
