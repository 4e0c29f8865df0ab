"""The summary of a solution on a page: its cost, the parts of it, the bound and the gap, as text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from wse_cp.decimals import difference_text, exact_text, percent_text, share, share_text
from wse_cp.grades import Grade
from wse_cp.instance import Instance
from wse_cp.report.page.model import KnownBound, Run
from wse_cp.result import relative_gap
from wse_cp.score import Score, weighted_parts


@dataclass(frozen=True)
class Part:
    """A part of the cost: the amount, its weight, what it costs and the share of the cost."""

    name: str
    amount: str
    weight: int
    cost: str
    percent: str
    share: float  #: from 0 to 1


@dataclass(frozen=True)
class Summary:
    """What a page says of a solution as a whole, in text; "-" for what is not known."""

    cost: str
    difference: str  #: to the best solution of the page
    parts: tuple[Part, ...]  #: none without a score
    gap: str
    utilisation: str
    facts: tuple[tuple[str, str], ...]  #: how it was found


def summarised(
    instance: Instance, found: Grade, run: Run, bound: KnownBound | None, best: Fraction | None
) -> Summary:
    """Return the summary of a solution, measured by a bound and by the best cost of the page."""
    facts = tuple(_run_facts(run))
    score = found.score
    if score is None or best is None:
        return Summary("-", "-", (), "-", "-", facts)
    gap = None if bound is None else relative_gap(score.cost, bound.value)
    return Summary(
        exact_text(score.cost),
        difference_text(score.cost, best),
        tuple(cost_parts(instance, score)),
        "optimal" if gap == 0 and bound is not None and bound.verified else percent_text(gap),
        utilisation(instance, found),
        facts,
    )


def cost_parts(instance: Instance, score: Score) -> Iterator[Part]:
    """Yield the parts of a cost: time, wires, adapters."""
    for name, amount, weight in weighted_parts(score, instance.settings):
        cost = weight * amount
        ratio = float(share(cost, score.cost) or 0)
        yield Part(name, exact_text(amount), weight, exact_text(cost), share_text(cost, score.cost), ratio)


def utilisation(instance: Instance, found: Grade) -> str:
    """Return the part of the wafer that the kernels of a legal solution cover, as a percentage."""
    boxes = [placed.rectangle for placed in found.placed]
    area = sum(box.width * box.height for box in boxes)
    return share_text(area, instance.settings.width * instance.settings.height)


def bound_text(bound: KnownBound | None) -> str:
    """Return the bound and whether it can be relied on."""
    if bound is None:
        return "none given"
    state = "verified" if bound.verified else "as claimed by its certificate, not yet verified"
    return f"{exact_text(bound.value)} ({state})"


def _run_facts(run: Run) -> Iterator[tuple[str, str]]:
    if run.seconds is not None:
        yield "seconds", f"{run.seconds:.1f}" + (f" ({run.stopped_by})" if run.stopped_by else "")
    if run.optimality:
        yield "status", run.optimality
    if run.seed is not None:
        yield "seed", str(run.seed)
