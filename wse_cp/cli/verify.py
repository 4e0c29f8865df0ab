"""The command ``verify``: what a certificate proves, by the verifier that shares no code with its maker."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wse_cp.cli import completing
from wse_cp.cli.app import REFUSED, InstanceFile, app, examples
from wse_cp.errors import BoundError


@app.command(
    epilog=examples(
        "wse-cp verify instances/A.kgraph instances/bounds/A.json",
    )
)
def verify(
    instance: InstanceFile,
    certificate: Annotated[
        Path,
        typer.Argument(
            metavar="CERTIFICATE",
            help="Certificate of a bound.",
            autocompletion=completing.certificate_files,
        ),
    ],
) -> None:
    """Check a certificate with an independent program. Status 0 proven, 1 refused, 2 unreadable."""
    from wse_cp import api
    from wse_cp.report.terminal import proof_line

    try:
        value = api.verify(api.load(instance), certificate)
    except BoundError as error:  # the answer, not a failure: it goes where the answers go
        print(error)
        raise typer.Exit(REFUSED) from None
    print(proof_line(value))
