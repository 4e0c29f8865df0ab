"""What the client and the workers of a cluster say to each other: JSON documents, checked when read.

A placement travels as the text of a `.paint` file, the state of a search as a checkpoint's document, a bound
as a certificate: what is exchanged is what stands in files, and is read with the same limits.
"""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Annotated, Literal, TypeVar

from pydantic import Field

from wse_cp.errors import InputError
from wse_cp.files.json_models import Model, read_document, validated
from wse_cp.files.json_numbers import Exact, Seconds
from wse_cp.files.json_text import Place
from wse_cp.files.text import MAX_FILE_SIZE
from wse_cp.options import MAX_SEED, MAX_WORKERS

#: Most messages of a report, and names of what its threads are at.
MAX_MESSAGES, MAX_NAMES = 20, 1024
#: Longest message (characters).
MAX_MESSAGE = 400

Short = Annotated[str, Field(max_length=200)]
#: A range of largest times (1 / time_scale cycles): the first one, and the one it ends before, if it ends.
Region = tuple[int, int | None]
State = Literal["loading", "compiling", "ready", "searching", "ended", "failed", "unheard"]
#: The states of tasks that are over.
ENDED = ("ended", "failed", "unheard")
RegionModel = Annotated[list[Annotated[int, Field(ge=0)] | None], Field(min_length=2, max_length=2)]


class Task(Model):
    """What a worker is to do: search for placements with so many threads, or for a bound.

    `without` are the parts of the search that the run leaves out; an order may add some. `instance` is a JSON
    document, `checkpoint` one of the state to begin with, `placement` the text of the incumbent.
    """

    format: Literal["wse-cp cluster task"] = "wse-cp cluster task"
    run: Short
    role: Literal["placements", "bound"] = "placements"
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)]
    threads: Annotated[int, Field(ge=1, le=MAX_WORKERS)]
    without: Annotated[list[Short], Field(default_factory=list)]
    instance: str
    checkpoint: str
    placement: str | None = None


class Order(Model):
    """Client: how long the search goes on, and what others have found since the last order.

    Parameters
    ----------
    left
        Seconds from now on; None as long as the run has not begun.
    stop
        The search is over, whatever is left.
    placement
        Text of the best placement, if the worker has none as good.
    trees
        A checkpoint's document with slicing trees.
    cost
        Of the client's incumbent: only what is better is to be reported.
    region
        The range of largest times that a search for a bound is to work on from now on.
    without
        All parts that the search is to leave out, as others make them; counts until it begins.
    """

    format: Literal["wse-cp cluster order"] = "wse-cp cluster order"
    left: Seconds | None = None
    stop: bool = False
    placement: str | None = None
    trees: str | None = None
    cost: Exact | None = None
    region: RegionModel | None = None
    without: list[Short] | None = None


class Report(Model):
    """Worker: how far it is and what it has found since the last report.

    Parameters
    ----------
    state
        "ended" if the search has, "failed" if it broke down (`messages` has why), "unheard" if it has ended
        because no order came.
    placement, source
        Text of its best placement and what found it, if it is better than the client's.
    cost
        Of its best placement.
    checkpoint
        The state of its search.
    messages
        Pairs of a source and a text for people.
    searching
        What its threads are at.
    certificate, region
        Of the best bound of a range of largest times; it need not hold elsewhere.
    solver_least
        The least cost by the word of its solver, which no certificate shows.
    """

    format: Literal["wse-cp cluster report"] = "wse-cp cluster report"
    state: State
    placement: str | None = None
    cost: Exact | None = None
    source: Short = ""
    checkpoint: str | None = None
    messages: Annotated[
        list[Annotated[list[str], Field(min_length=2, max_length=2)]],
        Field(default_factory=list, max_length=MAX_MESSAGES),
    ]
    searching: Annotated[list[Short], Field(default_factory=list, max_length=MAX_NAMES)]
    certificate: str | None = None
    region: RegionModel | None = None
    solver_least: Exact | None = None


M = TypeVar("M", Task, Order, Report)


def text_of(message: Task | Order | Report) -> str:
    """Return a message as JSON; what is not set is left out."""
    values = message.model_dump(exclude_none=True)
    for name in ("cost", "solver_least"):
        if isinstance(cost := values.get(name), str | Fraction):
            number = Fraction(cost)
            values[name] = f"{number.numerator}/{number.denominator}"
    return json.dumps(values, separators=(",", ":"))


def parse(model: type[M], text: object, source: str) -> M:
    """Return the message in a text.

    Raises `InputError` if it is none, or too long.
    """
    if not isinstance(text, str):
        raise InputError("a message as text", type(text).__name__, source)
    if len(text) > MAX_FILE_SIZE:
        raise InputError(f"a message of at most {MAX_FILE_SIZE} characters", str(len(text)), source)
    data, _ = read_document(text, source, model.model_fields["format"].default)
    return validated(model, data, Place(text, source))
