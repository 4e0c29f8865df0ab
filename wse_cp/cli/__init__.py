"""The commands: parse, call, print; the work is in `wse_cp.commands`. Each module registers with `app`."""

from wse_cp.cli.app import app

from wse_cp.cli import placing, bounding, exchanging, showing  # isort: skip  # as the help lists them
from wse_cp.cli.entry import main, run

__all__ = ["app", "bounding", "exchanging", "main", "placing", "run", "showing"]
