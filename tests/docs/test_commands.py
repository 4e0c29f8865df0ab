"""Every command line in the documentation is one that the program takes."""

from __future__ import annotations

import re
import shlex
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
import typer

from tests.docs.pages import PAGES, blocks, spans
from tests.paths import ROOT
from wse_cp.cli import app
from wse_cp.cli.contest_form import is_contest_form, parse_contest_form

GROUP: Any = typer.main.get_command(app)
CONTEXT = GROUP.make_context("wse-cp", ["doctor"])


def commands(script: str) -> list[list[str]]:
    """Return the words of each simple command in some lines for the shell."""
    found = []
    for line in script.splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=";&|")
        lexer.whitespace_split = True
        separated = groupby(lexer, key=lambda word: set(word) <= set(";&|"))
        found += [list(words) for between, words in separated if not between]
    return found


def parse(words: list[str]) -> None:
    """Raise an error unless the program takes these words as they are."""
    if is_contest_form(words):
        parse_contest_form(words)
        return
    name, command, rest = GROUP.resolve_command(CONTEXT, words)
    command.make_context(name, rest, parent=CONTEXT)


def options(name: str) -> set[str]:
    command = GROUP.get_command(CONTEXT, name)
    return {"--help", *(option for parameter in command.params for option in parameter.opts)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_program_takes_every_command_line_in_a_block(page: Path) -> None:
    for block in blocks(page, "sh"):
        for words in commands(block):
            if Path(words[0]).name == "wse-cp":
                parse(words[1:])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_scripts_that_are_run_exist(page: Path) -> None:
    for block in blocks(page, "sh"):
        for words in commands(block):
            if Path(words[0]).name.startswith("python") and words[1].endswith(".py"):
                assert (ROOT / words[1]).is_file()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_options_named_with_a_command_in_the_prose_exist(page: Path) -> None:
    for span in spans(page):
        words = span.split()
        if words[0] == "wse-cp" and len(words) > 1 and re.fullmatch("[a-z]+", words[1]):
            used = {word.partition("=")[0] for word in words if word.startswith("-")}
            assert used <= options(words[1]), span


def test_there_are_command_lines_on_the_pages() -> None:
    found = [words for page in PAGES for block in blocks(page, "sh") for words in commands(block)]
    assert sum(Path(words[0]).name == "wse-cp" for words in found) > 15
    assert ["wse-cp", "doctor"] in found


@pytest.mark.parametrize(
    "line",
    ["solve", "solve A.kgraph --no-such-option", "no-such-command", "plot A B", "kgraph=A timelimit=x"],
)
def test_wrong_command_lines_are_not_taken(line: str) -> None:
    with pytest.raises(Exception, match=r".+"):
        parse(line.split())
