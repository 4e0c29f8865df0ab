"""The certificate as a value: its JSON object, form and digests checked (docs/bounds.md, section 8)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from typing import Any

from wse_cp.bounds.verifier.reading import CertificateError, quote, read_object
from wse_cp.instance import Instance
from wse_cp.kernels import formal_arguments

FORMAT = "wse-cp lower bound"
#: Version 1 had no cycles, 1 and 2 had the whole spine in every interval. 4 looks like 3, but its turns are
#: paid for; 5 says whether adapters are counted.
VERSIONS = (1, 2, 3, 4, 5)
KEYS = ("format", "version", "instance", "unit", "spine", "tree", "cases", "intervals", "bound", "sha256")
#: Keys by the first version that has them.
NEW_KEYS = {"cycles": 2, "adapters": 5}


def instance_digest(instance: Instance) -> str:
    """Return the SHA-256 of all that the cost depends on (docs/bounds.md, section 8)."""
    settings = instance.settings
    numbers = (
        settings.width,
        settings.height,
        settings.wdeltat,
        settings.wlength,
        settings.wadapter,
        settings.memlimit,
    )
    lines = [_line(*numbers)]
    for name, kernel in sorted(instance.kernels.items(), key=lambda item: item[0]):
        lines.append(_line(name, kernel.type_name, *formal_arguments(kernel).values()))
    lines += [_line(*edge) for edge in sorted(instance.kernel_edges)]
    return sha256("".join(lines).encode()).hexdigest()


def content_digest(contents: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a certificate's object without its key `sha256`."""
    rest = {key: value for key, value in contents.items() if key != "sha256"}
    return sha256(json.dumps(rest, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _line(*words: object) -> str:
    return " ".join(map(str, words)) + "\n"


@dataclass(frozen=True)
class Multipliers:
    """Prices in 1 / unit of a certificate: per tile of area, and per tile of a run along x and y."""

    area: int
    run_x: int
    run_y: int


@dataclass(frozen=True)
class Interval:
    """A range of max times: from `start` (1 / time_scale cycles) to the next one's start.

    Its spine is a `part` of the certificate's: from the first place up to, but without, the second.
    """

    start: int
    cases: tuple[Multipliers, ...]
    part: tuple[int, int]


@dataclass(frozen=True)
class Certificate:
    """All that a certificate says. Names are not yet known to be kernels."""

    version: int
    instance: str
    unit: int
    spine: tuple[str, ...]
    tree: tuple[tuple[str, str], ...]
    cycles: tuple[tuple[str, ...], ...]
    cases: int
    intervals: tuple[Interval, ...]
    bound: Fraction
    adapters: bool = True  #: whether adapters are counted; if not, they cost nothing (section 6)

    @property
    def pays_turns(self) -> bool:
        """Whether turns are paid for (docs/bounds.md, section 5)."""
        return self.version > 3


def read_certificate(text: str) -> Certificate:
    """Return the certificate in `text`.

    Raises
    ------
    CertificateError
        If it is malformed or its own digest is wrong.
    """
    found = read_object(text)
    _require(found, ("format", "version"))
    if _text(found["format"], "format") != FORMAT:
        raise CertificateError(f"format is {quote(found['format'])}, not {quote(FORMAT)}")
    version = _integer(found["version"], "version")
    if version not in VERSIONS:
        raise CertificateError(f"version is {version}, not {' or '.join(map(str, VERSIONS))}")
    keys = (*KEYS, *(key for key, first in NEW_KEYS.items() if version >= first))
    _require(found, keys)
    for key in found:
        if key not in keys:
            raise CertificateError(f"unknown key {quote(key)}")
    # first the form: only a shallow object is sure to be written again without trouble
    certificate = _certificate(found, version)
    if _text(found["sha256"], "sha256") != content_digest(found):
        raise CertificateError("the digest sha256 does not fit the contents")
    return certificate


def _require(found: dict[str, Any], keys: Iterable[str]) -> None:
    for key in keys:
        if key not in found:
            raise CertificateError(f"the key {quote(key)} is missing")


def _certificate(found: dict[str, Any], version: int) -> Certificate:
    cases = _integer(found["cases"], "cases", 1)
    spine = tuple(_text(name, "a kernel of the spine") for name in _list(found["spine"], "spine"))
    if len(spine) == 1:
        raise CertificateError("the spine has one kernel; it has none, or at least two")
    if cases > 1 and not spine:
        raise CertificateError(f"{cases} cases without a spine")
    bound = _list(found["bound"], "bound", 2)
    return Certificate(
        version=version,
        instance=_text(found["instance"], "instance"),
        unit=_integer(found["unit"], "unit", 1),
        spine=spine,
        tree=tuple(_pair(pair) for pair in _list(found["tree"], "tree")),
        cycles=tuple(_cycle(cycle) for cycle in _list(found.get("cycles", []), "cycles")),
        cases=cases,
        intervals=_intervals(found["intervals"], cases, len(spine), parts=version > 2),
        bound=Fraction(_integer(bound[0], "bound"), _integer(bound[1], "the denominator of bound", 1)),
        adapters=_truth(found.get("adapters", True), "adapters"),
    )


def _intervals(found: object, cases: int, length: int, parts: bool) -> tuple[Interval, ...]:
    intervals: list[Interval] = []
    keys = ("from", "spine", "multipliers") if parts else ("from", "multipliers")
    for entry in _list(found, "intervals"):
        if not isinstance(entry, dict) or set(entry) != set(keys):
            raise CertificateError(f"an interval is not an object with the keys {', '.join(keys)}")
        start = _integer(entry["from"], "the start of an interval")
        if not intervals and start != 0:
            raise CertificateError(f"the first interval starts at {quote(start)}, not at 0")
        if intervals and start <= intervals[-1].start:
            raise CertificateError(f"interval starts do not increase: {quote(start)}")
        rows = _list(entry["multipliers"], "multipliers", cases)
        part = _part(entry["spine"], length) if parts else (0, length)
        intervals.append(Interval(start, tuple(_multipliers(row) for row in rows), part))
    if not intervals:
        raise CertificateError("there are no intervals")
    return tuple(intervals)


def _part(found: object, length: int) -> tuple[int, int]:
    what = "the spine of an interval"
    first, end = (_integer(value, what, 0) for value in _list(found, what, 2))
    if end > length or end - first < min(length, 2):
        raise CertificateError(f"{what} is {quote(found)}, not the ends of a part of {length} kernels")
    return first, end


def _multipliers(found: object) -> Multipliers:
    return Multipliers(*(_integer(value, "a multiplier", 0) for value in _list(found, "multipliers", 3)))


def _pair(found: object) -> tuple[str, str]:
    first, second = (_text(name, "a kernel of the tree") for name in _list(found, "an edge of the tree", 2))
    return first, second


def _cycle(found: object) -> tuple[str, ...]:
    return tuple(_text(name, "a kernel of a cycle") for name in _list(found, "a cycle"))


def _list(found: object, what: str, count: int | None = None) -> list[Any]:
    if not isinstance(found, list):
        raise CertificateError(f"{what} is not a list but {quote(found)}")
    if count is not None and len(found) != count:
        raise CertificateError(f"{what} has {len(found)} entries, not {count}")
    return found


def _text(found: object, what: str) -> str:
    if not isinstance(found, str):
        raise CertificateError(f"{what} is not a string but {quote(found)}")
    return found


def _truth(found: object, what: str) -> bool:
    if not isinstance(found, bool):
        raise CertificateError(f"{what} is neither true nor false but {quote(found)}")
    return found


def _integer(found: object, what: str, least: int | None = None) -> int:
    if type(found) is not int:
        raise CertificateError(f"{what} is not an integer but {quote(found)}")
    if least is not None and found < least:
        raise CertificateError(f"{what} is {quote(found)}, less than {least}")
    return found
