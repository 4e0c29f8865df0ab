"""The command ``doctor``: what an installation consists of, and whether its parts work."""

from __future__ import annotations

import typer

from wse_cp.cli.app import BROKEN, JsonOption, app, examples, print_answer


@app.command(
    epilog=examples(
        "wse-cp doctor # paste what it prints into a bug report",
        "wse-cp doctor --json",
    )
)
def doctor(as_json: JsonOption = False) -> None:
    """Describe this installation and test its parts. Status 0 all work, 1 something is broken."""
    from wse_cp import api

    diagnosis = api.examine()
    print_answer(diagnosis.to_json() if as_json else diagnosis.lines())
    raise typer.Exit(0 if diagnosis.sound else BROKEN)
