"""What has been told of a run so far.

The view of a running search: incumbent, bound, gap, cost over time, who searches and what it brought.
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
class Story:
    """The last incumbent, bound and message; all costs and bounds over time (seconds, value).

    `origin` is the moment, by `time.monotonic()`, from which the run counts its seconds.

    Written by one thread at a time; another may read meanwhile, for nothing that is read is ever changed.
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
        """Take up what goes on."""
        self.activity, self.origin = activity, time.monotonic() - activity.seconds

    def take(self, event: Event) -> None:
        """Take up an event; what is found wipes out the message before it."""
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
        """How far the incumbent may be from optimal, if the bound holds; None while that is not known."""
        cost = self.incumbent.score.cost if self.incumbent and self.incumbent.score else None
        bound = self.bound.bound.value if self.bound and self.bound.bound else None
        return None if cost is None or bound is None or bound > cost else relative_gap(cost, bound)


#: Lines of the chart, and of the table of what has brought something; a chart needs so many lines in all.
_CHART, _WAYS, _ROOM = 5, 8, 18
#: Lines that all but the table of ways take.
_OTHERS = 14
#: Characters in a line from which on it is said what costs and bounds are made of.
_DETAILED = 50
#: Widest chart (characters): time needs no finer grain.
_WIDEST = 100


@dataclass(frozen=True)
class Frame:
    """The room there is: characters, lines, and whether only ASCII can be shown."""

    width: int
    height: int
    ascii_only: bool = False


def view(story: Story, frame: Frame, time_limit: float | None = None) -> RenderableType:
    """Return what is shown of a run."""
    return Group(*_parts(story, story.seconds, frame, time_limit))


def _parts(story: Story, seconds: float, frame: Frame, limit: float | None) -> Iterator[RenderableType]:
    points = story.costs or story.bounds
    if points:
        yield _numbers(story, detailed=frame.width >= _DETAILED)
        if frame.height >= _ROOM and len(points) > 1:
            end = max(seconds, points[-1][0])
            lines = step_chart(points, end, min(frame.width, _WIDEST) - 1, _CHART, frame.ascii_only)
            if lines:
                yield ""
                yield Text("\n".join(lines), style="cyan", no_wrap=True)
    if story.activity is not None:
        ways = ways_table(story.activity, min(_WAYS, frame.height - _OTHERS), frame.ascii_only)
        if ways is not None:
            yield ""
            yield ways
    clock = f"{seconds:.1f} s" + (f" of {limit:g} s" if limit is not None else "")
    yield Text(f"{clock}  {story.message or _searching(story.activity)}".rstrip(), style="dim")


def _numbers(story: Story, detailed: bool) -> Table:
    """Return the incumbent, the bound and the gap, a line each; detailed: what they are made of."""
    rows: list[tuple[str, Text, Text]] = []
    if story.incumbent is not None:
        cost, *parts = score_cells(story.incumbent.score)
        rows.append(("cost", Text(cost, "bold green"), _made_of(("max time", "wire length"), parts)))
        rows.append(("", Text(), _found(story.incumbent)))
    if story.bound is not None:
        value, *parts = bound_cells(story.bound.bound)
        rows.append(("claimed bound", Text(value, "bold"), _made_of(("time", "wire"), parts)))
    if story.gap is not None:
        rows.append(("gap", Text(percent_text(story.gap), "bold"), Text()))
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


def ways_table(activity: Activity, rows: int, ascii_only: bool = False) -> Table | None:
    """Return a table of the ways of improving that have brought most; None if there is nothing to show.

    A mark stands before those at work.
    """
    chosen = sorted(activity.statistics, key=_rank)[: max(rows, 0)]
    if not chosen:
        return None
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("way of improving", no_wrap=True, overflow="ellipsis" if not ascii_only else "crop")
    for heading in ("calls", "better", "gain", "seconds"):
        table.add_column(heading, justify="right", no_wrap=True)
    mark = ">" if ascii_only else "▸"
    for way in chosen:
        busy = way.name in activity.searching
        name = Text(f"{mark if busy else ' '} {way.name}", "bold" if busy else "")
        table.add_row(name, str(way.calls), str(way.improvements), exact_text(way.gain), f"{way.seconds:.1f}")
    return table


def _rank(way: OperatorStatistics) -> tuple[float, int, float]:
    return -float(way.gain), -way.improvements, -way.seconds
