"""How a notebook displays an instance, a placement and a result: small tables and pictures as HTML.

All text from files is escaped. `network_facts` and `settings_facts` describe an instance, for terminals, too.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape
from typing import TYPE_CHECKING

import networkx as nx

from wse_cp.decimals import exact_text, percent_text
from wse_cp.instance import Instance
from wse_cp.placement import Placement
from wse_cp.score import weighted_parts

if TYPE_CHECKING:
    import pandas as pd

    from wse_cp.result import Result

#: Rows of a table in a notebook; longer ones are shortened in the middle.
_ROWS = 20

#: Most sources or sinks that are named.
MOST_NAMES = 24


def result_html(result: Result) -> str:
    """Return the score of a run with its bound, and the picture of the placement."""
    from wse_cp.report.picture.figure import placement_figure

    picture = placement_figure(result.instance, result.placement)._repr_svg_()
    source = b64encode(picture.encode()).decode()  # an image: its styles cannot leak into the page
    name = escape(result.instance.test or "placement")
    image = f'<img alt="{name}" style="max-width:100%;width:40em" src="data:image/svg+xml;base64,{source}">'
    return facts_html(_result_facts(result)) + image


def instance_html(instance: Instance) -> str:
    """Return the facts of an instance and the table of its kernels."""
    facts = facts_html([*network_facts(instance), *settings_facts(instance)])
    return facts + frame_html(instance.to_frame())


def placement_html(placement: Placement) -> str:
    """Return the kernels of a placement."""
    return frame_html(placement.to_frame())


def facts_html(facts: Iterable[tuple[str, str]]) -> str:
    """Return a table of names and texts."""
    left = 'style="text-align:left"'
    rows = (f"<tr><th {left}>{escape(name)}</th><td {left}>{escape(text)}</td></tr>" for name, text in facts)
    return f"<table>{''.join(rows)}</table>"


def frame_html(frame: pd.DataFrame) -> str:
    """Return a frame as a table, shortened if it is long; texts are escaped."""
    return frame.to_html(max_rows=_ROWS, border=0, escape=True, index=False, na_rep="")


def network_facts(instance: Instance) -> Iterator[tuple[str, str]]:
    """Yield names and texts: label, kernels, edges, depth, ends of the network."""
    graph = instance.kernel_graph
    types = Counter(kernel.type_name for kernel in instance.kernels.values())
    if instance.test:
        yield "test", instance.test
    yield "kernels", f"{len(graph)} ({', '.join(f'{count} {name}' for name, count in types.items())})"
    yield "counted edges", str(sum(count for _, _, count in instance.kernel_edges))
    yield "depth", f"{nx.dag_longest_path_length(graph, weight=None) + 1} kernels"
    yield "sources", _names(name for name, degree in graph.in_degree() if degree == 0)
    yield "sinks", _names(name for name, degree in graph.out_degree() if degree == 0)


def _names(names: Iterable[str]) -> str:
    """Return names as text; of many, the first ones and how many more there are."""
    found = list(names)
    more = f" and {len(found) - MOST_NAMES} more" if len(found) > MOST_NAMES else ""
    return " ".join(found[:MOST_NAMES]) + more


def settings_facts(instance: Instance) -> Iterator[tuple[str, str]]:
    """Yield names and texts of the wafer, the memory limit and the weights."""
    settings = instance.settings
    yield "wafer", f"{settings.width} x {settings.height} tiles"
    yield "memory limit", f"{settings.memlimit} words per tile"
    yield "weights", f"time {settings.wdeltat}, wire {settings.wlength}, adapter {settings.wadapter}"


def _result_facts(result: Result) -> Iterable[tuple[str, str]]:
    if result.instance.test:
        yield "instance", result.instance.test
    yield "cost", exact_text(result.score.cost)
    for name, amount, weight in weighted_parts(result.score, result.instance.settings):
        yield name, f"{exact_text(amount)} x {weight}"
    if result.lower_bound is not None:
        state = "verified" if result.verified else "claimed, not yet verified"
        yield "lower bound", f"{exact_text(result.lower_bound)} ({state})"
        yield "gap", percent_text(result.gap)
    if result.optimality:
        yield "status", result.optimality
    yield "seconds", f"{result.seconds:.1f} ({result.stopped_by})" if result.stopped_by else "-"
