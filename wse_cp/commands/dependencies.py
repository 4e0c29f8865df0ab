"""The packages this one depends on, as its own metadata name them, and their versions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import metadata

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_EXTRA = re.compile(r"extra\s*==\s*['\"]([^'\"]+)['\"]")


@dataclass(frozen=True)
class Package:
    """A package that is needed, or for which extra it is; version None if it is not installed."""

    name: str
    extra: str
    version: str | None


def versions() -> list[Package]:
    """Return the packages in the order of the metadata, each once; those of tests are left out.

    Empty if the metadata are missing, as where the package is run from its sources.
    """
    try:
        requirements = metadata.requires("wse-cp") or []
    except metadata.PackageNotFoundError:
        return []
    found: dict[str, Package] = {}
    for requirement in requirements:
        package = parsed(requirement)
        if package.extra != "test":
            found.setdefault(package.name, package)
    return list(found.values())


def parsed(requirement: str) -> Package:
    """Return the package a requirement names."""
    name = _NAME.match(requirement.strip())
    extra = _EXTRA.search(requirement)
    assert name is not None  # metadata are well-formed
    return Package(name[0], extra[1] if extra else "", installed(name[0]))


def installed(name: str) -> str | None:
    """Return the version of a package, None if it is not installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
