from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.paths import ROOT
from wse_cp.cli import run
from wse_cp.files.by_suffix import read_instance_file
from wse_cp.instance import Settings
from wse_cp.kernels import Conv

UNET = str(ROOT / "models" / "unet.toml")


@pytest.fixture
def resnet() -> str:
    pytest.importorskip("onnx", reason="the extra onnx is not installed")
    from scripts.make_onnx_instances import shipped_networks

    found = shipped_networks().get("resnet50")
    if found is None:
        pytest.skip("this version of onnx does not ship resnet50")
    return str(found)


def test_a_model_becomes_an_instance_with_the_numbers_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "u.kgraph"
    assert run(["import", UNET, "-o", str(out), "--set", "wlength=10", "--set", "memlimit=20000"]) == 0
    captured = capsys.readouterr()
    assert captured.out == f"written {out}\n"
    assert captured.err.split() == ["kernels", "23", "edges", "26", "counted"]
    instance = read_instance_file(out)
    assert instance.settings == Settings(wlength=10, memlimit=20000)
    assert instance.test == "unet"
    assert instance.kernels == read_instance_file(ROOT / "instances" / "M.kgraph").kernels


def test_the_instance_is_named_for_the_network_in_this_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["import", UNET, "--quiet"]) == 0
    assert capsys.readouterr().err == ""
    assert (tmp_path / "unet.kgraph").is_file()


def test_an_onnx_network_is_reported_decision_by_decision(
    resnet: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "r.kgraph"
    assert run(["import", resnet, "-o", str(out), "--set", "wlength=10"]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines[1].split(None, 1) == ["kernels", "21 (6 conv, 12 dblock, 3 cblock)"]
    assert any(line.startswith("passed") and "MaxPool" in line for line in lines)
    assert any("kept as single convolutions" in line for line in lines)
    assert read_instance_file(out).settings.wlength == 10


def test_the_options_reach_the_import(resnet: str, tmp_path: Path) -> None:
    out = tmp_path / "r.kgraph"
    options = ["--granularity", "conv", "--adds", "consumer", "-o", str(out), "-q"]
    assert run(["import", resnet, *options]) == 0
    instance = read_instance_file(out)
    assert (len(instance.kernels), len(instance.kernel_edges)) == (54, 109)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--set", "wires=3"], "--set: expected KEY=VALUE with a key of width, height, wdeltat"),
        (["--set", "wlength"], "--set: expected KEY=VALUE"),
        (["--set", "wlength=x"], "--set: expected wlength as an integer from 0"),
        (["--set", "wlength=1", "--set", "wlength=2"], "--set: expected wlength= once"),
        (["--set", "memlimit=1"], "within memlimit=1"),
        (["--granularity", "fine"], "--granularity: expected one of auto, block, conv, found fine"),
        (["--groups", "some"], "--groups: expected one of merge, split"),
        (["--input-shape", "x"], "expected NAME=1,3,224,224"),
        (["--dim", "seq"], "--dim: expected NAME=128, found seq"),
        (["--batch", "0"], "--batch: expected a batch of at least 1, found 0"),
        (["--batch-axis", "x"], "--batch-axis: expected AXIS, NAME=AXIS or NAME=none"),
        (["--groups", "split"], "expected no options for ONNX networks"),
        (["--outputs", "y"], "expected no options for ONNX networks"),
    ],
)
def test_wrong_options_end_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    out = tmp_path / "u.kgraph"
    assert run(["import", UNET, "-o", str(out), *arguments]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not out.exists()


def test_other_files_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = ["-o", str(tmp_path / "x.kgraph")]
    assert run(["import", str(ROOT / "instances" / "A.kgraph"), *out]) == 2
    assert "a network in a file .onnx or .toml, found .kgraph" in capsys.readouterr().err
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"nothing of the kind")
    assert run(["import", str(broken), *out]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "broken.onnx" in error or "onnx" in error


@pytest.mark.parametrize(
    ("options", "rows"),
    [
        (["--dim", "steps=12"], 12),
        (["--dim", "steps=12", "--batch", "4"], 3),
        (["--input-shape", "x=6,8,4", "--batch-axis", "1"], 6),
        (["--input-shape", "x=6,8,4", "--batch-axis", "x=none"], 48),
        (["--dim", "steps=12", "--outputs", "a"], 12),
        (["--inputs", "a", "--input-shape", "a=1,5,4"], 5),
    ],
)
def test_batch_dimensions_and_cuts_reach_the_import(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], rows: int
) -> None:
    pytest.importorskip("onnx", reason="the extra onnx is not installed")
    from tests.onnx.cases import write_onnx

    body = "a = MatMul(x, w) y = MatMul(a, w)"
    network = write_onnx(tmp_path / "NET.ONNX", "float[steps,1,4] x", ["float[4,4] w"], body)
    out = tmp_path / "n.kgraph"
    assert run(["import", str(network), "-o", str(out), *options]) == 0
    kernels = list(read_instance_file(out).kernels.values())
    assert [kernel.H for kernel in kernels if isinstance(kernel, Conv)] == [rows] * len(kernels)
    assert len(kernels) == (1 if "a" in options else 2)
    assert "\nbatch       " in capsys.readouterr().err


