from __future__ import annotations

from wse_cp.networks.families.random_numbers import RandomNumbers


def test_words_are_those_of_splitmix64() -> None:
    # The values of the reference implementation for the seed 1234567.
    numbers = RandomNumbers(1234567)
    assert [numbers.word() for _ in range(3)] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
    ]


def test_integers_and_choices_reach_both_ends() -> None:
    numbers = RandomNumbers(0)
    assert {numbers.integer(3, 5) for _ in range(50)} == {3, 4, 5}
    assert {numbers.choice("ab") for _ in range(50)} == {"a", "b"}
