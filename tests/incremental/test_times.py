"""The multiset of times, and the set that can be drawn from, against plain ones."""

from __future__ import annotations

import random

import pytest

from wse_cp.incremental.indexed import IndexedSet
from wse_cp.incremental.times import Times


@pytest.mark.parametrize("seed", range(5))
def test_largest_times_are_those_of_a_look_at_all(seed: int) -> None:
    generator = random.Random(seed)
    plain = {f"k{i}": generator.randrange(1, 9) for i in range(20)}
    times = Times(plain.items())
    for _ in range(200):
        name, time = generator.choice(list(plain)), generator.randrange(1, 9)
        times.remove(name, plain[name])
        times.add(name, time)
        plain[name] = time
        largest = max(plain.values())
        assert times.largest == largest
        assert set(times.slowest) == {name for name, at in plain.items() if at == largest}
        left_out = generator.sample(list(plain), generator.randrange(20))
        others = max(at for name, at in plain.items() if name not in left_out)
        assert times.largest_without(left_out) == others
        changed = {name: generator.randrange(1, 9) for name in left_out}
        assert times.largest_after(changed) == max((plain | changed).values())


def test_without_others_no_time_is_left() -> None:
    assert Times([("a", 3)]).largest_without(["a"]) == 0


@pytest.mark.parametrize("seed", range(5))
def test_every_index_has_another_member(seed: int) -> None:
    generator = random.Random(seed)
    found: IndexedSet[int] = IndexedSet()
    plain: set[int] = set()
    for _ in range(300):
        member = generator.randrange(20)
        if generator.random() < 0.5:
            found.add(member)
            plain.add(member)
        else:
            found.discard(member)
            plain.discard(member)
        assert len(found) == len(plain)
        assert {found[i] for i in range(len(found))} == set(found) == plain
        assert all((member in found) == (member in plain) for member in range(20))
