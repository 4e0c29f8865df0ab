"""The view of a running search: incumbent, bound, gap, cost over time, and the operators with their gains.

`RunState` collects the events and the activity; `view` lays out what fits a frame.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from wse_cp.decimals import exact_text, percent_text
from wse_cp.progress.chart import step_chart
from wse_cp.progress.events import Activity, Event
from wse_cp.progress.lines import bound_cells, score_cells
from wse_cp.result import OperatorStatistics, relative_gap

Points = list[tuple[float, float]]


@dataclass
class RunState:
    """The last incumbent, bound and message; all costs and bounds over time (seconds, value).

    `origin` is the moment, by `time.monotonic()`, from which the run counts its seconds.

    One thread at a time may write; another may read meanwhile, because values are replaced or appended,
    never changed.
    """

    incumbent: Event | None = None
    bound: Event | None = None
    message: str = "starting"
    activity: Activity | None = None
    costs: Points = field(default_factory=list)
    bounds: Points = field(default_factory=list)
    origin: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Seconds of the run so far."""
        return time.monotonic() - self.origin

    def watch(self, activity: Activity) -> None:
        """Record the activity."""
        self.activity, self.origin = activity, time.monotonic() - activity.seconds

    def record(self, event: Event) -> None:
        """Record an event; an incumbent or a bound clears the message."""
        self.origin = time.monotonic() - event.seconds
        self.message = event.message if event.is_message else ""
        if event.score is not None:
            self.incumbent = event
            self.costs.append((event.seconds, float(event.score.cost)))
        if event.bound is not None:
            self.bound = event
            self.bounds.append((event.seconds, float(event.bound.value)))

    @property
    def gap(self) -> Fraction | None:
        """(cost - bound) / bound; None while cost or bound is missing, or if the bound is above the cost."""
        cost = self.incumbent.score.cost if self.incumbent and self.incumbent.score else None
        bound = self.bound.bound.value if self.bound and self.bound.bound else None
        return None if cost is None or bound is None or bound > cost else relative_gap(cost, bound)


#: Lines of the chart and of the table of operators; the least height of a frame (lines) with a chart.
_CHART, _OPERATORS, _CHART_FROM = 5, 8, 18
#: Lines that all but the table of operators take.
_OTHERS = 14
#: Least width (characters) at which the parts of costs and bounds are shown.
_DETAILED = 50
#: Largest width of the chart (characters).
_WIDEST = 100


@dataclass(frozen=True)
class Frame:
    """The space for the view: width in characters, height in lines, whether only ASCII can be shown."""

    width: int
    height: int
    ascii_only: bool = False


def view(state: RunState, frame: Frame, time_limit: float | None = None) -> RenderableType:
    """Return the view of a run; `time_limit` (seconds) is shown beside the clock."""
    return Group(*_parts(state, state.seconds, frame, time_limit))


def _parts(state: RunState, seconds: float, frame: Frame, limit: float | None) -> Iterator[RenderableType]:
    points = state.costs or state.bounds
    if points:
        yield _numbers(state, detailed=frame.width >= _DETAILED)
        if frame.height >= _CHART_FROM and len(points) > 1:
            end = max(seconds, points[-1][0])
            lines = step_chart(points, end, min(frame.width, _WIDEST) - 1, _CHART, frame.ascii_only)
            if lines:
                yield ""
                yield Text("\n".join(lines), style="cyan", no_wrap=True)
    if state.activity is not None:
        operators = operator_table(state.activity, min(_OPERATORS, frame.height - _OTHERS), frame.ascii_only)
        if operators is not None:
            yield ""
            yield operators
    clock = f"{seconds:.1f} s" + (f" of {limit:g} s" if limit is not None else "")
    yield Text(f"{clock}  {state.message or _searching(state.activity)}".rstrip(), style="dim")


def _numbers(state: RunState, detailed: bool) -> Table:
    """Return the incumbent, the bound and the gap, a line each; `detailed` adds their parts."""
    rows: list[tuple[str, Text, Text]] = []
    if state.incumbent is not None:
        cost, *parts = score_cells(state.incumbent.score)
        rows.append(("cost", Text(cost, "bold green"), _made_of(("max time", "wire length"), parts)))
        rows.append(("", Text(), _found(state.incumbent)))
    if state.bound is not None:
        value, *parts = bound_cells(state.bound.bound)
        rows.append(("claimed bound", Text(value, "bold"), _made_of(("time", "wire"), parts)))
    if state.gap is not None:
        rows.append(("gap", Text(percent_text(state.gap), "bold"), Text()))
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    for name, number, details in rows:
        if detailed:
            table.add_row(name, number, Text(details.plain, "dim"))
        elif name:
            table.add_row(name, number)
    return table


def _made_of(names: Sequence[str], parts: Sequence[str]) -> Text:
    named = zip((*names, "adapters"), parts, strict=True)
    return Text(", ".join(f"{name} {part}" for name, part in named))


def _found(event: Event) -> Text:
    return Text(f"found by {event.source} after {event.seconds:.1f} s")


def _searching(activity: Activity | None) -> str:
    if activity is None or not activity.searching:
        return ""
    return "at work: " + ", ".join(dict.fromkeys(activity.searching))


def operator_table(activity: Activity, rows: int, ascii_only: bool = False) -> Table | None:
    """Return a table of the operators that have gained most; None if there is nothing to show.

    A mark stands before those that are running.
    """
    chosen = sorted(activity.statistics, key=_rank)[: max(rows, 0)]
    if not chosen:
        return None
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("way of improving", no_wrap=True, overflow="ellipsis" if not ascii_only else "crop")
    for heading in ("calls", "better", "gain", "seconds"):
        table.add_column(heading, justify="right", no_wrap=True)
    mark = ">" if ascii_only else "▸"
    for operator in chosen:
        busy = operator.name in activity.searching
        name = Text(f"{mark if busy else ' '} {operator.name}", "bold" if busy else "")
        table.add_row(
            name,
            str(operator.calls),
            str(operator.improvements),
            exact_text(operator.gain),
            f"{operator.seconds:.1f}",
        )
    return table


def _rank(operator: OperatorStatistics) -> tuple[float, int, float]:
    return -float(operator.gain), -operator.improvements, -operator.seconds
