from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from wse_cp.errors import InputError
from wse_cp.files import kgraph
from wse_cp.files.by_suffix import read_instance_file, write_instance_file
from wse_cp.files.kgraph import format_kgraph, parse_kgraph
from wse_cp.instance import Edge, Instance, Node, Settings, Terminal
from wse_cp.kernels import CBlock, Conv, DBlock

TEXT = """(*
test=small
width=100
height=90
wdeltat=1
wlength=2
wadapter=3
memlimit=5000
*)
input[0] n=[8 8 8] name='k0'
conv[1] W=8 H=6 R=3 S=1 C=8 K=4 T=2 U=2 name='k1'
cblock[2] f=16 h=8 w=6 name='k2'
dblock[3] f=16 h=4 w=3 name='k3'
output[4] n=[4 3 16] name='k4'
input[0]:_ -> conv[1]:x, shape:[8][8][8]
conv[1]:y -> cblock[2]:x, shape:[8][6][4]
cblock[2]:y -> dblock[3]:x, shape:[4][3][16]
dblock[3]:y -> output[4]:_, shape:[4][3][16]
"""
HEADER, BODY = TEXT[: TEXT.index("input[0] n")], TEXT[TEXT.index("input[0] n") :]
EXPECTED = Instance(
    Settings(100, 90, 1, 2, 3, 5000),
    (
        Node(0, "k0", Terminal("input", (8, 8, 8))),
        Node(1, "k1", Conv(H=6, W=8, R=3, S=1, C=8, K=4, T=2)),
        Node(2, "k2", CBlock(H=8, W=6, F=16)),
        Node(3, "k3", DBlock(H=4, W=3, F=16)),
        Node(4, "k4", Terminal("output", (4, 3, 16))),
    ),
    (
        Edge("k0", "k1", (8, 8, 8)),
        Edge("k1", "k2", (8, 6, 4)),
        Edge("k2", "k3", (4, 3, 16)),
        Edge("k3", "k4", (4, 3, 16)),
    ),
    "small",
)


def parse(text: str) -> Instance:
    return parse_kgraph(text, "net")


def test_every_part_of_the_format() -> None:
    assert parse(TEXT) == EXPECTED
    assert parse(TEXT).test == "small"


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("\n", "\r\n"),
        TEXT.replace(" ", "\t"),
        TEXT.replace(" ", "   ").replace("[", "[ ").replace("]", " ]"),
        TEXT.rstrip("\n"),
        "\n\n" + TEXT + "\n \n",
        HEADER + BODY.replace("\n", "\n(* a comment *)\n"),
        TEXT.replace("H=6", "(* of two\nlines, with conv[9] H=1 *) H=6"),
        TEXT.replace("*)\ninput", "*) (* a *)(* b\n\n*) input"),
        TEXT.replace("name='k1'\n", "name='k1' (* nodes\n end *) "),
        TEXT.replace("name='k0'", "name='x' name='k0'"),
        TEXT.replace("width=100", "  width = 100  "),
        TEXT.replace("(*\ntest", "(*test").replace("5000\n*)", "5000*)"),
        BODY + HEADER,
        TEXT.replace("conv[1] W=8 H=6", "conv[01] H=6 W=08"),
    ],
    ids=[
        "CRLF",
        "tabs",
        "blanks",
        "no newline at the end",
        "blank lines",
        "comments",
        "comment in a node",
        "comments in a row",
        "comment over a line end",
        "second name",
        "blanks in the header",
        "header without line ends",
        "header at the end",
        "zeros",
    ],
)
def test_variants_mean_the_same(text: str) -> None:
    assert parse(text) == EXPECTED


def test_without_header_and_names_defaults_hold() -> None:
    text = "conv[7]\tH=4 W=4 R=1 S=1 C=2 K=2 T=1 U=1\ndblock[9] f=8 h=4 w=4\nconv[7]:y -> dblock[9]:x\n"
    instance = parse(text)
    assert instance.settings == Settings()
    assert list(instance.kernels) == ["k7", "k9"]
    assert instance.edges == (Edge("k7", "k9"),)
    assert parse_kgraph(text, "net", {"width": 50}).settings.width == 50


