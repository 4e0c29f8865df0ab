"""The command ``plot``: a picture of a placement file."""

from __future__ import annotations

from pathlib import Path

from wse_cp.commands.outputs import check_outputs
from wse_cp.files.by_suffix import read_instance_file, read_placement_file
from wse_cp.report.picture.layout import Page, check_page, check_picture_suffix


def draw_solution(
    instance_path: Path, solution_path: Path, output: Path, colour: str, page: Page | None = None
) -> None:
    """Draw a solution file, coloured by "type" or "time".

    Raises
    ------
    InputError
        If an input cannot be read or the picture could not be written.
    """
    page = page or Page()
    check_page(page)
    check_picture_suffix(output)
    check_outputs([output], [instance_path, solution_path])
    instance = read_instance_file(instance_path)
    placement = read_placement_file(solution_path, instance)
    from wse_cp.report.picture.figure import save_picture

    save_picture(output, instance, placement, colour, page)
