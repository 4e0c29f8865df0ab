"""Certificates of ranges of the largest time, from several workers, joined to one of the whole instance.

A certificate is a list of intervals of the largest time, each with multipliers that hold for all smaller
times too; the bound is the least of the intervals' (docs/bounds.md, section 1). So what a worker has found
for its range can stand beside what others have found for theirs. Nothing here is trusted: who uses a joined
certificate has it verified.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from wse_cp.bounds.sealing import sealed
from wse_cp.cluster.messages import Region
from wse_cp.errors import InputError
from wse_cp.files.json_text import parse_json

#: All largest times.
EVERYTHING: Region = (0, None)
#: What certificates that are joined must have in common.
_COMMON = ("format", "instance", "unit", "spine", "tree", "cycles", "cases")
#: The first version with covers, and the first whose covers have forests.
_COVERS, _FORESTS = 6, 7


def claimed(text: str) -> Fraction:
    """Return what a certificate claims; raises `InputError` if it is none."""
    return _claim(_content(text))


def split(text: str, ranges: int) -> list[Region] | None:
    """Return so many ranges with about as many intervals of a certificate in each; None if it has too few."""
    try:
        starts = [entry["from"] for entry in _content(text)["intervals"]][1:]
    except (InputError, KeyError):  # a proof by search has none
        return None
    places = [round(number * len(starts) / ranges) for number in range(1, ranges)]
    edges = [0, *(starts[place - 1] for place in places if place)]
    if len(set(edges)) < ranges:
        return None
    return [*pairwise(edges), (edges[-1], None)]


def joined(parts: Sequence[tuple[Region, str]]) -> str | None:
    """Return the certificate made of those of consecutive ranges; None if they do not fit together.

    Raises `InputError` if a text is no certificate.
    """
    edges = [region for region, _ in parts]
    if not parts or edges[0][0] != 0 or edges[-1][1] is not None:
        return None
    if any(one[1] != other[0] for one, other in pairwise(edges)):
        return None
    contents = [_content(text) for _, text in parts]
    versions = {content["version"] for content in contents}
    if not _alike(contents, versions):
        return None
    version, entries, covers = max(versions), list[dict[str, Any]](), list[Any]()
    for region, content in zip(edges, contents, strict=True):
        for entry in _within(content["intervals"], region):
            if version >= _COVERS:
                entry = {"wire": content["unit"], "cover": -1, **entry}
                if entry["cover"] >= 0:
                    covers.append(content["covers"][entry["cover"]])
                    entry["cover"] = len(covers) - 1
            entries.append(entry)
    bound = min(map(_claim, contents))
    content = {**contents[0], "version": version, "intervals": entries}
    content["bound"] = [bound.numerator, bound.denominator]
    content.pop("sha256", None)
    if version >= _COVERS:
        content |= {"adapters": contents[0].get("adapters", True), "covers": covers}
    return sealed(content, ("intervals", "covers"))


def _alike(contents: Sequence[dict[str, Any]], versions: set[int]) -> bool:
    """Tell whether certificates speak of the same relaxation."""
    first = contents[0]
    same = all(content.get(key) == first.get(key) for content in contents for key in _COMMON)
    adapters = {content.get("adapters", True) for content in contents}
    return same and len(adapters) == 1 and (len(versions) == 1 or max(versions) < _FORESTS)


def _within(entries: Sequence[dict[str, Any]], region: Region) -> list[dict[str, Any]]:
    """Return the intervals of a range, the first one cut to its start."""
    ends = [*(entry["from"] for entry in entries[1:]), None]
    first, last = region
    return [
        {**entry, "from": max(entry["from"], first)}
        for entry, end in zip(entries, ends, strict=True)
        if (end is None or end > first) and (last is None or entry["from"] < last)
    ]


def _content(text: str) -> dict[str, Any]:
    """Return the object of a certificate; only what is used here is looked at."""
    found = parse_json(text, "a certificate")
    try:
        entries = found.get("intervals", [])
        numbers = [found["version"], *found["bound"], *(entry["from"] for entry in entries)]
        numbers += [entry.get("cover", -1) for entry in entries] + [found["unit"]] * bool(entries)
        sound = all(type(number) is int for number in numbers) and len(found["bound"]) == 2
        sound = sound and found["bound"][1] > 0
        most = len(found.get("covers", []))
        sound = sound and all(-1 <= entry.get("cover", -1) < most for entry in entries)
    except (AttributeError, IndexError, KeyError, TypeError):
        sound = False
    if not sound:
        raise InputError("a certificate", "something else")
    content: dict[str, Any] = found
    return content


def _claim(content: dict[str, Any]) -> Fraction:
    return Fraction(*content["bound"])
