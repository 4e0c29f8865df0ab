from __future__ import annotations

import pytest

from wse_cp.errors import InputError
from wse_cp.instance import MAX_TIME_SCALE, Instance, Node, Settings
from wse_cp.kernels import Conv


def instance_with_strides(*strides: int) -> Instance:
    nodes = tuple(Node(i, f"k{i}", Conv(1, 1, 1, 1, 1, 1, T)) for i, T in enumerate(strides))
    return Instance(Settings(), nodes, ())


def test_strides_with_a_common_multiple_of_256_are_accepted() -> None:
    assert instance_with_strides(256, 2, 64).time_scale == MAX_TIME_SCALE


def test_larger_common_multiples_are_refused_and_the_strides_named() -> None:
    with pytest.raises(InputError, match=r"at most 256, found 5 7 11$"):
        instance_with_strides(11, 5, 7, 5)


def test_hundreds_of_large_strides_are_refused_in_one_short_line() -> None:
    # Their common multiple has more digits than Python turns into text.
    with pytest.raises(InputError) as caught:
        instance_with_strides(*range(10**6, 10**6 + 700))
    assert len(str(caught.value)) < 200
