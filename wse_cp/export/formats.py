"""The formats that other programs read, by the ending of the file's name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wse_cp.errors import InputError
from wse_cp.export.dot import format_dot
from wse_cp.files.kgraph import format_kgraph
from wse_cp.files.paint import format_paint
from wse_cp.files.writing import write_file
from wse_cp.instance import Instance
from wse_cp.placement import Placement

#: The formats, by the ending of their files.
FORMATS = ("json", "kgraph", "paint", "csv", "dot", "dzn")


@dataclass(frozen=True)
class Export:
    """What to export, and how.

    Parameters
    ----------
    output
        File to write.
    format
        One of `FORMATS`; None where the output's name tells.
    table
        What a .csv holds: "kernels" or "wires".
    model
        File for the MiniZinc model, beside a .dzn.
    max_options
        Shapes of each kernel that a .dzn keeps, if it has more.

    Raises
    ------
    InputError
        If an option is wrong, or does not go with the format.
    """

    output: Path
    format: str | None = None
    table: str = "kernels"
    model: Path | None = None
    max_options: int | None = None

    def __post_init__(self) -> None:
        if self.name not in FORMATS:
            known = ", ".join(f".{known}" for known in FORMATS)
            source = str(self.output) if self.format is None else "--format"
            raise InputError(f"an output name ending in {known}, or --format", self.name or "none", source)
        for option, given in (("--model", self.model), ("--max-options", self.max_options)):
            if given is not None and self.name != "dzn":
                raise InputError(f"{option} with .dzn only", f".{self.name}", option)
        if self.max_options is not None and self.max_options < 1:
            raise InputError("at least 1 option a kernel", str(self.max_options), "--max-options")

    @property
    def name(self) -> str:
        """Name of the format."""
        return self.format or self.output.suffix.lower().removeprefix(".")

    @property
    def files(self) -> list[Path]:
        """The files that will be written."""
        return [path for path in (self.output, self.model) if path]

    def check(self, solution: Path | None) -> None:
        """Raise `InputError` unless the format goes with a solution, or with none."""
        if self.name == "paint" and solution is None:
            raise InputError("a SOLUTION to write as .paint", "none", str(self.output))
        if self.name == "kgraph" and solution is not None:
            raise InputError("no SOLUTION for a .kgraph", str(solution), str(self.output))

    def write(self, instance: Instance, placement: Placement | None) -> None:
        """Write the files; raises `InputError` if one cannot be written."""
        write_file(self.output, self._text(instance, placement))
        if self.model is not None:
            from wse_cp.export.minizinc import model_text

            write_file(self.model, model_text())

    def _text(self, instance: Instance, placement: Placement | None) -> str:
        # Imports within are late because they take long: pydantic, pandas, numba.
        match self.name:
            case "json":
                from wse_cp.files.json_documents import format_instance, format_placement

                if placement is None:
                    return format_instance(instance)
                return format_placement(instance, placement)
            case "kgraph":
                return format_kgraph(instance)
            case "paint":
                assert placement is not None
                return format_paint(instance, placement)
            case "csv":
                from wse_cp.report.frames import format_table

                return format_table(self.table, instance, placement)
            case "dot":
                return format_dot(instance, placement)
            case _:
                from wse_cp.export.minizinc import format_data

                return format_data(instance, placement, self.max_options)