def test_what_overrules_goes_before_the_header_and_is_checked_in_its_stead() -> None:
    too_small = TEXT.replace("width=100", "width=1")
    with pytest.raises(InputError, match="net:"):
        parse(too_small)
    assert parse_kgraph(too_small, "net", {"width": 70}).settings == replace(EXPECTED.settings, width=70)
    with pytest.raises(InputError, match="net:"):
        parse_kgraph(TEXT, "net", {"width": 1})


def test_a_comment_with_an_equals_sign_is_no_header() -> None:
    assert parse(TEXT + "(* n = 3 *)\n(* as\n x = y\n*)") == EXPECTED


def test_writing_and_reading_gives_the_same() -> None:
    assert parse(format_kgraph(EXPECTED)) == EXPECTED
    assert parse(format_kgraph(EXPECTED)).test == EXPECTED.test


def test_files_are_written_and_read(tmp_path: Path) -> None:
    path = tmp_path / "x.kgraph"
    write_instance_file(path, EXPECTED)
    assert read_instance_file(path) == EXPECTED
    assert [file.name for file in tmp_path.iterdir()] == ["x.kgraph"]


def test_contest_files_read_and_survive_writing(contest: Path) -> None:
    paths = sorted(contest.glob("*.kgraph"))
    assert len(paths) == 20
    for path in paths:
        instance = read_instance_file(path)
        assert parse(format_kgraph(instance)) == instance


def test_a_label_that_cannot_be_written_is_an_input_error() -> None:
    with pytest.raises(InputError, match="label"):
        format_kgraph(Instance(Settings(), EXPECTED.nodes, (), "an end *) of a comment"))


