"""Limits of the container that this process runs in: control groups of Linux, version 1 and 2.

https://docs.kernel.org/admin-guide/cgroup-v2.html and .../cgroup-v1/memory.html say what the files hold. A
group is held by the limits of all groups above it too, as far as they can be seen from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

#: Where the kernel says which groups this process is in, and where their files are.
_PROC = Path("/proc/self")
#: From here on a limit of memory (bytes) is none: version 1 writes the largest number it knows.
_NO_LIMIT = 1 << 60


class _Mount(NamedTuple):
    """A file system of control groups."""

    root: str  #: the group that stands at its top
    point: Path
    version: int
    controllers: frozenset[str]  #: of version 1


class _Names(NamedTuple):
    """What the files of memory are called."""

    limit: str
    usage: str
    unused: str  #: the line of `memory.stat` with cached files that the kernel gives back at once


_MEMORY = {
    1: _Names("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    2: _Names("memory.max", "memory.current", "inactive_file"),
}


def memory_left(proc: Path = _PROC) -> int | None:
    """Return how many bytes more the container lets its processes take; None if it sets no limit.

    It is 0 where they are above the limit already.
    """
    found = [
        left for folder, version in _groups("memory", proc) if (left := _left(folder, version)) is not None
    ]
    return min(found, default=None)


def cpu_quota(proc: Path = _PROC) -> float | None:
    """Return how many cores' worth of time the container gives; None if it sets no limit."""
    found = [
        quota for folder, version in _groups("cpu", proc) if (quota := _quota(folder, version)) is not None
    ]
    return min(found, default=None)


def _left(folder: Path, version: int) -> int | None:
    names = _MEMORY[version]
    limit = _number(folder / names.limit)
    if limit is None or limit >= _NO_LIMIT:
        return None
    unused = re.search(rf"^{names.unused} (\d+)$", _text(folder / "memory.stat"), re.MULTILINE)
    used = (_number(folder / names.usage) or 0) - (int(unused[1]) if unused else 0)
    return max(0, limit - max(0, used))


def _quota(folder: Path, version: int) -> float | None:
    if version == 1:
        quota, period = _number(folder / "cpu.cfs_quota_us"), _number(folder / "cpu.cfs_period_us")
    else:
        words = _text(folder / "cpu.max").split()
        quota, period = ([int(word) if word.isdecimal() else None for word in words] + [None, None])[:2]
    return quota / period if quota is not None and quota > 0 and period else None


def _groups(controller: str, proc: Path) -> Iterator[tuple[Path, int]]:
    """Yield the folders of the groups that control something of this process, with their version."""
    mounts = list(_mounts(_text(proc / "mountinfo")))
    for line in _text(proc / "cgroup").splitlines():
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        for mount in mounts:
            if mount.version == 2 and number == "0" and not controllers:
                yield from ((folder, 2) for folder in _upwards(mount, path))
            elif (
                mount.version == 1
                and controller in controllers.split(",")
                and controller in mount.controllers
            ):
                yield from ((folder, 1) for folder in _upwards(mount, path))


def _upwards(mount: _Mount, path: str) -> Iterator[Path]:
    """Yield the folder of a group and of those above it; the top where the group itself is out of sight."""
    root = mount.root.rstrip("/")
    inside = path == root or path.startswith(root + "/")
    folder = mount.point / path[len(root) :].strip("/") if inside and ".." not in path else mount.point
    if not folder.is_dir():
        folder = mount.point
    while folder != mount.point:
        yield folder
        folder = folder.parent
    yield mount.point


def _mounts(text: str) -> Iterator[_Mount]:
    """Yield the mounts of control groups in what the kernel calls `mountinfo`."""
    for line in text.splitlines():
        place, _, kind = line.partition(" - ")
        fields, described = place.split(" "), kind.split(" ")
        if len(fields) < 5 or len(described) < 3 or described[0] not in ("cgroup", "cgroup2"):
            continue
        root, point = (_unescaped(field) for field in fields[3:5])
        version = 1 if described[0] == "cgroup" else 2
        yield _Mount(root, Path(point), version, frozenset(described[2].split(",")))


def _unescaped(text: str) -> str:
    r"""Return a path without the escapes of `mountinfo`: \040 is a blank."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)


def _number(path: Path) -> int | None:
    try:
        return int(_text(path))
    except ValueError:  # "max", or nothing
        return None


def _text(path: Path) -> str:
    """Return what a file of the kernel's says; nothing if it is not there or closed to us."""
    try:
        return path.read_text(errors="surrogateescape")
    except OSError:
        return ""
