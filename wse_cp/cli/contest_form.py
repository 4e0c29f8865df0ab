"""The contest's own command line: ``kgraph=F output=F wirepenalty=N timelimit=S width=N height=N``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from wse_cp.cli.solve import Request
from wse_cp.errors import InputError
from wse_cp.options import DEFAULT_TIME_LIMIT, RunOptions, parse_seconds

KEYS = ("kgraph", "output", "wirepenalty", "timelimit", "width", "height")
#: Keys that overrule a setting of the instance file.
SETTINGS = {"wirepenalty": "wlength", "width": "width", "height": "height"}


def is_contest_form(arguments: Sequence[str]) -> bool:
    """Tell whether a command line is in the contest's form: its first argument is ``word=value``."""
    key, equals, _ = arguments[0].partition("=") if arguments else ("", "", "")
    return bool(equals) and key.isidentifier()


def parse_contest_form(arguments: Sequence[str]) -> Request:
    """Return what the contest's command line asks for.

    Raises `InputError` if a key is unknown, occurs twice or is missing, or a value is no number where one is
    due.
    """
    from wse_cp.api import parse_integer

    values = _key_values(arguments)
    if "kgraph" not in values:
        raise InputError("kgraph=FILE", "no such argument", "command line")
    limit = parse_seconds(values["timelimit"], "timelimit") if "timelimit" in values else DEFAULT_TIME_LIMIT
    return Request(
        Path(values["kgraph"]),
        RunOptions(limit),
        Path(values["output"]) if "output" in values else None,
        settings={SETTINGS[key]: parse_integer(values[key], key, 0) for key in SETTINGS if key in values},
    )


def _key_values(arguments: Sequence[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for argument in arguments:
        key, equals, value = argument.partition("=")
        if key not in KEYS or not equals:
            raise InputError(
                "one of " + ", ".join(f"{known}=..." for known in KEYS), argument, "command line"
            )
        if key in values:
            raise InputError(f"{key}= once", f"a second {argument}", "command line")
        if not value:
            raise InputError(f"a value after {key}=", "nothing", "command line")
        values[key] = value
    return values
