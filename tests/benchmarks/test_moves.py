"""The time of a move is that of the kernels of the instance named."""

from __future__ import annotations

from benchmarks.moves import seconds_a_move


def test_a_move_takes_some_time() -> None:
    kernels, seconds = seconds_a_move("inception-308")
    assert kernels == 308
    assert seconds > 0
