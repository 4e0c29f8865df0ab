"""The pages of the documentation: their code blocks, links, headings and code spans."""

from __future__ import annotations

import re
from pathlib import Path

from tests.paths import ROOT

PAGES = (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")))

_FENCED = re.compile(r"^(`{3,})[^\n]*\n.*?^\1\n", re.DOTALL | re.MULTILINE)


def blocks(page: Path, *languages: str, marked: bool = False) -> list[str]:
    """Return the code blocks in a language; `marked`: only those to be run, which a comment marks."""
    mark = "<!-- run -->\n" if marked else ""
    return re.findall(rf"{mark}```(?:{'|'.join(languages)})\n(.*?)```", page.read_text(), re.DOTALL)


def prose(page: Path) -> str:
    """Return a page without its code blocks."""
    return _FENCED.sub("", page.read_text())


def spans(page: Path) -> list[str]:
    """Return the code spans in the prose, each on one line."""
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose(page))]


def links(page: Path) -> list[str]:
    """Return the targets of the links and pictures in the prose, those to the web left out."""
    targets = re.findall(r"\]\(([^)\s]+)\)", prose(page))
    return [target for target in targets if not re.match(r"[a-z]+:", target)]


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as code hosts and the site make them."""
    headings = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
