"""The command ``doctor``: what an installation consists of, and whether its parts work."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from wse_cp.cli.app import BROKEN, JsonOption, app, examples, print_answer


@app.command(
    epilog=examples(
        "wse-cp doctor # paste what it prints into a bug report",
        "wse-cp doctor --json",
        "wse-cp doctor --compile # ahead of the first run",
    )
)
def doctor(
    as_json: JsonOption = False,
    compile_all: Annotated[bool, typer.Option("--compile", help="Compile everything first.")] = False,
) -> None:
    """Describe this installation and test its parts. Status 0 all work, 1 something is broken."""
    from wse_cp import api

    if compile_all:
        api.compile_all(lambda text: print(text, file=sys.stderr, flush=True))
    diagnosis = api.examine()
    print_answer(diagnosis.to_json() if as_json else diagnosis.lines())
    raise typer.Exit(0 if diagnosis.sound else BROKEN)
