"""From a command line to an exit status; the numbers are in `app`."""

from __future__ import annotations

import os
import shlex
import sys

import typer

from wse_cp.cli.app import BAD_INPUT, ILLEGAL, INTERRUPTED, REFUSED, UNWRITTEN, app
from wse_cp.cli.contest_form import is_contest_form, parse_contest_form
from wse_cp.cli.signals import exit_on_signals
from wse_cp.cli.solve import run_and_print
from wse_cp.errors import (
    BoundError,
    IllegalPlacementError,
    InputError,
    NoPlacementError,
    UnwrittenError,
    shorten,
)
from wse_cp.streams import GONE, guarded_streams, release_streams, secure_streams


def run(arguments: list[str]) -> int:
    """Run a command line and return its exit status; bad input ends in one line on standard error.

    What standard output or error is closed or broken does not change the status; only if standard output is
    there and full, a success becomes `UNWRITTEN`.
    """
    with guarded_streams() as output:
        status = _status(arguments)
        output.flush()
        lost = output.error
        if isinstance(lost, OSError) and lost.errno not in GONE:
            complaint = _fail(f"standard output: {lost.strerror or lost}", UNWRITTEN)
            status = status or complaint
    return status


def _status(arguments: list[str]) -> int:
    try:
        return _dispatch(arguments)
    except InputError as error:
        return _fail(str(error), BAD_INPUT)
    except IllegalPlacementError as error:
        return _fail(f"the search returned an illegal placement: {error}", ILLEGAL)
    except BoundError as error:
        return _fail(str(error), REFUSED)
    except NoPlacementError as error:
        return _fail(str(error), ILLEGAL)
    except UnwrittenError as error:
        return max(_fail(line, UNWRITTEN) for line in error.lines)
    except OSError as error:
        return _fail(f"{error.filename or _unnamed()}: {error.strerror or error}", BAD_INPUT)
    except KeyboardInterrupt:
        return INTERRUPTED
    except typer.Abort as error:
        if isinstance(error.__cause__, EOFError):
            return _fail("a file ended in the midst of its data", BAD_INPUT)
        return INTERRUPTED
    except Exception as error:
        # Typer raises usage errors of its own or of click, by version; both can format a message.
        if not hasattr(error, "format_message"):
            raise
        return _fail(error.format_message(), BAD_INPUT)


def _unnamed() -> str:
    """Return what an error of the system is about that names no file."""
    try:
        os.getcwd()
    except OSError:
        return "the current directory"
    return "file"


def _dispatch(arguments: list[str]) -> int:
    if is_contest_form(arguments):
        run_and_print(parse_contest_form(arguments))
        return 0
    command = shlex.join(["wse-cp", *arguments])  # for reports, as the context's object
    status: object = app(arguments or ["--help"], prog_name="wse-cp", standalone_mode=False, obj=command)
    return status if isinstance(status, int) else 0


def _fail(message: str, status: int) -> int:
    print(f"wse-cp: {shorten(' '.join(message.split()), 400)}", file=sys.stderr)
    return status


def main() -> None:
    """Entry point of the command ``wse-cp``."""
    secure_streams()
    status = run(sys.argv[1:])
    release_streams()
    exit_on_signals(status)
    sys.exit(status)
