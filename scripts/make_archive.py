"""Write the contest's problems, best placements and certificates as one archive, for ``wse-cp grade``."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Annotated

import typer

from wse_cp.collection import CERTIFICATES, INSTANCES, SOLUTIONS
from wse_cp.networks.contest import contest_names

ROOT = Path(__file__).resolve().parents[1] / "instances"
#: All files bear this time, so that equal contents make equal archives.
_TIME = (2020, 3, 31, 0, 0, 0)

README = """The problems of the ISPD 2020 contest, the best placements known to wse-cp, and certificates of
lower bounds.

instances/X.kgraph  the problem
best/X.paint        a placement in the contest's format
bounds/X.json       a certificate: the verifier of wse-cp derives the lower bound from it again

pip install wse-cp, then: wse-cp grade ARCHIVE.zip
"""


def main(output: Annotated[Path, typer.Argument()] = Path("wse-cp-contest.zip")) -> None:
    """Write the archive."""
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "README.txt", README)
        for name in contest_names():
            _add(archive, f"{INSTANCES}/{name}.kgraph", (ROOT / f"{name}.kgraph").read_text())
            _add(archive, f"{SOLUTIONS}/{name}.paint", (ROOT / "best" / f"{name}.paint").read_text())
            _add(archive, f"{CERTIFICATES}/{name}.json", (ROOT / "bounds" / f"{name}.json").read_text())


def _add(archive: zipfile.ZipFile, name: str, text: str) -> None:
    info = zipfile.ZipInfo(name, _TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    archive.writestr(info, text)


if __name__ == "__main__":
    typer.run(main)
