"""Damaged JSON documents end in one clear line or in a value that survives writing and reading."""

from __future__ import annotations

import random
from functools import cache

from tests.files.test_fuzz import SOURCE, check_error, damage, own_placement
from tests.paths import ROOT
from wse_cp.errors import InputError
from wse_cp.files.by_suffix import read_instance_file
from wse_cp.files.json_documents import (
    format_instance,
    format_placement,
    parse_instance,
    parse_placed,
    placement_json,
)
from wse_cp.files.json_text import format_json
from wse_cp.score import violations

#: Small instances, so that mutations hit all parts.
CASES = ("A", "T")


@cache
def samples() -> list[tuple[str, str]]:
    """Texts of an instance and of a placement of it."""
    found = []
    for letter in CASES:
        instance = read_instance_file(ROOT / f"instances/{letter}.kgraph")
        found.append((format_instance(instance), format_placement(instance, own_placement(instance))))
    return found


def check_instance(text: str) -> bool:
    """Tell whether `text` is an instance; fail unless it survives writing or ends in a clear error."""
    try:
        instance = parse_instance(text, SOURCE)
    except InputError as error:
        check_error(error)
        return False
    again = parse_instance(format_instance(instance), SOURCE)
    assert (again, again.test) == (instance, instance.test)
    return True


def check_placement(text: str, instance: str) -> bool:
    """Do the same for a placement, and judge it."""
    try:
        placed = [entry.placed for entry in parse_placed(text, SOURCE)]
    except InputError as error:
        check_error(error)
        return False
    again = parse_placed(format_json(placement_json(placed)), SOURCE)
    assert [entry.placed for entry in again] == placed
    violations(parse_instance(instance, SOURCE), placed)
    return True


def test_a_few_hundred_damaged_documents() -> None:
    valid = [0, 0]
    for seed in range(200):
        rng = random.Random(seed)
        instance, placement = rng.choice(samples())
        valid[0] += check_instance(damage(instance, rng))
        valid[1] += check_placement(damage(placement, rng), instance)
    assert 0 < min(valid) <= max(valid) < 200  # the mutations neither spare nor break everything
