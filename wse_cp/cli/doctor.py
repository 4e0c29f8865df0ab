"""The command ``doctor``: what an installation consists of, and whether its parts work."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from wse_cp.cli.app import BROKEN, app, examples


@app.command(
    epilog=examples(
        "wse-cp doctor # paste what it prints into a bug report",
        "wse-cp doctor --json",
    )
)
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Describe this installation and test its parts. Status 0 all work, 1 something is broken."""
    from wse_cp import api

    diagnosis = api.examine()
    if as_json:
        print(json.dumps(diagnosis.to_json(), indent=2))
    else:
        print("\n".join(diagnosis.lines()))
    raise typer.Exit(0 if diagnosis.sound else BROKEN)
