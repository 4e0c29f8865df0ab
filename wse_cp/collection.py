"""Collections: one archive with many problems, a placement and a certificate of each, graded at once.

A collection is a ZIP archive with files ``instances/NAME``, ``best/NAME`` (placements) and ``bounds/NAME``
(certificates), which belong together if their names without suffix are equal. What else it holds is ignored.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from os import fspath
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from wse_cp.bounding import verify
from wse_cp.decimals import exact_text
from wse_cp.errors import BoundError, InputError
from wse_cp.files.by_suffix import read_instance_file
from wse_cp.files.writing import write_file
from wse_cp.grades import Collection, Item, check_unbeaten, judge_file
from wse_cp.grading import FilePath
from wse_cp.networks.contest import contest_instance, contest_names
from wse_cp.version import __version__

#: Folders of an archive, and what their files are.
INSTANCES, SOLUTIONS, CERTIFICATES = "instances", "best", "bounds"
#: Most files of these kinds, and most bytes that all of them may have once unpacked.
MAX_FILES, MAX_BYTES = 3000, 1 << 28
#: The suffix of archives.
SUFFIX = ".zip"

_NAME = re.compile(rf"({INSTANCES}|{SOLUTIONS}|{CERTIFICATES})/([\w][\w .-]*)\.(kgraph|paint|json)")


def is_collection(path: FilePath) -> bool:
    """Tell whether a file of that name is taken for a collection."""
    return Path(fspath(path)).suffix.lower() == SUFFIX


def grade_collection(path: FilePath, tell: Callable[[str], object] = lambda text: None) -> Collection:
    """Return the verdicts on all problems of an archive, their certificates verified.

    Parameters
    ----------
    tell
        Told of each problem before its certificate is verified, which takes up to half a minute.

    Raises
    ------
    InputError
        If it is no archive, has an instance that cannot be read, or files that belong to none.
    """
    source = fspath(path)
    with _unpacked(Path(source)) as entries:
        items = []
        for name, entry in entries.items():
            tell(name)
            items.append(_item(name, entry, source))
    return Collection(source, tuple(items))


def results_text(collection: Collection, tool: str, url: str = "", description: str = "") -> str:
    """Return the contest's results in the form that the public collection of placement results takes.

    That is the CSV of github.com/profmadden/benchmarker (doc/formats.md there): largest time, wire length
    and cost of each problem. The collection asks for run times too; 0.0 stands for "not known".

    Raises
    ------
    InputError
        If a problem is none of the contest, or its placement is not legal.
    """
    lines = ["suite,ispd2020,contest", f'addtool,{tool},"{url}","{description}"']
    lines.append(f'addrelease,{tool},"{__version__}"')
    for item in collection.items:
        if item.name not in contest_names() or item.instance != contest_instance(item.name):
            raise InputError("problems of the contest, A to T", item.name, collection.source)
        if item.grade.score is None:
            raise InputError("a legal placement", item.grade.reason, f"{collection.source}: {item.name}")
        found = item.grade.score
        numbers = (found.max_time, found.wire_length, found.cost)
        lines.append(f'result,{item.name.lower()},{",".join(map(exact_text, numbers))},0.0,""')
    return "\n".join([*lines, ""])


def write_results(path: FilePath, collection: FilePath, tool: str) -> None:
    """Write what `results_text` returns; placements are judged, certificates are not looked at."""
    source = fspath(collection)
    with _unpacked(Path(source)) as entries:
        items = tuple(_judged(name, entry, source) for name, entry in entries.items())
    write_file(Path(fspath(path)), results_text(Collection(source, items), tool))


class _Entry(NamedTuple):
    """The files of a problem, unpacked."""

    instance: Path
    solution: Path
    certificate: Path | None


@contextmanager
def _unpacked(archive: Path) -> Iterator[dict[str, _Entry]]:
    """Yield the problems of an archive by name, unpacked into a folder that goes with the context."""
    with TemporaryDirectory(prefix="wse-cp-") as folder:
        try:
            with zipfile.ZipFile(archive) as opened:
                files = _unpack(opened, Path(folder), str(archive))
        except OSError as error:
            raise InputError("a readable file", error.strerror or str(error), str(archive)) from None
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error) as error:
            raise InputError("a ZIP archive of a collection", str(error), str(archive)) from None
        yield _entries(files, str(archive))


def _unpack(archive: zipfile.ZipFile, folder: Path, source: str) -> dict[str, dict[str, Path]]:
    """Write the files of a collection into a folder; return them by the folders of the archive and name."""
    files: dict[str, dict[str, Path]] = {kind: {} for kind in (INSTANCES, SOLUTIONS, CERTIFICATES)}
    left = MAX_BYTES
    chosen = [(info, match) for info in archive.infolist() if (match := _NAME.fullmatch(info.filename))]
    if len(chosen) > MAX_FILES:
        raise InputError(f"at most {MAX_FILES} files", str(len(chosen)), source)
    for info, match in chosen:
        kind, name, _ = match.groups()
        if name in files[kind]:
            raise InputError("one file of each name in a folder", info.filename, source)
        with archive.open(info) as opened:
            content = opened.read(left + 1)
        left -= len(content)
        if left < 0:
            raise InputError(f"at most {MAX_BYTES} bytes unpacked", "more", source)
        path = folder / info.filename
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        files[kind][name] = path
    return files


def _entries(files: Mapping[str, Mapping[str, Path]], source: str) -> dict[str, _Entry]:
    """Return which files belong together; every problem has a placement, and nothing is left over."""
    instances, solutions, certificates = (files[kind] for kind in (INSTANCES, SOLUTIONS, CERTIFICATES))
    if not instances:
        raise InputError(f"files {INSTANCES}/NAME.kgraph", "none", source)
    for name in sorted({*instances, *solutions, *certificates}):
        for kind, known in ((INSTANCES, instances), (SOLUTIONS, solutions)):
            if name not in known:
                raise InputError(f"a file {name} in {kind}/", "none", source)
    return {
        name: _Entry(instances[name], solutions[name], certificates.get(name)) for name in sorted(instances)
    }


def _judged(name: str, entry: _Entry, source: str) -> Item:
    """Return the verdict on a problem's placement."""
    with _named(entry.instance, source):
        instance = read_instance_file(entry.instance)
    grade = judge_file(instance, entry.solution)
    shown = _shown(entry.solution, source)
    error = None if grade.error is None else grade.error.replace(str(entry.solution), shown)
    return Item(name, instance, replace(grade, file=shown, error=error))


def _item(name: str, entry: _Entry, source: str) -> Item:
    """Return the verdict on a problem, its certificate verified."""
    item = _judged(name, entry, source)
    if entry.certificate is None:
        return item
    try:
        with _named(entry.certificate, source):
            bound = verify(item.instance, entry.certificate)
        check_unbeaten([item.grade], bound)
    except (BoundError, InputError) as error:
        return replace(
            item, problem=str(error).replace(str(entry.certificate), _shown(entry.certificate, source))
        )
    return replace(item, bound=bound)


@contextmanager
def _named(path: Path, source: str) -> Iterator[None]:
    """Let errors of reading an unpacked file name the archive."""
    try:
        yield
    except InputError as error:
        raise InputError(error.expected, error.found, _shown(path, source), error.line) from None


def _shown(path: Path, source: str) -> str:
    return f"{source}:{path.parent.name}/{path.name}"
