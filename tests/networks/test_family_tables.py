from __future__ import annotations

import pytest

from wse_cp.errors import InputError
from wse_cp.networks.families import (
    densenet,
    inception,
    layered,
    mobilenet,
    residual_chain,
    transformer,
)
from wse_cp.networks.model import parse_model
from wse_cp.networks.network import Network

TABLES = {
    "transformer": "encoders = 2\ndecoders = 1\ntokens = 6\ntarget_tokens = 4\nwidth = 8\nfeed_forward = 16",
    "densenet": "blocks = [2, 3]\ngrowth = 4\nimage = 16\ninput_channels = 1",
    "inception": "modules = [1, 2]\nwidths = [16, 32]\nimage = 16\ninput_channels = 1",
    "mobilenet": "depths = [2, 1]\nwidths = [8, 16]\nimage = 8\ninput_channels = 1\nexpansion = 2",
    "residual-chain": 'granularity = "convs"\ndepth = 3\nwidth = 8\nimage = 4',
    "layered": "kernels = 9\nlayers = 4\ninputs = [1, 2]\nreach = 2\nimages = [8, 4]\nfields = [1, 3]\n"
    "widths = [4, 8]\ninput_channels = 2\nseed = 5",
}
NETWORKS = {
    "transformer": transformer.build_transformer(transformer.Transformer(2, 1, 6, 4, 8, 16)),
    "densenet": densenet.build_densenet(densenet.DenseNet((2, 3), 4, 16, 1)),
    "inception": inception.build_inception(inception.Inception((1, 2), (16, 32), 16, 1)),
    "mobilenet": mobilenet.build_mobilenet(mobilenet.MobileNet((2, 1), (8, 16), 8, 1, 2)),
    "residual-chain": residual_chain.build_residual_chain(residual_chain.ResidualChain(3, 8, 4, "convs")),
    "layered": layered.build_layered(layered.Layered(9, 4, (1, 2), 2, (8, 4), (1, 3), (4, 8), 2, 5)),
}


def parse(family: str, keys: str) -> Network:
    return parse_model(f'family = "{family}"\n{keys}\n', "m")


@pytest.mark.parametrize("family", TABLES)
def test_each_key_reaches_the_builder(family: str) -> None:
    assert parse(family, TABLES[family]) == NETWORKS[family]


@pytest.mark.parametrize(
    ("family", "keys"),
    [
        ("transformer", "encoders = 2\ntokens = 4\nwidth = 8\nfeed_forward = 32\ntarget_tokens = 4"),
        ("densenet", "blocks = [2]\ngrowth = 4\nimage = 16\ninput_channels = 3"),
        ("inception", "modules = [1]\nwidths = [16]\nimage = 16\ninput_channels = 3"),
        ("mobilenet", "depths = [1]\nwidths = [8]\nimage = 8\ninput_channels = 3\nexpansion = 0"),
        (
            "layered",
            TABLES["layered"].replace("= 2\nseed = 5", "= 4\nreach = 1\nseed = 0").replace("reach = 2\n", ""),
        ),
    ],
)
def test_defaults(family: str, keys: str) -> None:
    defaults = ("feed_forward", "target_tokens", "input_channels", "expansion", "reach", "seed")
    shorter = "\n".join(line for line in keys.split("\n") if not line.startswith(defaults))
    assert shorter != keys
    assert parse(family, shorter) == parse(family, keys)


@pytest.mark.parametrize(
    ("family", "old", "new", "message"),
    [
        (
            "transformer",
            "encoders = 2\ndecoders = 1\n",
            "",
            "m:1: expected encoders or decoders, found neither",
        ),
        ("transformer", "encoders = 2", "encoders = -1", "m:2: expected encoders = an integer from 0 to"),
        ("transformer", "encoders = 2", "encoders = 1666", "m:2: expected at most 9998 kernels, found 10006"),
        (
            "transformer",
            "encoders = 2\ndecoders = 1",
            "decoders = 1667",
            "m:2: expected at most 9998 kernels, found 10002",
        ),
        ("transformer", "tokens = 6", "heads = 6", "m: expected tokens = an integer, found no such key"),
        ("densenet", "[2, 3]", "[401]", "m:2: expected blocks = a list of 1 to 20 integers from 1 to 400"),
        ("densenet", "[2, 3]", f"{[400] * 13}", "m:2: expected at most 9998 kernels, found 10413"),
        ("densenet", "image = 16", "image = 12", "m: expected an image divisible by 8"),
        ("densenet", "growth = 4", "growth = 400000", "m:3: expected growth = an integer from 1 to 262144"),
        ("inception", "[1, 2]", "[1667]", "m:2: expected at most 9998 kernels, found 10004"),
        (
            "inception",
            "[1, 2]",
            "[1, 2, 3]",
            "m: expected one width for each number of modules, found 2 for 3",
        ),
        ("inception", "[16, 32]", "[16, 40]", "m: expected widths divisible by 16, found 40"),
        ("mobilenet", "[2, 1]", "[3333, 1]", "m:2: expected at most 9998 kernels, found 10003"),
        ("mobilenet", "image = 8", "image = 2", "m: expected an image divisible by 4"),
        ("residual-chain", "width = 8", "width = 6", "m:4: expected width = a multiple of 4, found 6"),
        ("residual-chain", "depth = 3", "depth = 3333", "m:3: expected at most 9998 kernels, found 9999"),
        ("residual-chain", '"convs"', '"layers"', "m:2: expected granularity"),
        ("layered", "kernels = 9", "kernels = 9999", "m:2: expected kernels = an integer from 1 to 9998"),
        (
            "layered",
            "layers = 4",
            "layers = 10",
            "m: expected at most 9 layers, one for each kernel, found 10",
        ),
        ("layered", "[1, 2]", "[2, 1]", "m: expected inputs = [least, largest], found [2, 1]"),
        ("layered", "[1, 2]", "[0, 1]", "m:4: expected inputs = a list"),
        ("layered", "seed = 5", "seed = -5", "m:10: expected seed = an integer from 0 to"),
    ],
)
def test_wrong_values_are_refused_in_one_line(family: str, old: str, new: str, message: str) -> None:
    assert old in TABLES[family]
    with pytest.raises(InputError) as caught:
        parse(family, TABLES[family].replace(old, new, 1))
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
