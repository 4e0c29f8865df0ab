"""Reading and writing instances and placements in the format that the file's suffix names.

``.json`` is JSON (json_documents.py); anything else is the contest's: kgraph.py and paint.py. Standard input
and other names without a known suffix are JSON if their text begins so.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from wse_cp.errors import located
from wse_cp.files.kgraph import format_kgraph, parse_kgraph
from wse_cp.files.paint import (
    ReadKernel,
    format_paint,
    match_names,
    matched_placement,
    parse_paint,
    require_complete,
)
from wse_cp.files.text import read_text
from wse_cp.files.writing import write_file
from wse_cp.instance import Instance
from wse_cp.placement import PlacedKernel, Placement

JSON_SUFFIX = ".json"
CONTEST_SUFFIXES = (".kgraph", ".paint")


def is_json(path: str | Path) -> bool:
    """Tell whether a file of that name is written as JSON."""
    return Path(path).suffix.lower() == JSON_SUFFIX


def _reads_json(path: str | Path, text: str) -> bool:
    """Tell whether a file of that name, with that text, is read as JSON."""
    known = Path(path).suffix.lower() in CONTEST_SUFFIXES
    return is_json(path) or (not known and text.lstrip().startswith("{"))


def read_instance_file(path: str | Path, overrule: Mapping[str, int] | None = None) -> Instance:
    """Return the instance in a file, .kgraph or .json; some settings may overrule those of the file.

    Raises `InputError`, with file and line, if the file cannot be read or is not a valid instance.
    """
    text = read_text(path)
    if _reads_json(path, text):
        from wse_cp.files.json_documents import parse_instance

        return parse_instance(text, str(path), overrule)
    return parse_kgraph(text, str(path), overrule)


def read_solution_file(path: str | Path, instance: Instance | None = None) -> tuple[PlacedKernel, ...]:
    """Return what a solution file, .paint or .json, places, right or wrong; `score.violations` judges it.

    Names are matched to the instance's (``k01`` is ``k1``); without one they lose their padding.

    Raises `InputError` if the file cannot be read or understood.
    """
    return match_names(_entries(path, read_text(path)), instance)


def read_placement_file(path: str | Path, instance: Instance) -> Placement:
    """Return the placement in a file, .paint or .json, that places each kernel of the instance once.

    Raises `InputError` if the file cannot be read, or a kernel is unknown, placed twice, not placed,
    contradicts the instance, or has impossible execution arguments.
    """
    text = read_text(path)
    return matched_placement(_entries(path, text), str(path), instance, text.rstrip().count("\n") + 1)


def write_instance_file(path: str | Path, instance: Instance) -> None:
    """Write an instance, as .json or as .kgraph; raises `InputError` if that is not possible."""
    if is_json(path):
        from wse_cp.files.json_documents import format_instance

        write_file(path, format_instance(instance))
    else:
        write_file(path, format_kgraph(instance))


def write_placement_file(path: str | Path, instance: Instance, placement: Placement) -> None:
    """Write a placement, as .json or as .paint; raises `InputError` if it is not possible or complete."""
    write_file(path, placement_text(path, instance, placement))


def placement_text(path: str | Path, instance: Instance, placement: Placement) -> str:
    """Return the text of a placement in a file of that name; raises `InputError` if it is not complete."""
    with located(str(path)):
        require_complete(placement, instance)
    if is_json(path):
        from wse_cp.files.json_documents import format_placement

        return format_placement(instance, placement)
    return format_paint(instance, placement)


def _entries(path: str | Path, text: str) -> tuple[ReadKernel, ...]:
    if _reads_json(path, text):
        from wse_cp.files.json_documents import parse_placed

        return parse_placed(text, str(path))
    return parse_paint(text, str(path))
