"""Result: what solve() returns, and the JSON form that solve and check share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from fractions import Fraction
from os import PathLike
from typing import TYPE_CHECKING

from wse_cp.decimals import exact_or_none
from wse_cp.errors import Violation
from wse_cp.instance import Instance
from wse_cp.options import RunOptions
from wse_cp.placement import Placement
from wse_cp.score import Score
from wse_cp.version import __version__
from wse_cp.views import views

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

Json = dict[str, object]

#: What `Result.optimality` says.
OPTIMAL, OPTIMAL_BY_SOLVER = "optimal", "optimal by the solver's word, not certified"


@dataclass(frozen=True)
class OperatorStatistics:
    """How one way of improving fared in a run."""

    name: str
    calls: int
    improvements: int
    gain: Fraction  #: total decrease of the cost
    seconds: float


@dataclass(frozen=True)
class Result:
    """A legal placement with its checked score, and how it was found.

    `seconds` is the wall time of the run; `stopped_by` says in a word why it ended (a time limit,
    a proof, the user). `lower_bound` has a certificate, if there is one.
    """

    instance: Instance
    placement: Placement
    score: Score
    seconds: float
    seed: int
    statistics: tuple[OperatorStatistics, ...] = ()
    stopped_by: str = ""
    lower_bound: Fraction | None = None
    certificate: str | None = None  #: of the lower bound, for `wse_cp.bounds.verifier.verify`
    verified: bool = False  #: whether the verifier has agreed to it already
    history: tuple[tuple[float, Fraction], ...] = ()  #: seconds and cost of each new incumbent
    options: RunOptions | None = None  #: what the run was asked to do, where that is known
    solver_optimal: bool = False  #: whether the constraint solver says that nothing is cheaper

    @property
    def gap(self) -> Fraction | None:
        """How far the cost may be from the least possible one, as a ratio (see `relative_gap`)."""
        return relative_gap(self.score.cost, self.lower_bound)

    @property
    def optimality(self) -> str:
        """What is known of the cost being the least, in words; empty if nothing is.

        Only "optimal" is certified: the verifier agrees to a bound that equals the cost.
        """
        if self.verified and self.gap == 0:
            return OPTIMAL
        return OPTIMAL_BY_SOLVER if self.solver_optimal else ""

    def to_frame(self) -> pd.DataFrame:
        """Return the run as one row: seed, seconds, cost and its parts, bound and gap; `report/frames.py`."""
        return views().run_frame([self])

    def kernel_frame(self) -> pd.DataFrame:
        """Return a row for each kernel: arguments, position, size, time, memory; see `report/frames.py`."""
        return views().kernel_frame(self.instance, self.placement)

    def wire_frame(self) -> pd.DataFrame:
        """Return a row for each wire: ends, length, adapters, cost; see `report/frames.py`."""
        return views().wire_frame(self.instance, self.placement)

    def history_frame(self) -> pd.DataFrame:
        """Return a row for each incumbent of the run: seconds since its start, cost."""
        return views().history_frame(self)

    def plot(self, colour: str = "type") -> Figure:
        """Return a picture of the placement, coloured by "type" or "time", which notebooks show."""
        return views().placement_figure(self.instance, self.placement, colour)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the placement to a `.paint` or `.json` file; raises `InputError` if it cannot be written."""
        from wse_cp.files.by_suffix import write_placement_file

        write_placement_file(str(path), self.instance, self.placement)

    def _repr_html_(self) -> str:
        return views().result_html(self)

    def to_json(self, name: str | None = None) -> Json:
        """Return the report as JSON values; `name` identifies the instance (default: its label)."""
        return report(
            name or self.instance.test,
            self.score,
            seconds=self.seconds,
            seed=self.seed,
            lower_bound=self.lower_bound,
        )


def relative_gap(cost: Fraction, lower_bound: Fraction | None) -> Fraction | None:
    """Return (cost - bound) / bound; None if there is no bound, or one of 0 that is not met."""
    if lower_bound is None:
        return None
    if cost == lower_bound:
        return Fraction(0)
    return (cost - lower_bound) / lower_bound if lower_bound > 0 else None


def report(
    name: str,
    score: Score | None,
    violations: Sequence[Violation] = (),
    seconds: float | None = None,
    seed: int | None = None,
    lower_bound: Fraction | None = None,
) -> Json:
    """Return the JSON report of a solved or checked placement; what is not known is null."""
    gap = relative_gap(score.cost, lower_bound) if score else None
    return {
        "instance": name,
        "legal": not violations,
        "violations": [violation_json(violation) for violation in violations],
        **score_json(score),
        "lower_bound": exact_or_none(lower_bound),
        "gap": exact_or_none(gap),
        "seconds": None if seconds is None else round(seconds, 3),
        "seed": seed,
        "version": __version__,
    }


def score_json(score: Score | None) -> Json:
    """Return the cost and its parts as JSON values; null without a score."""
    parts = asdict(score) if score else dict.fromkeys(part.name for part in fields(Score))
    return {name: exact_or_none(part) for name, part in parts.items()}


def violation_json(violation: Violation) -> Json:
    """Return a violation as JSON values."""
    return {"kind": violation.kind, "kernels": list(violation.kernels), "message": violation.message}
