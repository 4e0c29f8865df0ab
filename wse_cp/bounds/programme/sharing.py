"""What is computed once: functions of arrays that many steps share, and the messages of kernels alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable
from itertools import count
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from wse_cp.bounds.programme import columns as col
from wse_cp.bounds.programme.passing import Message, take_off
from wse_cp.shapes.arrays import FloatArray

Value = TypeVar("Value")

#: About so many numbers of each array tell most messages apart.
_SAMPLE = 100


class Shared:
    """Remembers what functions return. Arrays are told apart by identity, and must not change."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], tuple[tuple[object, ...], Any]] = {}

    def __call__(self, function: Callable[..., Value], *arguments: object) -> Value:
        """Return the function's value, computed at its first call with these arguments."""
        key = function, *(id(item) if isinstance(item, np.ndarray) else item for item in arguments)
        if key not in self._known:
            # with the arguments: an array that is gone may leave its identity to another one
            self._known[key] = arguments, function(*arguments)
        value: Value = self._known[key][1]
        return value


class Sent(NamedTuple):
    """What a kernel sends in one evaluation, less the least cost of it."""

    number: int  #: equal messages have equal numbers
    message: Message
    agreeing: Message | None  #: the same by key, if the kernel is below the centre of a chord (`adapters`)
    cost: float  #: what was taken off
    uses: FloatArray  #: what was taken off of what is used (`USES`,)


class Correspondence:
    """What kernels have sent in one evaluation. Of kernels alike only the first one's message is computed.

    A message without its least cost is often the same for every one of many like parts of a network.

    Parameters
    ----------
    square
        Whether states that are mirror images are filled in: then the same is taken off along both axes.
    room
        About so many bytes are kept; the oldest messages are given up first.
    """

    def __init__(self, square: bool, room: int = 1 << 26) -> None:
        self._square, self._room = square, room
        self._known: dict[Hashable, Sent] = {}
        #: The messages that are kept, by a part of what is in them: most are large, and few are equal.
        self._like: defaultdict[bytes, list[Sent]] = defaultdict(list)
        self._fresh = count()

    def sent(self, key: Hashable, compute: Callable[[], tuple[Message, Message | None]]) -> Sent:
        """Return what a kernel sends; `key` has all that it depends on."""
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._taken_off(*compute())
            self._room -= _size(found)
            while self._room < 0 and len(self._known) > 1:
                self._give_up(self._known.pop(next(iter(self._known))))
        return found

    def _give_up(self, sent: Sent) -> None:
        self._room += _size(sent)
        like = self._like[_sample(sent)]
        like[:] = (other for other in like if other is not sent)

    def _taken_off(self, got: Message, agreeing: Message | None) -> Sent:
        """Return a message as it is sent; its arrays are changed."""
        place = np.unravel_index(np.argmin(got.costs), got.costs.shape)
        cost, uses = float(got.costs[place]), got.uses[place].astype(float)
        if self._square:
            uses[col.X_EXCESS :] = uses[col.X_EXCESS :].mean()
        if np.isfinite(cost):
            for message in _parts(got, agreeing):
                take_off(message.costs, message.uses, cost, uses)
        sent = Sent(-1, got, agreeing, cost, uses)
        like = self._like[_sample(sent)]
        equal = next((other for other in like if _equal(sent, other)), None)
        sent = sent._replace(number=next(self._fresh) if equal is None else equal.number)
        like.append(sent)
        return sent


def _parts(message: Message, agreeing: Message | None) -> tuple[Message, ...]:
    return (message,) if agreeing is None else (message, agreeing)


def _equal(first: Sent, second: Sent) -> bool:
    """Tell whether two messages are equal, whatever was taken off."""
    pairs = zip(_arrays(first), _arrays(second), strict=False)
    alike = (first.agreeing is None) == (second.agreeing is None)
    return alike and all(np.array_equal(one, other) for one, other in pairs)


def _arrays(sent: Sent) -> tuple[NDArray[Any], ...]:
    return tuple(array for message in _parts(sent.message, sent.agreeing) for array in message)


def _sample(sent: Sent) -> bytes:
    """Return some of what is in a message; equal messages have equal samples."""
    arrays = _arrays(sent)
    flat = (array.reshape(-1) for array in arrays)
    shapes = repr([array.shape for array in arrays]).encode()
    return shapes + b"".join(array[:: 1 + len(array) // _SAMPLE].tobytes() for array in flat)


def _size(sent: Sent) -> int:
    """Return about how many bytes are kept."""
    return 200 + sum(array.nbytes for array in _arrays(sent))
