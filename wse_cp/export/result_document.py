"""Results as JSON documents: instance, placement and all that is known of the run (docs/interchange.md).

The models of a result stand here, those of its instance and placement in `files.json_models`; the published
JSON Schemas (draft 2020-12) of all three are made from them.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import Field

from wse_cp.bounds.verifier.certificate import instance_digest
from wse_cp.decimals import exact_number, exact_or_none, exact_text
from wse_cp.files.json_documents import instance_json, instance_of, placed_of, placement_json
from wse_cp.files.json_models import (
    RESULT,
    VERSION,
    InstanceDocument,
    Model,
    PlacementDocument,
    Version,
    read_document,
    validated,
)
from wse_cp.files.json_numbers import Count, Exact, Seconds
from wse_cp.files.json_text import Place, format_json
from wse_cp.files.paint import matched_placement
from wse_cp.instance import Instance
from wse_cp.options import RunOptions
from wse_cp.placement import Placement
from wse_cp.result import OperatorStatistics, Result, score_json
from wse_cp.score import Score, score, violations
from wse_cp.version import __version__


class ScoreModel(Model):
    """The cost and its parts: cycles, tiles, a count."""

    cost: Exact
    max_time: Exact
    wire_length: Exact
    adapters: Count


class BoundModel(Model):
    """A lower bound of the cost, its certificate as text, and whether the verifier accepted that."""

    value: Exact
    certificate: str | None = None
    verified: bool = False


class OptionsModel(Model):
    """What the run was asked to do."""

    time_limit: Seconds
    workers: int
    seed: int
    deterministic: bool = False
    without: Annotated[list[str], Field(default_factory=list)]
    memory_limit: int | None = None


class OperatorModel(Model):
    """How one way of improving fared: calls, improvements, total decrease of the cost, time spent."""

    name: str
    calls: Count
    improvements: Count
    gain: Exact
    seconds: Seconds


class IncumbentModel(Model):
    """A new best cost and when it was found."""

    seconds: Seconds
    cost: Exact


class ResultDocument(Model):
    """A legal placement of an instance with its score, and how it was found.

    `instance_sha256` is the digest by which certificates name the instance; `gap` is (cost - bound) / bound.
    """

    format: Literal["wse-cp result"]
    version: Version
    written_by: str = ""
    instance_sha256: str
    score: ScoreModel
    lower_bound: BoundModel | None = None
    gap: Exact | None = None
    seconds: Seconds
    seed: int
    stopped_by: str = ""
    solver_optimal: bool = False
    options: OptionsModel | None = None
    history: Annotated[list[IncumbentModel], Field(default_factory=list)]
    statistics: Annotated[list[OperatorModel], Field(default_factory=list)]
    instance: InstanceDocument
    placement: PlacementDocument


def parse_result(text: str, source: str) -> Result:
    """Return the result in a JSON text; its placement is checked and scored again.

    Raises `InputError`, with line and path, if it is no result document, the placement is not legal, or
    score, gap or digest are not those of placement and instance.
    """
    data, _ = read_document(text, source, RESULT)
    place = Place(text, source)
    document = validated(ResultDocument, data, place)
    instance = instance_of(document.instance, place.at("instance"))
    if document.instance_sha256 != instance_digest(instance):
        raise place.at("instance_sha256").error("the digest of the instance below", document.instance_sha256)
    placement = _placement(document, instance, place.at("placement"))
    found = score(instance, placement)
    if ScoreModel(**asdict(found)) != document.score:
        expected = f"the placement's score, cost {exact_text(found.cost)},"
        raise place.at("score").error(expected, f"cost {exact_text(document.score.cost)} or other parts")
    with place.at("options").errors():
        options = RunOptions(**dict(document.options)) if document.options else None
    result = _result(document, instance, placement, found, options)
    if result.gap != document.gap:
        raise place.at("gap").error(f"(cost - bound) / bound = {result.gap}", str(document.gap))
    return result


def format_result(result: Result) -> str:
    """Return the JSON text of a result."""
    return format_json(result_json(result))


def result_json(result: Result) -> dict[str, Any]:
    """Return the result document as JSON values."""
    instance, options = result.instance, result.options
    placed = (result.placement[name] for name in instance.kernels)
    return {
        "format": RESULT,
        "version": VERSION,
        "written_by": f"wse-cp {__version__}",
        "instance_sha256": instance_digest(instance),
        "score": score_json(result.score),
        "lower_bound": _bound_json(result),
        "gap": exact_or_none(result.gap),
        "seconds": result.seconds,
        "seed": result.seed,
        "stopped_by": result.stopped_by,
        "solver_optimal": result.solver_optimal,
        "options": None if options is None else {**asdict(options), "without": list(options.without)},
        "history": [{"seconds": time, "cost": exact_number(cost)} for time, cost in result.history],
        "statistics": [{**asdict(entry), "gain": exact_number(entry.gain)} for entry in result.statistics],
        "instance": instance_json(instance),
        "placement": placement_json(placed),
    }


def _bound_json(result: Result) -> dict[str, Any] | None:
    if result.lower_bound is None:
        return None
    return {
        "value": exact_number(result.lower_bound),
        "verified": result.verified,
        "certificate": result.certificate,
    }


def _placement(document: ResultDocument, instance: Instance, place: Place) -> Placement:
    entries = placed_of(document.placement, place)
    last_line = place.text.rstrip().count("\n") + 1
    placement = matched_placement(entries, place.source, instance, last_line)
    for violation in violations(instance, placement.values()):
        raise place.error("a legal placement", violation.message)
    return placement


def _result(
    document: ResultDocument,
    instance: Instance,
    placement: Placement,
    found: Score,
    options: RunOptions | None,
) -> Result:
    bound = document.lower_bound
    return Result(
        instance,
        placement,
        found,
        document.seconds,
        document.seed,
        statistics=tuple(OperatorStatistics(**dict(entry)) for entry in document.statistics),
        stopped_by=document.stopped_by,
        solver_optimal=document.solver_optimal,
        lower_bound=bound.value if bound else None,
        certificate=bound.certificate if bound else None,
        verified=bound.verified if bound else False,
        history=tuple((entry.seconds, entry.cost) for entry in document.history),
        options=options,
    )


#: The documents that have a published schema.
