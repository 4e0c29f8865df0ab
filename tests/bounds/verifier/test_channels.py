"""By how many channels edges compare splits: verifier, search and the text agree."""

from __future__ import annotations

from random import Random

import pytest

from tests.bounds.networks import SHAPES, channels_at, instance_of
from wse_cp.bounds.verifier.channels import channels_compared
from wse_cp.instance import Settings
from wse_cp.kernels import CBlock, Conv, DBlock, Kernel
from wse_cp.shapes.splits import compared_channels


def conv(read: int, written: int) -> Conv:
    return Conv(2, 2, 1, 1, read, written, 1)


@pytest.mark.parametrize(
    ("producers", "read", "compared"),
    [
        ([16], 16, 16),
        ([16], 1, 16),
        ([16, 6], 1, 6),
        ([16, 6], 4, 8),
        ([16, 3], 4, 4),
        ([4, 4], 8, 8),
    ],
)
def test_channels_are_those_read_or_a_multiple_where_every_producer_writes_more(
    producers: list[int], read: int, compared: int
) -> None:
    kernels = [*(conv(2, written) for written in producers), conv(read, 5)]
    edges = [(i, len(producers)) for i in range(len(producers))]
    instance = instance_of(edges, Settings(), kernels)
    name = instance.nodes[-1].name
    assert channels_compared(instance)[name] == compared
    assert compared_channels(instance, name) == compared


def random_kernel(random: Random) -> Kernel:
    blocks: list[Kernel] = [DBlock(2, 2, 8), CBlock(2, 2, 12)]
    return random.choice(
        [*blocks, *(conv(random.choice([1, 2, 2, 4]), random.randint(1, 20)) for _ in range(4))]
    )


@pytest.mark.parametrize("kind", SHAPES)
@pytest.mark.parametrize("seed", range(5))
def test_verifier_search_and_text_agree(kind: str, seed: int) -> None:
    random = Random(f"{kind} {seed}")
    kernels = [random_kernel(random) for _ in range(6)]
    instance = instance_of(SHAPES[kind], Settings(), kernels)
    expected = {name: channels_at(instance, name) for name in instance.kernels}
    assert channels_compared(instance) == expected
    assert {name: compared_channels(instance, name) for name in instance.kernels} == expected


def test_a_centre_and_a_sink_that_read_as_much_are_compared_by_the_same_number() -> None:
    kernels = [conv(2, 16), conv(4, 4), conv(4, 5)]
    instance = instance_of([(0, 1), (1, 2), (0, 2)], Settings(), kernels)
    assert channels_compared(instance) == {"k0": 2, "k1": 16, "k2": 16}
    wider = instance_of([(0, 1), (1, 2), (0, 2)], Settings(), [*kernels[:2], conv(3, 5)])
    assert channels_compared(wider) == {"k0": 2, "k1": 16, "k2": 6}