def test_an_open_axis_ends_in_one_line_and_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("onnx", reason="the extra onnx is not installed")
    from tests.onnx.cases import write_onnx

    network = write_onnx(tmp_path / "n.onnx", "float[steps,1,4] x", ["float[4,4] w"], "y = MatMul(x, w)")
    assert run(["import", str(network), "-o", str(tmp_path / "n.kgraph")]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "--dim steps=128 or --input-shape x=128,1,4" in error


def test_help_does_not_load_onnx() -> None:
    code = "import sys; from wse_cp.cli import run; run(['--help']); sys.exit('onnx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


@pytest.fixture
def mixture(tmp_path: Path) -> str:
    onnx = pytest.importorskip("onnx", reason="the extra onnx is not installed")
    from benchmarks.onnx_models import mixture

    onnx.save(mixture(8, 4, 2), tmp_path / "moe.onnx")
    return str(tmp_path / "moe.onnx")


def test_merges_names_and_experts_are_chosen_on_the_command_line(
    mixture: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "moe.kgraph"
    words = ["--expert-tokens", "even", "--merge", "gate-up", "--merge", "experts", "--names", "modules"]
    assert run(["import", mixture, "-o", str(out), *words]) == 0
    report = capsys.readouterr().err
    assert "assumed of experts: 8 tokens x 2 to 4 experts, 4 each (even shares)" in report
    assert "merged as asked (experts): 2 kernels of 8" in report
    kernels = read_instance_file(out).kernels
    assert list(kernels) == ["mlp.gate", "mlp.experts.0+1+2+3.w1+w3", "mlp.experts.0+1+2+3.w2"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "--expert-tokens even"),
        (["--expert-tokens", "some"], "even, all or a number of tokens"),
        (["--expert-tokens", "even", "--merge", "qkv"], "--merge qkv"),
        (["--expert-tokens", "even", "--names", "paths"], "numbers, modules"),
    ],
)
def test_what_is_missing_or_wrong_is_said_in_one_line(
    words: list[str], said: str, mixture: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "moe.kgraph"
    assert run(["import", mixture, "-o", str(out), *words]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line
    assert not out.exists()


def test_a_long_import_says_how_far_it_is(
    mixture: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from wse_cp.progress import steps

    monkeypatch.setattr(steps, "PAUSE", 0)
    words = ["import", mixture, "-o", str(tmp_path / "moe.kgraph"), "--expert-tokens", "even"]
    assert run(words) == 0
    lines = capsys.readouterr().err.splitlines()
    assert any(line.startswith("shapes of operations: ") for line in lines)
    assert any(line.startswith("kernels of operations: ") for line in lines)
    assert run([*words, "--quiet"]) == 0
    assert capsys.readouterr().err == ""
