"""The certificate as a value: its JSON object, form and digests checked (docs/bounds.md, section 8)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from hashlib import sha256
from typing import Any

from wse_cp.bounds.verifier.cover import Cover, read_covers
from wse_cp.bounds.verifier.fields import integer, listed, string, truth
from wse_cp.bounds.verifier.reading import CertificateError, quote, read_object
from wse_cp.instance import Instance
from wse_cp.kernels import formal_arguments

FORMAT = "wse-cp lower bound"
#: Version 1 had no cycles, 1 and 2 had the whole spine in every interval. 4 looks like 3, but its turns are
#: paid for; 5 says whether adapters are counted; in 6 intervals may have covers, in 7 covers have forests, in
#: 8 their stars have flows too, in 9 demands and boxes; in 10 intervals say whether parities are compared.
VERSIONS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
#: The first versions whose covers have forests, whose stars have flows, and whose stars have boxes.
_WITH_FORESTS, _WITH_FLOWS, _WITH_BOXES = 7, 8, 9
#: The first version in which an interval may have none of a spine.
_WITHOUT_SPINE = 10
KEYS = ("format", "version", "instance", "unit", "spine", "tree", "cases", "intervals", "bound", "sha256")
#: Keys by the first version that has them.
NEW_KEYS = {"cycles": 2, "adapters": 5, "covers": 6}
#: The same for the keys of an interval.
INTERVAL_KEYS = {"from": 1, "spine": 3, "multipliers": 1, "wire": 6, "cover": 6, "parities": 10}


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
    wire: int  #: the share of each wire that the multipliers are for (1 / unit)
    cover: int = -1  #: the number of the cover for the rest of the wires; -1 if there is none
    parities: bool = False  #: whether the parities of extents are compared (section 6)


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
    covers: tuple[Cover, ...] = ()

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
    if string(found["format"], "format") != FORMAT:
        raise CertificateError(f"format is {quote(found['format'])}, not {quote(FORMAT)}")
    version = integer(found["version"], "version")
    if version not in VERSIONS:
        raise CertificateError(f"version is {version}, not {' or '.join(map(str, VERSIONS))}")
    keys = (*KEYS, *(key for key, first in NEW_KEYS.items() if version >= first))
    _require(found, keys)
    for key in found:
        if key not in keys:
            raise CertificateError(f"unknown key {quote(key)}")
    # first the form: only a shallow object is sure to be written again without trouble
    certificate = _certificate(found, version)
    if string(found["sha256"], "sha256") != content_digest(found):
        raise CertificateError("the digest sha256 does not fit the contents")
    return certificate


def _require(found: dict[str, Any], keys: Iterable[str]) -> None:
    for key in keys:
        if key not in found:
            raise CertificateError(f"the key {quote(key)} is missing")


def _certificate(found: dict[str, Any], version: int) -> Certificate:
    cases = integer(found["cases"], "cases", 1)
    spine = tuple(string(name, "a kernel of the spine") for name in listed(found["spine"], "spine"))
    if len(spine) == 1:
        raise CertificateError("the spine has one kernel; it has none, or at least two")
    if cases > 1 and not spine:
        raise CertificateError(f"{cases} cases without a spine")
    bound = listed(found["bound"], "bound", 2)
    certificate = Certificate(
        version=version,
        instance=string(found["instance"], "instance"),
        unit=integer(found["unit"], "unit", 1),
        spine=spine,
        tree=tuple(_pair(pair) for pair in listed(found["tree"], "tree")),
        cycles=tuple(_cycle(cycle) for cycle in listed(found.get("cycles", []), "cycles")),
        cases=cases,
        intervals=(),
        bound=Fraction(integer(bound[0], "bound"), integer(bound[1], "the denominator of bound", 1)),
        adapters=truth(found.get("adapters", True), "adapters"),
        covers=read_covers(
            found.get("covers", []),
            version >= _WITH_FORESTS,
            version >= _WITH_FLOWS,
            version >= _WITH_BOXES,
        ),
    )
    return replace(certificate, intervals=tuple(_intervals(found["intervals"], certificate)))


def _intervals(found: object, certificate: Certificate) -> Iterator[Interval]:
    keys = [key for key, first in INTERVAL_KEYS.items() if certificate.version >= first]
    entries = listed(found, "intervals")
    if not entries:
        raise CertificateError("there are no intervals")
    before = -1
    for entry in entries:
        if not isinstance(entry, dict) or set(entry) != set(keys):
            raise CertificateError(f"an interval is not an object with the keys {', '.join(keys)}")
        start = integer(entry["from"], "the start of an interval")
        if before < 0 and start != 0:
            raise CertificateError(f"the first interval starts at {quote(start)}, not at 0")
        if start <= before:
            raise CertificateError(f"interval starts do not increase: {quote(start)}")
        before = start
        yield _interval(entry, start, certificate)


def _interval(entry: dict[str, Any], start: int, certificate: Certificate) -> Interval:
    length, unit, covers = len(certificate.spine), certificate.unit, len(certificate.covers)
    version = certificate.version
    rows = listed(entry["multipliers"], "multipliers", certificate.cases)
    interval = Interval(
        start,
        tuple(_multipliers(row) for row in rows),
        _part(entry["spine"], length, version >= _WITHOUT_SPINE) if "spine" in entry else (0, length),
        integer(entry.get("wire", unit), "the wire of an interval", 0, unit),
        integer(entry.get("cover", -1), "the cover of an interval", -1, covers - 1),
        truth(entry.get("parities", False), "the parities of an interval"),
    )
    forests = interval.cover >= 0 and certificate.covers[interval.cover].forests
    if forests and (interval.wire or any(case != Multipliers(0, 0, 0) for case in interval.cases)):
        raise CertificateError("an interval whose cover has forests has a wire or multipliers that are not 0")
    return interval


def _part(found: object, length: int, none: bool) -> tuple[int, int]:
    what = "the spine of an interval"
    first, end = (integer(value, what, 0) for value in listed(found, what, 2))
    if none and first == end == 0:
        return 0, 0
    if end > length or end - first < min(length, 2):
        raise CertificateError(f"{what} is {quote(found)}, not the ends of a part of {length} kernels")
    return first, end


def _multipliers(found: object) -> Multipliers:
    return Multipliers(*(integer(value, "a multiplier", 0) for value in listed(found, "multipliers", 3)))


def _pair(found: object) -> tuple[str, str]:
    first, second = (string(name, "a kernel of the tree") for name in listed(found, "an edge of the tree", 2))
    return first, second


def _cycle(found: object) -> tuple[str, ...]:
    return tuple(string(name, "a kernel of a cycle") for name in listed(found, "a cycle"))
