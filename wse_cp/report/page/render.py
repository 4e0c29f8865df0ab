"""The report page as one HTML file: templates filled in, style and program inlined, nothing to fetch."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from wse_cp.files.writing import write_file
from wse_cp.instance import Instance
from wse_cp.report.page.model import KnownBound, Solution
from wse_cp.report.page.view import PageView, page_view

#: The parts of the page's program, in order; they share one scope.
SCRIPTS = ("zoom.js", "crowd.js", "selection.js", "tooltip.js", "table.js", "modules.js", "page.js")


def write_report(
    path: Path,
    instance: Instance,
    solutions: Sequence[Solution],
    *,
    bound: KnownBound | None = None,
    name: str = "",
    command: str = "",
) -> None:
    """Write a page that shows solutions side by side: one HTML file that needs no network.

    `model.solution_of` and `model.bound_of` make solutions and a bound of results; there is at least one
    solution. For the other arguments and the errors see `wse_cp.api.report_page`.
    """
    write_file(path, page_text(instance, solutions, bound=bound, name=name, command=command))


def page_text(
    instance: Instance,
    solutions: Sequence[Solution],
    *,
    bound: KnownBound | None = None,
    name: str = "",
    command: str = "",
) -> str:
    """Return the HTML of the page that `write_report` writes."""
    return render(page_view(instance, solutions, bound, name or instance.test or "report", command))


def render(view: PageView) -> str:
    """Return the HTML of a page."""
    style, script = _asset("page.css"), _script()
    policy = "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_digest(style)}'",
            f"script-src '{_digest(script)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    template = _environment().get_template("page.html")
    return template.render(page=view, style=style, script=script, policy=policy)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("wse_cp.report.page", "assets"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":")}
    return environment


def _script() -> str:
    parts = "\n".join(_asset(name) for name in SCRIPTS)
    return f'(() => {{\n"use strict";\n{parts}}})();\n'


@cache
def _asset(name: str) -> str:
    return resources.files("wse_cp.report.page").joinpath("assets", name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """Return the digest by which the page's policy admits `text`, and no other style or program."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
