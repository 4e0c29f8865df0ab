from __future__ import annotations

from pathlib import Path

import pytest

from wse_cp.errors import InputError
from wse_cp.instance import Settings
from wse_cp.networks.families.fully_connected import build_fully_connected
from wse_cp.networks.families.resnet import ResNet, build_resnet
from wse_cp.networks.families.unet import UNet, build_unet
from wse_cp.networks.model import parse_model, read_model
from wse_cp.networks.problems import read_problems

RESNET = """family = "resnet"
granularity = "blocks"
image = 8
depths = [2, 1]
widths = [16, 32]
"""
UNET = """family = "unet"
image = 16
input_channels = 1
classes = 2
widths = [4, 8]
"""


def test_a_resnet_reads_what_its_first_block_does_unless_told_otherwise() -> None:
    assert parse_model(RESNET, "m") == build_resnet(ResNet((2, 1), (16, 32), 8, 8, "blocks"))
    more = parse_model(RESNET + "input_channels = 9\nfirst_block_image = 4\n", "m")
    assert more == build_resnet(ResNet((2, 1), (16, 32), 8, 9, "blocks", 4))


def test_the_other_families() -> None:
    assert parse_model(UNET, "m") == build_unet(UNet((4, 8), 16, 1, 2))
    assert parse_model('family = "fully-connected"\nwidths = [3, 5]', "m") == build_fully_connected([3, 5])


def test_written_shapes_replace_those_of_the_builder() -> None:
    text = UNET + '[[written_shapes]]\nedge = ["k1", "k2"]\nshape = [7, 7]\n'
    assert parse_model(text, "m") == build_unet(UNet((4, 8), 16, 1, 2)).with_shapes({("k1", "k2"): (7, 7)})


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            '"resnet"',
            '"vgg"',
            'm:1: expected family = "..." with one of resnet, unet, fully-connected, transformer',
        ),
        ('family = "resnet"', "", "m: expected family = "),
        ('"blocks"', '"layers"', "m:2: expected granularity"),
        ("image = 8", "image = 8.0", "m:3: expected image = an integer from 2 to 1048576, found 8.0"),
        ("image = 8", "image = true", "m:3: expected image = an integer"),
        ("image = 8", "image = 6", "m: expected an image divisible by 4"),
        ("image = 8", "image = ", "m:3: expected TOML, found Invalid value"),
        ("image = 8", "image = 8\nimage = 8", "m:4: expected TOML, found Cannot overwrite"),
        ("image = 8", "image = 8\nheads = 8", "m:4: expected a key of family, "),
        ("[2, 1]", "[]", "m:4: expected depths = a list of 1 to 20 integers"),
        ("[2, 1]", "[2, 0]", "m:4: expected depths = a list of 1 to 20 integers from 1 to 10000, found 0"),
        ("[2, 1]", '[2, "1"]', "m:4: expected depths = a list"),
        ("[2, 1]", "3", "m:4: expected depths = a list"),
        ("[2, 1]", "[9999, 9999]", "m:4: expected at most 10000 kernels"),
        ("[2, 1]", "[2, 1, 1]", "m: expected one width for each depth, found 2 for 3"),
        ("[16, 32]", "[16, 32]\nwritten_shapes = 3", "m:6: expected [[written_shapes]], found 3"),
        ("[16, 32]", '[16, 32]\n[[written_shapes]]\nedge = ["k1"]', "m:7: expected edge = [2 strings]"),
        (
            "[16, 32]",
            '[16, 32]\n[[written_shapes]]\nedge = ["a", "b"]\nshape = [1]',
            "m: expected an edge",
        ),
    ],
)
def test_errors_name_the_file_and_what_was_expected(old: str, new: str, message: str) -> None:
    assert old in RESNET
    with pytest.raises(InputError) as caught:
        parse_model(RESNET.replace(old, new, 1), "m")
    assert str(caught.value).startswith(message)


def test_deeply_nested_toml_is_an_input_error() -> None:
    with pytest.raises(InputError, match="expected TOML"):
        parse_model("family = " + "[" * 100_000, "m")


def test_a_missing_model_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_model(tmp_path / "none.toml")


def test_a_problem_is_a_model_with_wafer_and_weights(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text(RESNET)
    (tmp_path / "p.toml").write_text('[X]\nmodel = "m.toml"\ntest = "label"\nwidth = 50\nwadapter = 7\n')
    instance = read_problems(tmp_path / "p.toml")["X"]
    assert instance.settings == Settings(width=50, wadapter=7)
    assert instance.test == "label"
    assert len(instance.kernels) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("X = 3", r"p.toml:1: expected a table \[X\], found 3"),
        ('[X]\nmodel = "none.toml"\ntest = ""', "none.toml: expected a readable file"),
        (
            '[X]\nmodel = "m.toml"\ntest = ""\nwidht = 3',
            r"p.toml:4: expected a key .* in \[X\], found",
        ),
        ('[X]\nmodel = "m.toml"', r"p.toml: expected test = .* in \[X\], found no such key"),
        ('[X]\nmodel = "m.toml"\ntest = ""\nwidth = 0', "p.toml:4: expected width"),
    ],
)
def test_wrong_problems_are_input_errors(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "m.toml").write_text(RESNET)
    (tmp_path / "p.toml").write_text(text)
    with pytest.raises(InputError, match=message):
        read_problems(tmp_path / "p.toml")
