"""The command line: a module for each command, which declares its options, calls the facade and prints.

`app` holds what the commands share, `entry` turns a command line into an exit status, `contest_form` reads
the contest's own command line. Each command's module registers with `app` when it is imported.
"""

from wse_cp.cli.app import app

# In the order in which the help lists them.
from wse_cp.cli import solve, check, bound, verify, grade  # noqa: F401  # isort: skip
from wse_cp.cli import import_, export, info, plot, report, doctor  # noqa: F401  # isort: skip
from wse_cp.cli.entry import main, run

__all__ = ["app", "main", "run"]
