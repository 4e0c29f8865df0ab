"""The packages this one depends on, as its own metadata name them, and their versions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata

from packaging.requirements import Requirement


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
        own = metadata.metadata("wse-cp")
    except metadata.PackageNotFoundError:
        return []
    extras = own.get_all("Provides-Extra") or []
    found: dict[str, Package] = {}
    for requirement in own.get_all("Requires-Dist") or []:
        package = parsed(requirement, extras)
        if package is not None and package.extra != "test":
            found.setdefault(package.name, package)
    return list(found.values())


def parsed(text: str, extras: Iterable[str]) -> Package | None:
    """Return the package that a requirement names; None if it is for other systems than this."""
    requirement = Requirement(text)
    for extra in ("", *extras):
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            return Package(requirement.name, extra, installed(requirement.name))
    return None


def installed(name: str) -> str | None:
    """Return the version of a package, None if it is not installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
