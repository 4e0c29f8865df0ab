from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.report.page.cases import PLACED, instance, many, small, view
from wse_cp.errors import InputError
from wse_cp.report.page.model import Solution
from wse_cp.report.page.render import render, write_report
from wse_cp.report.page.view import page_view
from wse_cp.report.picture.style import TYPES

VOID = {"meta", "link", "input"}
HOSTILE = "</script><b onload='x()'>&amp;\"\u2028{{7*7}}<!--"
HOSTILE_LABEL = HOSTILE.replace("\u2028", "")
HOSTILE_NAME = "</script><b/onload&amp;{{7*7}}<!--"


class Page(HTMLParser):
    """Checks that elements are nested; collects attributes and the text of scripts, styles and the rest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append("data" if dict(attrs).get("id") == "report-data" else tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        top = self.open.pop()
        assert tag == ("script" if top == "data" else top)

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts[self.open[-1]] = self.texts.get(self.open[-1], "") + data


def digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_the_page_is_nested_and_holds_the_data_of_its_program() -> None:
    found = view()
    page = Page(render(found))
    assert json.loads(page.texts["data"]) == json.loads(json.dumps(found.to_json()))


def test_its_policy_admits_its_own_style_and_program_and_nothing_else() -> None:
    page = Page(render(view()))
    policy = next(a["content"] for t, a in page.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["style-src"] == f"'{digest(page.texts['style'])}'"
    assert rules["script-src"] == f"'{digest(page.texts['script'])}'"
    assert not any("style" in a or any(key.startswith("on") for key in a) for _, a in page.elements)


def test_it_refers_to_nothing_outside_itself() -> None:
    text = render(view())
    links = [value for _, a in Page(text).elements for key, value in a.items() if key in ("src", "href")]
    assert links == ["data:,"]
    assert set(re.findall(r"https?://[^\s\"']+", text)) == {"http://www.w3.org/2000/svg"}  # a namespace
    assert set(re.findall(r"url\(([^)]*)\)", text)) <= {
        f"#{kind}-{name}{key}"
        for kind, names in {"hatch": ("dblock", "cblock", "overlap"), "head": ("plain", "in", "out")}.items()
        for name in names
        for key in ("", "-key")
    }


def test_hostile_names_stay_text() -> None:
    names = {"k1": HOSTILE_NAME}
    problem = instance(names, test=HOSTILE_LABEL)
    placed = tuple(replace(kernel, name=names.get(kernel.name, kernel.name)) for kernel in PLACED)
    text = render(page_view(problem, [Solution(HOSTILE, placed)], None, HOSTILE, HOSTILE))
    page = Page(text)
    assert json.loads(page.texts["data"])["solutions"][0]["names"][0] == HOSTILE_NAME
    assert "<b " not in text
    assert "<b/" not in text
    assert page.texts["h1"] == HOSTILE
    assert page.texts["code"] == HOSTILE
    assert sum(tag == "script" for tag, _ in page.elements) == 2
    spoken = [a["aria-label"] or "" for tag, a in page.elements if tag == "g" and "aria-label" in a]
    assert spoken[0].startswith(HOSTILE_NAME)


def test_everything_is_there_without_a_program() -> None:
    page = Page(render(view()))
    kernels = [a for tag, a in page.elements if tag == "g" and "kernel" in (a.get("class") or "").split()]
    wires = [a for tag, a in page.elements if tag == "path" and "data-w" in a]
    rows = [a for tag, a in page.elements if tag == "tr" and "data-k" in a]
    assert (len(kernels), len(wires), len(rows)) == (4, 4, 4)


def test_violations_and_errors_are_shown_as_text() -> None:
    broken = small(label="broken", placed=(), error="broken:1: expected <this>")
    text = render(view(small(), small(label="bad", placed=PLACED[:3]), broken))
    assert "missing: k10 is not placed" in text
    assert "unreadable: broken:1: expected &lt;this&gt;" in text


def test_solutions_of_hundreds_of_kernels_make_a_small_page(tmp_path: Path) -> None:
    problem, solution = many(250)
    write_report(tmp_path / "r.html", problem, [solution])
    assert (tmp_path / "r.html").stat().st_size < 1_000_000


def test_a_page_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        write_report(tmp_path / "missing" / "r.html", instance(), [small()])
    assert list(tmp_path.iterdir()) == []


def test_the_same_solutions_give_the_same_bytes() -> None:
    assert render(view()) == render(view())


def test_kernel_types_have_the_colours_they_have_in_pictures() -> None:
    style = Page(render(view())).texts["style"]
    for name, colour in TYPES.items():
        assert f"--{name}: light-dark({colour}," in style
