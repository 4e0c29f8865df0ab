"""The formats: for each what a mutated input of it is, how it is read, and what must hold then."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.mutations import certificates
from benchmarks.mutations.damage import (
    damaged_bytes,
    damaged_text,
    damaged_value,
    encoded,
    json_text,
    toml_text,
)
from benchmarks.mutations.graphs import damaged_network
from benchmarks.mutations.judging import (
    check_instance,
    check_json_instance,
    check_kgraph,
    check_refusal,
    check_same,
    check_solution,
    plain_text,
    require,
)
from benchmarks.mutations.samples import (
    KGRAPH_WORDS,
    PAINT_WORDS,
    TRACE_WORDS,
    instances,
    kept,
    models,
    result,
    solved,
    spaced,
    traces,
)
from wse_cp.api import import_network, load, load_start
from wse_cp.checkpoint.document import CheckpointText, parse_checkpoint
from wse_cp.checkpoint.folder import CERTIFICATE, PLACEMENT, STATE, read_checkpoint
from wse_cp.errors import InputError
from wse_cp.export.result_document import format_result, parse_result, result_json
from wse_cp.files.json_documents import format_instance, instance_json, placement_json
from wse_cp.files.kgraph import format_kgraph
from wse_cp.files.paint import format_paint
from wse_cp.files.text import read_text
from wse_cp.files.trace import format_trace, read_trace
from wse_cp.instance import Instance
from wse_cp.placement import Placement

#: Words of JSON documents.
_JSON_WORDS = (
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    '"',
    '"x": 1',
    "null",
    "NaN",
    "1e999",
    "\\ud800",
    '"version": 2',
    " ",
)


@dataclass(frozen=True)
class Case:
    """A mutated input: its bytes, the name of its file, and what else belongs to it."""

    data: bytes
    name: str
    about: Any = None


@dataclass(frozen=True)
class Format:
    """A format.

    Parameters
    ----------
    make
        Returns a mutated input.
    check
        Tells whether the input, which stands in a file, is accepted; raises `FaultError` if something is
        wrong with that, and `InputError` if it is refused.
    command
        Returns the command line that reads it, with its files; None if there is none.
    """

    make: Callable[[Random], Case]
    check: Callable[[Path, Any], bool]
    command: Callable[[Path, Any, Path], list[str]] | None = None


def _mutated_text(text: str, random: Random, words: tuple[str, ...]) -> bytes:
    return encoded(damaged_text(text, random, words), random)


def _mutated_json(value: Any, random: Random) -> bytes:
    """Return a JSON document mutated by its structure, or else as text."""
    indent = random.choice((None, 0))
    if random.random() < 0.75:
        return encoded(json_text(damaged_value(value, random), indent), random)
    return _mutated_text(json_text(value, indent), random, _JSON_WORDS)


def _instance(random: Random) -> Instance:
    instance = random.choice(instances()[:1] * 2 + instances())
    return spaced(instance) if random.random() < 0.2 else instance


def _make_kgraph(random: Random) -> Case:
    text = format_kgraph(_instance(random))
    return Case(_mutated_text(text, random, KGRAPH_WORDS), "x.kgraph")


def _check_kgraph(path: Path, about: Any) -> bool:
    instance = load(path)
    check_kgraph(path, instance)
    check_instance(instance, path.parent)
    return True


def _make_instance(random: Random) -> Case:
    return Case(_mutated_json(instance_json(_instance(random)), random), "x.json")


def _check_instance(path: Path, about: Any) -> bool:
    instance = load(path)
    check_json_instance(path, instance)
    check_instance(instance, path.parent)
    return True


def _solved(random: Random) -> tuple[Instance, Placement]:
    return random.choice(solved()[:1] * 2 + solved())


def _make_paint(random: Random) -> Case:
    instance, placement = _solved(random)
    return Case(_mutated_text(format_paint(instance, placement), random, PAINT_WORDS), "x.paint", instance)


def _make_placement(random: Random) -> Case:
    instance, placement = _solved(random)
    return Case(_mutated_json(placement_json(placement.values()), random), "x.json", instance)


def _check_placement(path: Path, instance: Instance) -> bool:
    legal = check_solution(path, instance, path.parent)
    if legal:
        load_start(path, instance)
    return True


def _make_result(random: Random) -> Case:
    value = result_json(result(*random.choice(solved()[:2])))
    return Case(_mutated_json(value, random), "x.json")


def _check_result(path: Path, about: Any) -> bool:
    found = parse_result(read_text(path), str(path))
    again = parse_result(format_result(found), "again")
    require(again == found, "another result after writing")
    written = json.loads(plain_text(path), parse_float=Fraction)
    for key in ("score", "seed", "stopped_by"):
        if key in written:
            check_same(
                _exact(written[key]), _exact(json.loads(format_result(found), parse_float=Fraction)[key])
            )
    check_solution(path, found.instance, path.parent)
    check_json_instance(path, found.instance)
    return True


def _exact(value: Any) -> Any:
    """Return plain values with every ratio as a number."""
    if isinstance(value, dict):
        return {key: _exact(part) for key, part in value.items()}
    ratio = isinstance(value, str) and re.fullmatch(r"-?[0-9]+/[0-9]+", value)
    return Fraction(value) if ratio else value


def _make_checkpoint(random: Random) -> Case:
    """Mutate one file of a checkpoint; the others stay as they were."""
    instance, placement = random.choice(solved()[:2])
    state = json.loads(CheckpointText(instance).of(kept(instance), Fraction(9), Fraction(3)))
    name = random.choice((STATE, STATE, STATE, PLACEMENT))
    if name == STATE:
        return Case(
            _mutated_json(state, random), STATE, (instance, {PLACEMENT: format_paint(instance, placement)})
        )
    data = _mutated_text(format_paint(instance, placement), random, PAINT_WORDS)
    return Case(data, PLACEMENT, (instance, {STATE: json.dumps(state), CERTIFICATE: "{}"}))


def _check_checkpoint(path: Path, about: Any) -> bool:
    instance, files = about
    for name, text in files.items():
        (path.parent / name).write_text(text)
    found = read_checkpoint(path.parent, instance)
    text = CheckpointText(instance).of(found.kept)
    require(parse_checkpoint(text, "again", instance) == _rounded(found.kept), "another state after writing")
    if path.name == PLACEMENT:
        require(found.placement is not None, "no placement")
        check_solution(path, instance, path.parent)
        return True
    written, read = json.loads(plain_text(path), parse_float=Fraction), json.loads(text, parse_float=Fraction)
    same = ("seed", "runs", "started", "operators") + (
        ("orders",) if written.get("kernels") == read["kernels"] else ()
    )
    for key in same:
        check_same(written.get(key, []), read[key])
    return True


def _rounded(state: Any) -> Any:
    from dataclasses import replace

    return replace(state, seconds=round(state.seconds, 3))


def _make_model(random: Random) -> Case:
    text, table = random.choice(models())
    if random.random() < 0.7:
        return Case(encoded(toml_text(damaged_value(table, random)), random), "x.toml")
    return Case(
        _mutated_text(text, random, ("[[written_shapes]]", "=", "[", "]", "'''", '"', "nan", "1979-05-27")),
        "x.toml",
    )


def _make_network(random: Random) -> Case:
    data = damaged_network(random)
    return Case(damaged_bytes(data, random) if random.random() < 0.2 else data, "x.onnx")


def _check_network(path: Path, about: Any) -> bool:
    found = import_network(path)
    check_instance(found.instance, path.parent)
    again = path.parent / "imported.kgraph"
    again.write_text(found.kgraph)
    instance = load(again)
    require(instance == found.instance, "another instance in the text of the import")
    return True


def _make_trace(random: Random) -> Case:
    return Case(_mutated_text(random.choice(traces()), random, TRACE_WORDS), "x.csv")


def _check_trace(path: Path, about: Any) -> bool:
    rows = read_trace(path)
    again = path.with_name("again.csv")
    again.write_text(format_trace(rows))
    read = read_trace(again)
    require([cost for _, cost in read] == [cost for _, cost in rows], "other costs after writing")
    plain = [line.split(",") for line in plain_text(path).rstrip("\n").split("\n")[1:]]
    require(all(Fraction(cost) == row[1] for (_, cost), row in zip(plain, rows, strict=True)), "other costs")
    return True


def _certificate(kind: str) -> Format:
    def made(random: Random) -> Case:
        sample = certificates.sample(kind, random.randrange(certificates.SAMPLES))
        return Case(certificates.corrupted(sample, random), "x.json", sample)

    return Format(made, certificates.check, _verify)


def _with_instance(*words: str) -> Callable[[Path, Any, Path], list[str]]:
    """Return the command that reads an instance and the input."""

    def line(path: Path, instance: Any, folder: Path) -> list[str]:
        (folder / "of.json").write_text(format_instance(instance))
        return [*words, str(folder / "of.json"), str(path)]

    return line


def _verify(path: Path, sample: certificates.Sample, folder: Path) -> list[str]:
    return _with_instance("verify")(path, sample.instance, folder)


def _alone(*words: str) -> Callable[[Path, Any, Path], list[str]]:
    return lambda path, about, folder: [*words, str(path)]


def _import(path: Path, about: Any, folder: Path) -> list[str]:
    return ["import", str(path), "-o", str(folder / "imported.kgraph")]


FORMATS: dict[str, Format] = {
    "kgraph": Format(_make_kgraph, _check_kgraph, _alone("info")),
    "paint": Format(_make_paint, _check_placement, _with_instance("check")),
    "instance": Format(_make_instance, _check_instance, _alone("info")),
    "placement": Format(_make_placement, _check_placement, _with_instance("check")),
    "result": Format(_make_result, _check_result, _alone("info")),
    "checkpoint": Format(_make_checkpoint, _check_checkpoint),
    "model": Format(_make_model, _check_network, _import),
    "onnx": Format(_make_network, _check_network, _import),
    "trace": Format(_make_trace, _check_trace),
    **{f"certificate-{kind}": _certificate(kind) for kind in certificates.KINDS},
}
#: Shares of a run: certificates are a tenth of it.
SHARES: dict[str, int] = {
    **{"kgraph": 38, "paint": 38, "instance": 38, "placement": 38, "result": 24, "checkpoint": 24},
    **{"model": 24, "onnx": 20, "trace": 8},
    **{f"certificate-{kind}": share for kind, (_, share) in certificates.KINDS.items()},
}


def check_input(given: Format, case: Case, folder: Path) -> bool:
    """Read a mutated input by the functions of the package; tell whether it was accepted.

    Raises `FaultError`, or whatever a fault in the package raises.
    """
    path = folder / case.name
    path.write_bytes(case.data)
    try:
        return given.check(path, case.about)
    except InputError as error:
        check_refusal(str(error))
        return False


def make_ready(formats: Iterable[str]) -> None:
    """Make what is mutated in some formats, which is kept."""
    for name in formats:
        FORMATS[name].make(Random(0))
        kind = name.removeprefix("certificate-")
        for number in range(certificates.SAMPLES) if kind in certificates.KINDS else ():
            certificates.sample(kind, number)