@pytest.mark.parametrize(
    ("old", "new", "line", "expected", "found"),
    [
        ("width=100", "width=100\nwidth=100", 4, "width once in the header", "it again"),
        ("width=100", "breadth=100", 3, "memlimit", "breadth=100"),
        ("width=100", "width", 3, "key=value", "width"),
        ("width=100", "width=", 3, "integer from 1 to 4096", "nothing"),
        ("width=100", "width=0", 3, "integer from 1 to 4096", "0"),
        ("width=100", "width=1e3", 3, "integer", "1e3"),
        ("width=100", "width=" + "9" * 31, 3, "integer", "9" * 31),
        ("test=small", "test=\x1b[2J", 2, "a printable label", "\x1b"),
        ("wlength=2", "wlength=-1", 6, "wlength", "-1"),
        ("wlength=2", "wlength=0.5", 6, "wlength", "0.5"),
        ("f=16 h=8 w=6", "f=18 h=8 w=6", 12, "F divisible by 4", "F=18"),
        ("f=16 h=8 w=6", "f=16 h=7 w=6", 12, "even H", "H=7"),
        ("f=16 h=8 w=6", "f=16 h=8", 12, "argument w of cblock", "none"),
        ("f=16 h=8 w=6", "f=16 h=8 w=6 w=6", 12, "w once in a node", "it again"),
        ("f=16 h=8 w=6", "f=16 H=8 w=6", 12, "argument of cblock (h, w, f, name)", "H"),
        ("H=6", "H=0", 11, "H as an integer from 1", "0"),
        ("H=6", "H=-6", 11, "H as an integer from 1", "-6"),
        ("H=6", "H=6.0", 11, "H as an integer from 1", "6.0"),
        ("H=6", "H=six", 11, "H as an integer from 1", "six"),
        ("H=6", "H=", 11, "H as an integer from 1", "R=3"),
        ("H=6", "H=[6]", 11, "H as an integer from 1", "[6]"),
        ("H=6", "H=" + "1" * 1_000_000, 11, "H as an integer from 1", "1" * 100),
        ("H=6", "H=1000000 W=1000000 K=1000000", 11, "W once", "it again"),
        ("H=6", "6", 11, "an argument like H=14 or a node", "6"),
        ("U=2", "U=1", 11, "U equal to T", "T=2 U=1"),
        ("U=2", "", 11, "argument U of conv", "none"),
        ("name='k1'", "name='k1", 11, "an argument like H=14 or a node", "name"),
        ("name='k1'", "name='k 1'", 11, "a name without blanks", "k 1"),
        ("name='k1'", "name=''", 11, "a name", "an empty one"),
        ("name='k1'", "name='k3'", 13, "node names that occur once", "line 11"),
        ("cblock[2] f", "cblock[3] f", 13, "node numbers that occur once", "line 12"),
        ("cblock[2] f", "sblock[2] f", 12, "input, output, conv, dblock, cblock", "sblock"),
        ("cblock[2] f", "cblock[] f", 12, "a node's number", "nothing"),
        ("cblock[2] f", "cblock[-2] f", 12, "a node's number", "-2"),
        ("cblock[2] f", "cblock 2 f", 12, "a node like conv[1]", "cblock"),
        ("n=[8 8 8]", "n=[8 0 8]", 10, "an extent", "0"),
        ("n=[8 8 8]", "n=[" + "8 " * 10**5 + "]", 10, "at most 16 extents", "more"),
        ("n=[8 8 8]", "n=8", 10, "n=[...]", "n=8"),
        ("n=[8 8 8]", "n=[8 8 8", 10, "a node like conv[1]", "n"),
        ("cblock[2]:y", "cblock[7]:y", 17, "known nodes", "unknown cblock[7]"),
        ("cblock[2]:y", "dblock[2]:y", 17, "cblock[2] as defined", "dblock[2]"),
        ("cblock[2]:y", "cblock[2]:", 17, "a port", ":"),
        ("cblock[2]:y ->", "cblock[2]:y -", 17, "->", "-"),
        ("dblock[3]:x", "dblock[3]", 17, "a port", ","),
        ("dblock[3]:y", "dblock[3]:y -> conv[1]:x\ndblock[3]:y", 18, "cycle", "k1 -> k2 -> k3 -> k1"),
        ("dblock[3]:y", "dblock[3]:y -> dblock[3]:x\ndblock[3]:y", 18, "cycle", "k3 -> k3"),
        ("shape:[8][6][4]", "shape:[8][-6][4]", 16, "an extent", "-6"),
        ("shape:[8][6][4]", "shape:" + "[8]" * 17, 16, "at most 16 extents", "more"),
        ("shape:[8][6][4]", "shape:8", 16, "a shape", "8"),
        ("shape:[8][6][4]", "shape:[8][6][4] etc", 16, "a node like conv[1]", "etc"),
        ("shape:[8][6][4]", "shape:[8][6][4] *)", 16, "a node like conv[1]", "*"),
        ("conv[1]:y", "(* never closed\nconv[1]:y", 16, "*) at the end of a comment", "end of the file"),
        ("memlimit=5000", "memlimit=1", 11, "a conv with a shape within memlimit=1", "memory"),
        ("height=90", "height=1", 11, "a conv that fits", "smallest shape"),
    ],
)
def test_every_error_names_file_line_expected_and_found(
    old: str, new: str, line: int, expected: str, found: str
) -> None:
    assert old in TEXT
    with pytest.raises(InputError) as caught:
        parse(TEXT.replace(old, new, 1))
    message = str(caught.value)
    assert message.startswith(f"net:{line}: ")
    assert expected in caught.value.expected
    assert found in caught.value.found
    assert len(message) < 400
    assert "\n" not in message


@pytest.mark.parametrize("text", ["(* only a comment *)", "input[0] n=[8 8 8]"])
def test_a_file_without_kernels_is_an_input_error(text: str) -> None:
    with pytest.raises(InputError, match="at least one kernel"):
        parse(text)


def test_too_many_nodes_are_an_input_error_with_a_line() -> None:
    nodes = "\n".join(f"dblock[{i}] f=8 h=4 w=4" for i in range(10_002))
    with pytest.raises(InputError, match="net:10001: expected at most 10000 nodes"):
        parse(nodes)


@pytest.mark.parametrize(
    "text",
    [
        "conv[" + " " * 10**6 + "x",
        BODY + "dblock[3]:y -> output[4]:_, shape:[" + " " * 10**6 + "x",
        "a" * 10**6,
        "(*" * 10**6,
        "(**)" * 10**5,
        "(*\nwidth=" + " " * 10**6 + "x y*)",
        "conv[1] " + "H=1 " * 10**5,
    ],
    ids=["bracket", "shape", "word", "opened", "comments", "header", "arguments"],
)
def test_large_nonsense_ends_in_an_input_error(text: str) -> None:
    with pytest.raises(InputError):
        parse(text)


def test_too_many_edges_are_an_input_error_with_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kgraph, "MAX_EDGES", 3)
    with pytest.raises(InputError, match="net:18: expected at most 3 edges"):
        parse(TEXT)
