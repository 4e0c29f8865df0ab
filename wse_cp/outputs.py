"""Files to write: refused before any work is done if they could not be written, and written at the end.

What cannot be written then costs neither the result nor the other files: it goes to a similar name nearby.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from wse_cp.errors import InputError, UnwrittenError
from wse_cp.files.by_suffix import placement_text
from wse_cp.files.trace import format_trace
from wse_cp.files.writing import descriptor_of, may_write, reason, rescue_file, write_file
from wse_cp.report.picture.style import check_picture_suffix
from wse_cp.result import Result
from wse_cp.streams import require_standard_output, write_standard_output

#: A file to write, and what makes its content.
Output = tuple[Path, Callable[[], str | bytes]]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Written:
    """Where files have been written, and a line for each that could not be written where it was to go."""

    paths: tuple[Path, ...]
    troubles: tuple[str, ...] = ()
    lost: tuple[Path, ...] = ()  #: files that could be written nowhere

    def require(self) -> None:
        """Raise `UnwrittenError` if there was trouble."""
        if self.troubles:
            raise UnwrittenError(*self.troubles)


def write_outputs(outputs: Iterable[Output]) -> Written:
    """Write files one after the other; what is wrong with one does not keep the others from being written."""
    paths: list[Path] = []
    troubles: list[str] = []
    lost: list[Path] = []
    for path, content in outputs:
        try:
            data = content()
        except Exception as error:
            _log.info("%s could not be made", path, exc_info=True)
            troubles.append(f"{path}: could not be made ({type(error).__name__}: {error})")
            continue
        try:
            write_file(path, data)
            paths.append(path)
        except InputError as error:
            trouble = f"{path}: could not be written ({error.found})"
            try:
                paths.append(rescue_file(path, data))
                troubles.append(f"{trouble}, is in {paths[-1]} instead")
            except InputError:
                troubles.append(f"{trouble}, nor anywhere else")
                lost.append(path)
    return Written(tuple(paths), tuple(troubles), tuple(lost))


@dataclass(frozen=True)
class Outputs:
    """The files that a run is to write; None where one is not wanted. ``-`` is standard output."""

    placement: Path
    json: Path | None = None  #: the report
    certificate: Path | None = None  #: of the lower bound, if there is one
    trace: Path | None = None  #: cost over time, as CSV
    document: Path | None = None  #: all about the run, as JSON
    plot: Path | None = None  #: picture: .png, .svg or .pdf
    report: Path | None = None  #: page: .html

    def check(self, inputs: Iterable[Path]) -> None:
        """Raise `InputError` if a file could not be written, has a wrong suffix, or is one of the inputs."""
        if self.plot is not None:
            check_picture_suffix(self.plot)
        check_outputs(self._paths(), inputs)

    @property
    def printed(self) -> bool:
        """Whether one of them goes to standard output."""
        return any(descriptor_of(path) == 1 for path in self._paths())

    def write(self, result: Result, instance: Path, command: str = "") -> Written:
        """Write the files, the placement first.

        Parameters
        ----------
        instance
            The instance file, as the report and the page call it.
        command
            The command line that the page shows.
        """
        written = write_outputs(self._outputs(result, instance, command))
        if self.placement in written.lost:  # the result itself is shown if it can be nowhere else
            with suppress(OSError):
                write_standard_output(placement_text("", result.instance, result.placement).encode())
        return written

    def _paths(self) -> Iterator[Path]:
        return (path for path in vars(self).values() if path is not None)

    def _outputs(self, result: Result, instance: Path, command: str) -> Iterator[Output]:
        placement, label = self.placement, self.placement.name
        yield placement, lambda: placement_text(placement, result.instance, result.placement)
        if self.json is not None:
            yield self.json, lambda: json.dumps(result.to_json(str(instance)), indent=2) + "\n"
        if self.certificate is not None and (certificate := result.certificate) is not None:
            yield self.certificate, lambda: certificate
        if self.trace is not None:
            yield self.trace, lambda: format_trace(result.history)
        if self.document is not None:
            yield self.document, lambda: _document(result)
        if (plot := self.plot) is not None:
            yield plot, lambda: _picture(plot, result)
        if self.report is not None:
            yield self.report, lambda: _page(result, label, instance.name, command)


def _document(result: Result) -> str:
    from wse_cp.export.result_document import format_result

    return format_result(result)


def _picture(path: Path, result: Result) -> bytes:
    from wse_cp.report.picture.figure import picture_data

    return picture_data(path, result.instance, result.placement)


def _page(result: Result, label: str, name: str, command: str) -> str:
    # Late, because templates are needed for pages only.
    from wse_cp.report.page.model import bound_of, solution_of
    from wse_cp.report.page.render import page_text

    solution, bound = solution_of(result, label), bound_of(result)
    return page_text(result.instance, [solution], bound=bound, name=name, command=command)


def check_outputs(outputs: Iterable[Path], inputs: Iterable[Path] = ()) -> None:
    """Raise `InputError` unless every output can be written, once, and over no input."""
    taken = {_key(path): "an input of this command" for path in inputs if descriptor_of(path) is None}
    for path in outputs:
        check_output(path)
        if (key := _key(path)) in taken:
            raise InputError("an output file of its own", taken[key], str(path))
        taken[key] = "the name of another output"


def _key(path: Path) -> Path | int:
    number = descriptor_of(path)
    return path.resolve() if number is None else number


def check_output(path: Path) -> None:
    """Raise `InputError` unless `path` can be written; pipes and devices are taken on trust."""
    number = descriptor_of(path)
    if number is not None:
        _check_descriptor(number, path)
    elif path.is_dir():
        raise InputError("the name of a file to write", "a directory", str(path))
    elif path.exists():
        if not may_write(path):
            raise InputError("a file that may be written", "one without permission to write", str(path))
    else:
        _check_directory(path.resolve().parent, path)


def _check_descriptor(number: int, path: Path) -> None:
    try:
        require_standard_output() if number == 1 else os.fstat(number)
    except OSError as error:
        raise InputError("an open file", reason(error), str(path)) from None


def _check_directory(folder: Path, path: Path) -> None:
    """Raise `InputError` unless files can be made in a directory."""
    if not folder.is_dir():
        raise InputError("an existing directory for the output", str(folder), str(path))
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise InputError("a writable directory", reason(error), str(path)) from error
