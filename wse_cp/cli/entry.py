"""From a command line to an exit status; the numbers are in `app`."""

from __future__ import annotations

import io
import os
import shlex
import sys

import typer

from wse_cp.cli.app import BAD_INPUT, ILLEGAL, INTERRUPTED, REFUSED, app
from wse_cp.cli.contest_form import is_contest_form, parse_contest_form
from wse_cp.cli.solve import run_and_print
from wse_cp.errors import BoundError, IllegalPlacementError, InputError, NoPlacementError, shorten


def run(arguments: list[str]) -> int:
    """Run a command line and return its exit status; bad input ends in one line on standard error."""
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
    except BrokenPipeError:
        # The reader went away (as head does): nothing more can be said, and nothing at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ILLEGAL
    except OSError as error:
        return _fail(f"{error.filename or 'file'}: {error.strerror or error}", BAD_INPUT)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except Exception as error:
        # Typer raises usage errors of its own or of click, by version; both can format a message.
        if not hasattr(error, "format_message"):
            raise
        return _fail(error.format_message(), BAD_INPUT)


def _dispatch(arguments: list[str]) -> int:
    if is_contest_form(arguments):
        run_and_print(parse_contest_form(arguments))
        status: object = 0
    else:
        command = shlex.join(["wse-cp", *arguments])  # for reports, as the context's object
        status = app(arguments or ["--help"], prog_name="wse-cp", standalone_mode=False, obj=command)
    sys.stdout.flush()
    return status if isinstance(status, int) else 0


def _fail(message: str, status: int) -> int:
    print(f"wse-cp: {shorten(' '.join(message.split()), 400)}", file=sys.stderr)
    return status


def main() -> None:
    """Entry point of the command ``wse-cp``."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # names that its encoding lacks must not end in a traceback
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(run(sys.argv[1:]))
