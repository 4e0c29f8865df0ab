"""What is computed once: functions of arrays that many steps share, and the messages of kernels alike."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from hashlib import blake2b
from itertools import count
from typing import Any, NamedTuple, TypeVar

import numpy as np

from wse_cp.bounds.programme import columns as col
from wse_cp.bounds.programme.passing import Message
from wse_cp.shapes.arrays import FloatArray

Value = TypeVar("Value")


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
        self._numbers: dict[bytes, int] = {}
        self._fresh = count()

    def sent(self, key: Hashable, compute: Callable[[], tuple[Message, Message | None]]) -> Sent:
        """Return what a kernel sends; `key` has all that it depends on."""
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._taken_off(*compute())
            self._room -= _size(found)
            while self._room < 0 and len(self._known) > 1:
                self._room += _size(self._known.pop(next(iter(self._known))))
        return found

    def _taken_off(self, got: Message, agreeing: Message | None) -> Sent:
        place = np.unravel_index(np.argmin(got.costs), got.costs.shape)
        cost, uses = float(got.costs[place]), got.uses[place].astype(float)
        if self._square:
            uses[col.X_EXCESS :] = uses[col.X_EXCESS :].mean()
        if np.isfinite(cost):
            got = _less(got, cost, uses)
            agreeing = None if agreeing is None else _less(agreeing, cost, uses)
        parts = [part.tobytes() for message in (got, agreeing) if message is not None for part in message]
        digest = blake2b(b"".join(parts), digest_size=16).digest()
        number = self._numbers.setdefault(digest, next(self._fresh))
        return Sent(number, got, agreeing, cost, uses)


def _less(message: Message, cost: float, uses: FloatArray) -> Message:
    """Return a message with cost and uses taken off wherever anything is possible."""
    possible = np.isfinite(message.costs)[:, :, None]
    return Message(message.costs - cost, np.where(possible, message.uses - uses, 0.0).astype(np.float32))


def _size(sent: Sent) -> int:
    """Return about how many bytes are kept."""
    messages = [message for message in (sent.message, sent.agreeing) if message is not None]
    return 200 + sum(message.costs.nbytes + message.uses.nbytes for message in messages)
