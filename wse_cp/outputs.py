"""Files to write: refused before any work is done if they could not be written, and written at the end."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from wse_cp.errors import InputError
from wse_cp.files.by_suffix import write_placement_file
from wse_cp.files.text import write_atomically
from wse_cp.files.trace import format_trace
from wse_cp.report.picture.style import check_picture_suffix
from wse_cp.result import Result


@dataclass(frozen=True)
class Outputs:
    """The files that a run is to write; None where one is not wanted."""

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
        check_outputs(filter(None, vars(self).values()), inputs)

    def write(self, result: Result, instance: Path, command: str = "") -> list[Path]:
        """Write the files, the placement first; return those written.

        Parameters
        ----------
        instance
            The instance file, as the report and the page call it.
        command
            The command line that the page shows.
        """
        write_placement_file(self.placement, result.instance, result.placement)
        written = [self.placement]
        for path, text in self._texts(result, instance):
            write_atomically(path, text)
            written.append(path)
        if self.plot is not None:
            from wse_cp.report.picture.figure import save_picture

            save_picture(self.plot, result.instance, result.placement)
            written.append(self.plot)
        if self.report is not None:
            _write_page(self.report, result, self.placement.name, instance.name, command)
            written.append(self.report)
        return written

    def _texts(self, result: Result, instance: Path) -> Iterable[tuple[Path, str]]:
        if self.json is not None:
            yield self.json, json.dumps(result.to_json(str(instance)), indent=2) + "\n"
        if self.certificate is not None and result.certificate is not None:
            yield self.certificate, result.certificate
        if self.trace is not None:
            yield self.trace, format_trace(result.history)
        if self.document is not None:
            from wse_cp.export.result_document import format_result

            yield self.document, format_result(result)


def _write_page(path: Path, result: Result, label: str, name: str, command: str) -> None:
    # Late, because templates are needed for pages only.
    from wse_cp.report.page.model import bound_of, solution_of
    from wse_cp.report.page.render import write_report

    solution, bound = solution_of(result, label), bound_of(result)
    write_report(path, result.instance, [solution], bound=bound, name=name, command=command)


def check_outputs(outputs: Iterable[Path], inputs: Iterable[Path] = ()) -> None:
    """Raise `InputError` unless every output can be written, once, and over no input."""
    taken = {path.resolve(): "an input of this command" for path in inputs}
    for path in outputs:
        check_output(path)
        target = path.resolve()
        if target in taken:
            raise InputError("an output file of its own", taken[target], str(path))
        taken[target] = "the name of another output"


def check_output(path: Path) -> None:
    """Raise `InputError` unless `path` can be written; pipes and devices are taken on trust."""
    if path.is_dir():
        raise InputError("the name of a file to write", "a directory", str(path))
    if path.exists() and not path.is_file():
        return
    folder = path.resolve().parent  # files are renamed into place, so the directory must be writable
    if not folder.is_dir():
        raise InputError("an existing directory for the output", str(folder), str(path))
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise InputError("a writable directory", error.strerror or str(error), str(path)) from error
