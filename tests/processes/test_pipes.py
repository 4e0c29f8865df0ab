"""Messages through a pipe: whole whoever writes them, and an error where nobody reads."""

from __future__ import annotations

import os
import pickle
import threading

import pytest

from wse_cp.processes.pipes import Sender


def test_messages_of_several_threads_arrive_whole() -> None:
    read_end, write_end = os.pipe()
    with os.fdopen(read_end, "rb") as reader, os.fdopen(write_end, "wb") as writer:
        sender = Sender(writer)

        def send(name: str) -> None:
            for number in range(50):
                sender.send((name, number, name * 100_000))

        threads = [threading.Thread(target=send, args=(name,)) for name in "abc"]
        for thread in threads:
            thread.start()
        found = [pickle.load(reader) for _ in range(150)]
        for thread in threads:
            thread.join()
    assert all(text == name * 100_000 for name, _, text in found)
    for name in "abc":
        assert [number for sent, number, _ in found if sent == name] == list(range(50))


def test_a_message_to_nobody_is_an_os_error() -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    writer = os.fdopen(write_end, "wb", buffering=0)
    with writer, pytest.raises(OSError, match="pipe"):
        Sender(writer).send("anybody?")


def test_a_message_through_a_closed_pipe_is_a_value_error() -> None:
    read_end, write_end = os.pipe()
    writer = os.fdopen(write_end, "wb")
    os.close(read_end)
    writer.close()
    with pytest.raises(ValueError, match="closed"):
        Sender(writer).send("anybody?")
