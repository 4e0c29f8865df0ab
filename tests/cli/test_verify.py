from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.bound_case import install, true_certificate
from tests.cli.small_case import write_instance, write_solution
from wse_cp.cli import run


@pytest.fixture(autouse=True)
def _case(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    write_instance(tmp_path)


def test_a_certificate_that_holds_has_status_0_and_its_value(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bound.json").write_text(true_certificate(13))
    assert run(["verify", "small.kgraph", "bound.json"]) == 0
    assert capsys.readouterr().out == "proven: no placement costs less than 13\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (true_certificate(14), "13"),
        (true_certificate(13).replace("[13, 1]", "[12, 1]"), "sha256"),
        ("no certificate", "not JSON"),
        ("[" * 100_000, "nested"),
    ],
    ids=["claims too much", "tampered with", "not JSON", "nested"],
)
def test_a_refused_certificate_has_status_1_and_the_reason_on_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, reason: str
) -> None:
    (tmp_path / "bound.json").write_text(text)
    assert run(["verify", "small.kgraph", "bound.json"]) == 1
    printed = capsys.readouterr()
    assert printed.out.startswith("bound.json: certificate refused: ")
    assert reason in printed.out
    assert len(printed.out.splitlines()) == 1
    assert printed.err == ""


def test_a_certificate_of_another_instance_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bound.json").write_text(true_certificate(13))
    path = tmp_path / "small.kgraph"
    path.write_text(path.read_text().replace("wlength=2", "wlength=3"))
    assert run(["verify", "small.kgraph", "bound.json"]) == 1
    assert "instance" in capsys.readouterr().out


def test_a_reason_of_several_lines_is_printed_on_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    install(monkeypatch)
    (tmp_path / "bound.json").write_text("{}")
    assert run(["verify", "small.kgraph", "bound.json"]) == 1
    assert capsys.readouterr().out == "bound.json: certificate refused: no bound in it: KeyError\n"


@pytest.mark.parametrize("content", [None, b"", b"\0", b"\xff\xfe"])
def test_an_unreadable_certificate_has_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "bound.json").write_bytes(content)
    assert run(["verify", "small.kgraph", "bound.json"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert "bound.json" in printed.err


def test_a_missing_instance_has_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bound.json").write_text(true_certificate(13))
    assert run(["verify", "missing.kgraph", "bound.json"]) == 2
    assert "missing.kgraph" in capsys.readouterr().err


def test_grading_against_a_certificate_has_it_verified(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_solution(tmp_path)
    for claim, status in ((13, 0), (14, 1)):
        (tmp_path / "bound.json").write_text(true_certificate(claim))
        assert run(["grade", "small.kgraph", "given.paint", "--certificate", "bound.json"]) == status
    printed = capsys.readouterr()
    assert printed.out.startswith("lower bound 13\n")
    assert "certificate refused" in printed.err
