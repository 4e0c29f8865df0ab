"""A sample of mutated inputs of every format, and what the watch over them notices."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from benchmarks.mutations import certificates, children
from benchmarks.mutations.children import Outcome, one, run_cases
from benchmarks.mutations.damage import damaged_bytes, damaged_text, damaged_value, json_text, toml_text
from benchmarks.mutations.formats import FORMATS, SHARES, Case, Format
from benchmarks.mutations.judging import FaultError, check_refusal, check_same
from benchmarks.mutations.plain import kgraph_facts, legal_cost, paint_facts, placed_facts
from benchmarks.mutations.samples import chain, solved
from tests.marks import with_slow
from wse_cp.errors import InputError
from wse_cp.files.json_documents import instance_json
from wse_cp.files.kgraph import format_kgraph
from wse_cp.files.paint import format_paint
from wse_cp.score import score

#: Inputs of each format; of certificates, whose samples take a while to make.
COUNT, FEW = 40, 12
SEED = 11


@pytest.mark.parametrize(
    "name", with_slow(FORMATS, "certificate-cells", "certificate-forests", "certificate-searched")
)
def test_mutated_inputs_are_refused_in_a_line_or_mean_what_they_say(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == "onnx":
        pytest.importorskip("onnx", reason="the extra onnx is not installed")
    monkeypatch.setattr(certificates, "SAMPLES", 2)
    accepted = [one(name, number, SEED, tmp_path) for number in range(COUNT if SHARES[name] > 6 else FEW)]
    assert not all(accepted)  # that mutations do not break everything is seen in long runs


def read(folder: Path) -> bytes:
    return (folder / "x").read_bytes()


def loop() -> None:
    while True:
        pass


def fill() -> None:
    bytearray(1 << 40)


HARM: dict[str, tuple[Callable[[], object], str]] = {
    "a loop": (loop, "hang: more than 0.5 s of processor time"),
    "a wait": (signal.pause, "hang: more than 2 s"),
    "an end": (lambda: os._exit(7), "crash: ended with 7"),
    "a signal": (lambda: os.kill(os.getpid(), signal.SIGSEGV), f"crash: ended with -{int(signal.SIGSEGV)}"),
    "an exception": (lambda: dict[str, int]()["x"], "traceback: KeyError: 'x' at "),
    "an exit": (lambda: exit(2), "traceback: SystemExit: 2 at "),
    "too much memory": (fill, "traceback: MemoryError"),
}


@pytest.mark.parametrize(("harm", "said"), HARM.values(), ids=HARM)
def test_what_an_input_does_to_its_process_is_named_and_the_others_go_on(
    harm: Callable[[], object], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(path: Path, about: Any) -> bool:
        if path.read_bytes() == b"harm":
            harm()
        if path.read_bytes() == b"bad":
            raise InputError("something else", "this")
        if path.read_bytes() == b"wrong":
            raise FaultError("another number")
        return True

    contents = [b"good", b"harm", b"bad", b"wrong", b"good"]
    made = iter(contents * 9)
    monkeypatch.setattr(children, "HANG", 0.5)
    monkeypatch.setattr(children, "PATIENCE", 2.0 if "2 s" in said else 60.0)
    monkeypatch.setitem(FORMATS, "x", Format(lambda random: Case(next(made), "x"), check))
    monkeypatch.setattr(
        children, "case_of", lambda name, number, seed: (Case(contents[number], "x"), Random(0))
    )
    outcome = Outcome()
    run_cases([("x", number) for number in range(5)], 0, outcome)
    assert (outcome.accepted["x"], outcome.refused["x"]) == (2, 1)
    assert len(outcome.faults) == 2
    assert outcome.faults[0].startswith(f"x:1 {said}")
    assert outcome.faults[1] == "x:3 wrong: another number"


def test_the_plain_reading_is_that_of_the_samples() -> None:
    for instance, placement in solved():
        nodes, edges = kgraph_facts(format_kgraph(instance))
        assert (nodes.total(), edges.total()) == (len(instance.nodes), len(instance.edges))
        text = format_paint(instance, placement)
        assert paint_facts(text) == [placed_facts(placement[name]) for name in instance.kernels]
        assert legal_cost(instance, placement.values()) == score(instance, placement).cost


def test_another_number_is_seen_by_the_plain_reading() -> None:
    value = instance_json(chain())
    check_same(value, value)
    check_same({**value, "edges": []}, {key: part for key, part in value.items() if key != "edges"})
    for other in (
        {**value, "label": "x"},
        {**value, "version": True},
        {**value, "edges": value["edges"][1:]},
    ):
        with pytest.raises(FaultError):
            check_same(other, value)


@pytest.mark.parametrize(
    "line", ["", "two\nlines", "\x1b[31m", "x" * 2000, "Traceback (most recent", "KeyError('x')"]
)
def test_a_refusal_is_a_printable_line(line: str) -> None:
    with pytest.raises(FaultError):
        check_refusal(line)
    check_refusal("x.kgraph:3: expected this, found that")


def test_mutations_depend_on_the_generator_alone() -> None:
    value, text = instance_json(chain()), format_kgraph(chain())
    for seed in range(30):
        first, second = Random(seed), Random(seed)
        assert json_text(damaged_value(value, first)) == json_text(damaged_value(value, second))
        assert damaged_text(text, first, ["x"]) == damaged_text(text, second, ["x"])
        assert damaged_bytes(text.encode(), first) == damaged_bytes(text.encode(), second)
    assert value == instance_json(chain())


def test_values_are_written_as_json_and_as_toml() -> None:
    import json
    import tomllib

    value = {"a": [1, 2.5, "x\n"], "b": {"c d": True}}
    assert (
        json.loads(json_text(value))
        == json.loads(json_text(value, 0))
        == tomllib.loads(toml_text(value))
        == value
    )
