"""An archive of problems is graded as a whole, and nothing in it is taken on trust."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest

from tests.cli.small_case import COST, instance, placement
from wse_cp import api, collection
from wse_cp.bounds.result import Bound
from wse_cp.cli import run
from wse_cp.errors import InputError
from wse_cp.export.formats import Export
from wse_cp.files.kgraph import format_kgraph
from wse_cp.files.paint import format_paint
from wse_cp.networks.contest import contest_instance

Files = dict[str, str]


@pytest.fixture(scope="module")
def bound() -> Bound:
    return api.lower_bound(instance(), time_limit=2, workers=1)


@pytest.fixture
def files(bound: Bound) -> Files:
    """One problem of two kernels, twice, once without a certificate."""
    kgraph, paint = format_kgraph(instance()), format_paint(instance(), placement())
    return {
        "instances/one.kgraph": kgraph,
        "best/one.paint": paint,
        "bounds/one.json": bound.certificate,
        "instances/two.kgraph": kgraph,
        "best/two.paint": paint,
        "README.txt": "what this is",
    }


def packed(folder: Path, files: Files) -> Path:
    path = folder / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def test_every_problem_is_scored_and_its_certificate_verified(
    tmp_path: Path, files: Files, bound: Bound
) -> None:
    told: list[str] = []
    found = api.grade_collection(packed(tmp_path, files), told.append)
    assert told == ["one", "two"]
    assert found.holds
    one, two = found.items
    assert one.grade.score is not None
    assert one.grade.score.cost == COST
    assert one.bound == bound.value
    assert one.gap == (COST - bound.value) / bound.value
    assert two.bound is None
    assert two.gap is None


def test_an_illegal_placement_is_told(tmp_path: Path, files: Files) -> None:
    files["best/two.paint"] = files["best/two.paint"].replace("k2 :", "k3 :")
    found = api.grade_collection(packed(tmp_path, files))
    assert not found.holds
    assert found.items[0].grade.score is not None
    assert found.items[1].grade.score is None


def test_a_certificate_of_another_instance_is_refused(tmp_path: Path, files: Files) -> None:
    files["instances/one.kgraph"] = format_kgraph(contest_instance("K"))
    files["best/one.paint"] = "nothing"
    found = api.grade_collection(packed(tmp_path, files))
    assert not found.holds
    assert found.items[0].bound is None
    assert "all.zip:bounds/one.json" in found.items[0].problem or found.items[0].problem
    assert str(tmp_path / "all.zip") in (found.items[0].grade.error or "")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"instances/one.kgraph": None}, "a file one in instances/"),
        ({"best/two.paint": None}, "a file two in best/"),
        ({"best/three.paint": "x"}, "a file three in instances/"),
        ({"instances/one.kgraph": "kernels: 1\n"}, "all.zip:instances/one.kgraph:"),
        ({"best/one.json": "{}"}, "one file of each name"),
    ],
)
def test_what_does_not_belong_together_is_refused(
    tmp_path: Path, files: Files, change: dict[str, str | None], words: str
) -> None:
    for name, text in change.items():
        if text is None:
            del files[name]
        else:
            files[name] = text
    with pytest.raises(InputError) as caught:
        api.grade_collection(packed(tmp_path, files))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"PK", b"no archive at all", None])
def test_what_is_no_archive_is_refused(
    tmp_path: Path, content: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.zip"
    if content is not None:
        path.write_bytes(content)
    assert run(["grade", str(path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_an_archive_without_problems_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="instances/NAME"):
        api.grade_collection(packed(tmp_path, {"README.txt": "x"}))


def test_damaged_archives_are_refused_in_one_line(tmp_path: Path, files: Files) -> None:
    whole = packed(tmp_path, files).read_bytes()
    path = tmp_path / "damaged.zip"
    for at in range(0, len(whole), max(1, len(whole) // 60)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        with pytest.raises(InputError) as caught:  # these problems are none of the contest, if read at all
            collection.write_results(tmp_path / "out.csv", path, "x")
        assert "\n" not in str(caught.value)


def test_names_that_lead_elsewhere_are_ignored(tmp_path: Path, files: Files) -> None:
    files |= {
        "../best/evil.paint": "x",
        "best/../../evil.paint": "x",
        "/best/evil.paint": "x",
        "best/.x.paint": "x",
    }
    assert len(api.grade_collection(packed(tmp_path, files)).items) == 2
    assert not list(tmp_path.rglob("*evil*"))


def test_archives_that_unpack_to_too_much_are_refused(
    tmp_path: Path, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collection, "MAX_BYTES", 100)
    with pytest.raises(InputError, match="at most 100 bytes"):
        api.grade_collection(packed(tmp_path, files))
    monkeypatch.setattr(collection, "MAX_FILES", 3)
    with pytest.raises(InputError, match="at most 3 files"):
        api.grade_collection(packed(tmp_path, files))


def test_the_command_prints_a_table_or_json(
    tmp_path: Path, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(packed(tmp_path, files))
    assert run(["grade", path, "--quiet"]) == 0
    assert "one" in capsys.readouterr().out
    assert run(["grade", path, "--quiet", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [problem["problem"] for problem in report["problems"]] == ["one", "two"]
    files["best/one.paint"] = "k1 : nonsense"
    assert run(["grade", str(packed(tmp_path, files)), "--quiet"]) == 1
    assert run(["grade", path, "other.paint"]) == 2
    assert run(["grade", "contest:A"]) == 2


def test_results_of_the_contest_are_written_for_the_public_collection(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = Path(__file__).resolve().parents[1] / "instances"
    names = ("K", "Q")
    path = packed(
        tmp_path,
        {f"instances/{name}.kgraph": (kept / f"{name}.kgraph").read_text() for name in names}
        | {f"best/{name}.paint": (kept / "best" / f"{name}.paint").read_text() for name in names},
    )
    out = tmp_path / "wse_cp.csv"
    assert run(["export", str(path), "-o", str(out), "--format", "results"]) == 0
    rows = list(csv.reader(io.StringIO(out.read_text())))
    assert rows[0] == ["suite", "ispd2020", "contest"]
    assert [row[0] for row in rows] == ["suite", "addtool", "addrelease", "result", "result"]
    for row, name in zip(rows[3:], names, strict=True):
        found = api.score(
            contest_instance(name),
            api.load_placement(kept / "best" / f"{name}.paint", contest_instance(name)),
        )
        assert row[1] == name.lower()
        assert [float(number) for number in row[2:5]] == [found.max_time, found.wire_length, found.cost]
    capsys.readouterr()
    assert run(["export", "contest:K", "-o", str(out), "--format", "results"]) == 2
    with pytest.raises(InputError):
        Export(out, "results")


def test_problems_that_are_not_the_contests_have_no_place_there(tmp_path: Path, files: Files) -> None:
    with pytest.raises(InputError, match="problems of the contest"):
        collection.write_results(tmp_path / "out.csv", packed(tmp_path, files), "x")
    assert not (tmp_path / "out.csv").exists()
