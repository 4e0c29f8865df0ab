"""Draw the pictures of docs/glossary.md and docs/bounds.md: small SVG files in docs/images/glossary."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import escape

from wse_cp.files.writing import write_file

FOLDER = Path(__file__).resolve().parents[1] / "docs/images/glossary"
_UNIT, _MARGIN = 10, 8  #: pixels a tile, and around the picture
_KERNEL, _MARKED, _OTHER, _EDGE = "#cfe3f5", "#f7d08a", "#ececec", "#3b4a5a"
_ACCENT = "#b3322a"

Point = tuple[float, float]


class Box:
    """A rectangle in tiles; y points up."""

    def __init__(self, x: float, y: float, width: float, height: float) -> None:
        self.x, self.y, self.width, self.height = x, y, width, height

    @property
    def centre(self) -> Point:
        """Its middle."""
        return self.x + self.width / 2, self.y + self.height / 2


class Drawing:
    """A picture in tiles, written as SVG; what is drawn later lies on top."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._parts: list[str] = []

    def box(
        self, x: float, y: float, width: float, height: float, name: str = "", fill: str = _KERNEL
    ) -> Box:
        """Draw a kernel, its name in its upper left corner."""
        box = Box(x, y, width, height)
        left, top = self._at((x, y + height))
        size = f'width="{width * _UNIT:g}" height="{height * _UNIT:g}"'
        self._parts.append(f'<rect x="{left:g}" y="{top:g}" {size} fill="{fill}" stroke="{_EDGE}"/>')
        if name:
            self.text((x + 0.4, y + height - 0.8), name, anchor="start")
        return box

    def frame(self, x: float, y: float, width: float, height: float) -> None:
        """Draw a dashed outline: the wafer, a window, a group."""
        left, top = self._at((x, y + height))
        size = f'width="{width * _UNIT:g}" height="{height * _UNIT:g}"'
        self._parts.append(
            f'<rect x="{left:g}" y="{top:g}" {size} fill="none" stroke="{_EDGE}" stroke-dasharray="4 3"/>'
        )

    def node(self, centre: Point, name: str, fill: str = _KERNEL) -> Point:
        """Draw a kernel as a node of the network."""
        x, y = self._at(centre)
        self._parts.append(f'<circle cx="{x:g}" cy="{y:g}" r="9" fill="{fill}" stroke="{_EDGE}"/>')
        self.text(centre, name)
        return centre

    def line(self, *points: Point, colour: str = _EDGE, width: float = 1.5, dashes: str = "") -> None:
        """Draw a line through some points."""
        path = " ".join(f"{x:g},{y:g}" for x, y in map(self._at, points))
        dash = f' stroke-dasharray="{dashes}"' if dashes else ""
        self._parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}"{dash}/>'
        )

    def wire(self, *boxes: Box, colour: str = _EDGE) -> None:
        """Draw wires from each box to the next, bent once: first along y, then along x."""
        for a, b in pairwise(boxes):
            (ax, ay), (bx, by) = a.centre, b.centre
            self.line((ax, ay), (ax, by), (bx, by), colour=colour)
            for point in (a.centre, b.centre):
                self.dot(point, colour)

    def dot(self, point: Point, colour: str = _EDGE) -> None:
        """Draw a dot."""
        x, y = self._at(point)
        self._parts.append(f'<circle cx="{x:g}" cy="{y:g}" r="2" fill="{colour}"/>')

    def measure(self, start: Point, end: Point, text: str, shift: Point = (0, 0.9)) -> None:
        """Draw an arrow with two heads and a text beside its middle."""
        (ax, ay), (bx, by) = self._at(start), self._at(end)
        ends = 'marker-start="url(#tip)" marker-end="url(#tip)"'
        self._parts.append(
            f'<line x1="{ax:g}" y1="{ay:g}" x2="{bx:g}" y2="{by:g}" stroke="{_ACCENT}" {ends}/>'
        )
        middle = (start[0] + end[0]) / 2 + shift[0], (start[1] + end[1]) / 2 + shift[1]
        self.text(middle, text, _ACCENT)

    def arrow(self, start: Point, end: Point, colour: str = _ACCENT) -> None:
        """Draw an arrow."""
        (ax, ay), (bx, by) = self._at(start), self._at(end)
        self._parts.append(
            f'<line x1="{ax:g}" y1="{ay:g}" x2="{bx:g}" y2="{by:g}" stroke="{colour}" '
            'marker-end="url(#tip)"/>'
        )

    def text(self, centre: Point, text: str, colour: str = "#16202a", anchor: str = "middle") -> None:
        """Write a text around a point."""
        x, y = self._at(centre)
        self._parts.append(
            f'<text x="{x:g}" y="{y + 4:g}" fill="{colour}" text-anchor="{anchor}">{escape(text)}</text>'
        )

    def svg(self) -> str:
        """Return the picture as the text of an SVG file."""
        width, height = (side * _UNIT + 2 * _MARGIN for side in (self.width, self.height))
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
            f'viewBox="0 0 {width:g} {height:g}" font-family="sans-serif" font-size="11">'
        )
        tip = (
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
            f'orient="auto-start-reverse"><path d="M0 0L8 4L0 8z" fill="{_ACCENT}"/></marker></defs>'
        )
        back = f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>'
        return "\n".join([head, tip, back, *self._parts, "</svg>", ""])

    def _at(self, point: Point) -> Point:
        return _MARGIN + point[0] * _UNIT, _MARGIN + (self.height - point[1]) * _UNIT


def axes() -> Drawing:
    """Draw two kernels with label y: what the distance is at least on the axis, and off it."""
    d = Drawing(36, 15)
    u, v = d.box(2, 1, 7, 4, "u"), d.box(8, 8, 6, 6, "v")
    d.wire(u, v)
    d.measure((23, 3), (23, 11), "")
    d.text((24, 7.7), "on-axis (y):", _ACCENT, "start")
    d.text((24, 6.3), "at least (h_u + h_v)/2", _ACCENT, "start")
    d.measure((5.5, 6.6), (11, 6.6), "")
    d.text((11.6, 6.6), "off-axis: at least 0", _ACCENT, "start")
    return d


def run() -> Drawing:
    """Draw a run: pairwise disjoint along y, so that the heights sum to at most H."""
    d = Drawing(21, 20)
    d.frame(0, 0, 16, 20)
    boxes, bottom = [], 0.5
    for i, (x, width, height) in enumerate([(3, 8, 3), (5, 4, 4), (1, 9, 3), (7, 6, 5), (4, 5, 3)], 1):
        boxes.append(d.box(x, bottom, width, height, f"v{i}", _MARKED))
        bottom += height + 0.2
    for a, b in pairwise(boxes):
        d.line(a.centre, b.centre)
    d.measure((17.5, 0), (17.5, 20), "H", (1.2, 0))
    return d


def turn() -> Drawing:
    """Draw a turn: i and j are far apart however small v is."""
    d = Drawing(25, 16)
    i, v = d.box(1, 9, 14, 3, "i"), d.box(6.5, 5.5, 3, 3, "v", _MARKED)
    j = d.box(15.3, 1, 4, 14, "j")
    d.line(i.centre, v.centre, j.centre)
    d.text((11.8, 5.6), "label x")
    d.text((5.8, 7.2), "label y", anchor="end")
    d.measure((8, 3.5), (17.3, 3.5), "(w_i + w_j)/2", (-1.5, -1.1))
    d.line((8, 3), (8, 5.5), colour=_ACCENT, width=0.8, dashes="2 2")
    return d


def breaking() -> Drawing:
    """Draw a break: the closer is beside the opener, so the spine between them goes off-axis."""
    d = Drawing(31, 19)
    v1, v2, v3, v4, v5 = (
        d.box(1, 0.5, 7, 4, "v1"),
        d.box(2, 5, 6, 5, "opener", _MARKED),
        d.box(4, 14.5, 11, 3.5, "v3"),
        d.box(9, 7, 8, 5, "closer", _MARKED),
        d.box(10, 1, 6, 5, "v5"),
    )
    d.line(*(box.centre for box in (v1, v2, v3, v4, v5)))
    d.measure((5, 13.2), (13, 13.2), "(w_i + w_j)/2", (10.2, 0))
    for x, bottom in ((5, 10), (13, 12)):
        d.line((x, bottom), (x, 13.6), colour=_ACCENT, width=0.8, dashes="2 2")
    d.text((18, 15.5), "first run: v1, opener, v3", anchor="start")
    d.text((18, 5), "second run: closer, v5", anchor="start")
    return d


def cells() -> Drawing:
    """Draw a network taken apart into cells."""
    d = Drawing(34, 11)
    at = {"a": (2, 6), "b": (7, 6), "c": (12, 9), "d": (17, 6), "e": (22, 6), "f": (26, 9.5), "g": (26, 2.5)}
    at["h"] = (30, 6)
    bridges, triangle = [("a", "b"), ("d", "e")], [("b", "c"), ("c", "d"), ("b", "d")]
    ring = [("e", "f"), ("f", "h"), ("h", "g"), ("g", "e")]
    for edges, colour in ((bridges, _EDGE), (triangle, "#2f7d5b"), (ring, _ACCENT)):
        for u, v in edges:
            d.line(at[u], at[v], colour=colour, width=3)
    for name, point in at.items():
        d.node(point, name)
    d.text((4.5, 4.4), "bridge")
    d.text((19.5, 4.4), "bridge")
    d.text((12, 4), "triangle", "#2f7d5b")
    d.text((26, 0.4), "cycle of four", _ACCENT)
    return d


def row() -> Drawing:
    """Draw a cycle in a row: wires pass over the kernels between the first and the last."""
    d = Drawing(19, 17)
    names = [d.box(3, y, 6, h, n) for y, h, n in ((0.5, 3, "a"), (4, 4, "q"), (8.5, 3, "p"), (12, 4, "b"))]
    for u, v in pairwise(names):
        d.line((5, u.centre[1]), (5, v.centre[1]))
    d.line((9, 2), (11.5, 2), (11.5, 14), (9, 14), colour=_ACCENT)
    d.text((12.2, 8.6), "the wire a-b", _ACCENT, "start")
    d.text((12.2, 7.2), "passes over", _ACCENT, "start")
    d.text((12.2, 5.8), "q and p", _ACCENT, "start")
    return d


def fold() -> Drawing:
    """Draw a cycle of four that is folded: both ways from i to j go off-axis."""
    d = Drawing(22, 15)
    a, i = d.box(6, 0.5, 6, 3, "a"), d.box(2, 5, 7, 4, "i", _MARKED)
    j, b = d.box(9.5, 4.5, 6, 5, "j", _MARKED), d.box(6, 11, 6, 3, "b")
    for u, v in ((a, i), (a, j), (i, b), (j, b)):
        d.line(u.centre, v.centre)
    d.measure((5.5, 10), (12.5, 10), "(w_i + w_j)/2", (7.4, 0.4))
    return d


def odd() -> Drawing:
    """Draw a triangle with an odd edge: the way over the third kernel goes off-axis as well."""
    d = Drawing(27, 12)
    u, v = d.box(1, 4.5, 7, 4, "u", _MARKED), d.box(8.5, 4, 6, 4, "v", _MARKED)
    w = d.box(5, 9, 6, 2.6, "w")
    d.line(u.centre, v.centre, colour=_ACCENT, width=2)
    d.line(u.centre, w.centre)
    d.line(w.centre, v.centre)
    d.text((15.3, 6), "u-v: label x (odd)", _ACCENT, "start")
    d.text((12, 10.3), "the others: label y", anchor="start")
    d.measure((4.5, 2.6), (11.5, 2.6), "(w_u + w_v)/2", (0, -1.1))
    return d


def forms() -> Drawing:
    """Draw forms: where the neighbour u of q is, which is between others in the row of its cell."""
    d = Drawing(40, 24)
    for left, (order, title) in zip(
        (1, 15, 28),
        (
            (("m", "q", "q'", "u"), "form 1: u beyond q'"),
            (("m", "q", "u", "q'"), "form 2: u inside the row"),
            (("u", "m", "q", "q'"), "u beyond m"),
        ),
        strict=True,
    ):
        d.text((left + 4, 23), title)
        centres, bottom = {}, 1.0
        for name in order:
            height = {"m": 4, "q": 3, "q'": 5, "u": 4}[name]
            fill = _MARKED if name == "q" else _OTHER if name == "u" else _KERNEL
            centres[name] = d.box(left + 1, bottom, 6, height, name, fill).centre
            bottom += height + 0.8
        for u, v, side in (("m", "q", 2.2), ("m", "q'", 7.6), ("q", "q'", 5.8)):
            _around(d, centres, u, v, left + side, outside=side > 7)
        _around(d, centres, "q", "u", left + 0.4, True, _ACCENT)
    return d


def _around(
    d: Drawing,
    centres: dict[str, Point],
    u: str,
    v: str,
    x: float,
    outside: bool = False,
    colour: str = _EDGE,
) -> None:
    """Draw a wire along y at some x; `outside` the kernels' column with short ends to them."""
    (ux, uy), (_, vy) = centres[u], centres[v]
    edge = ux + 3 if x > ux else ux - 3
    points: list[Point] = [(x, uy), (x, vy)]
    if outside:
        points = [(edge, uy), *points, (edge, vy)]
    d.line(*points, colour=colour)


def bare_row() -> Drawing:
    """Draw a bare row: a turn paid before its first kernel claims one of its wires."""
    d = Drawing(31, 21)
    a = d.box(12, 0.5, 5, 4, "a", _MARKED)
    m, z = d.box(12, 5.5, 5, 4, "m"), d.box(12, 10.5, 5, 5, "z")
    i = d.box(1, -0, 10, 5, "i", _OTHER)
    d.line(i.centre, a.centre, colour=_ACCENT)
    d.line((13.5, a.centre[1]), (13.5, m.centre[1]))
    d.line((13.5, m.centre[1]), (13.5, z.centre[1]))
    d.line((17, 2.5), (19, 2.5), (19, 13), (17, 13), dashes="3 2")
    d.text((5.5, 6), "i-a: label x", _ACCENT)
    d.text((20, 9.4), "the row's wires pay", anchor="start")
    d.text((20, 8), "their half sums only;", anchor="start")
    d.text((20, 6.6), "a is a turn that", anchor="start")
    d.text((20, 5.2), "is paid before", anchor="start")
    d.text((14.5, 17.5), "a row without what its wires pass over")
    return d


def beside() -> Drawing:
    """Draw a kernel beside a straight spine: not disjoint along y from all of it."""
    d = Drawing(25, 16)
    v = [d.box(3, y, 6, h, n) for y, h, n in ((0.5, 4, "v1"), (5, 5, "v2"), (10.5, 5, "v3"))]
    p = d.box(10, 6.5, 5, 7, "p", _MARKED)
    d.line(*(b.centre for b in v), width=3)
    d.line(v[0].centre, p.centre)
    d.line(v[1].centre, p.centre)
    d.text((16, 10.6), "p is beside v3:", anchor="start")
    d.text((16, 9.2), "it pays for half", anchor="start")
    d.text((16, 7.8), "of its width", anchor="start")
    return d


def star() -> Drawing:
    """Draw a star: a stack of leaves and the hub, a leaf beside, and one that crosses the other line."""
    d = Drawing(40, 21)
    d.line((13, 0), (13, 20), dashes="4 3")
    d.line((0, 8.75), (29, 8.75), dashes="4 3")
    hub = d.box(5, 7.5, 16, 2.5, "hub", _MARKED)
    stack = [d.box(*at) for at in ((4, 5, 17, 2.5, "0"), (6, 10, 15, 2.5, "1"), (4, 12.5, 16, 2.5, "0"))]
    stands = d.box(22, 1, 2.5, 14, "", _OTHER)
    away = d.box(21.5, 15.5, 5, 4, "Z", _OTHER)
    for leaf in (*stack, stands, away):
        d.wire(hub, leaf, colour=_ACCENT)
    d.text((27.5, 12.5), "three leaves cross the", anchor="start")
    d.text((27.5, 11.1), "vertical line: their ranks", anchor="start")
    d.text((27.5, 6.4), "one crosses the other", anchor="start")
    d.text((27.5, 5), "line: it has to pass", anchor="start")
    d.text((27.5, 3.6), "them, or they it", anchor="start")
    d.text((27.5, 17.2), "one crosses neither", anchor="start")
    return d


def spine() -> Drawing:
    """Draw a spine: a path along edges of the network."""
    d = Drawing(34, 10)
    at = {1: (2, 5), 2: (8, 5), 3: (14, 5), 4: (20, 5), 5: (26, 5), 6: (32, 5)}
    extra = {"p": (11, 9), "s": (23, 1)}
    for u, v in pairwise(at):
        d.line(at[u], at[v], colour=_ACCENT, width=4)
    d.line(at[2], extra["p"], at[3])
    d.line(at[4], extra["s"], at[5])
    for k, point in at.items():
        d.node(point, f"v{k}", _MARKED)
    for name, point in extra.items():
        d.node(point, name)
    return d


def chord() -> Drawing:
    """Draw a chord and its centre."""
    d = Drawing(24, 9)
    x, b, y = (3.0, 2.0), (12.0, 7.5), (21.0, 2.0)
    d.line(x, b, y, width=3)
    d.line(x, y, colour=_ACCENT, width=3, dashes="6 4")
    d.node(x, "x")
    d.node(b, "b", _MARKED)
    d.node(y, "y")
    d.text((14, 7.6), "centre", anchor="start")
    d.text((12, 0.8), "chord", _ACCENT)
    d.text((3.2, 5.8), "tree edge")
    return d


def cases() -> Drawing:
    """Draw the cases of a spine: no turn or break, one, at least two."""
    d = Drawing(34, 15)
    tops = [("n = 0", 0), ("n = 1", 10), ("n ≥ 2", 22)]
    places = [
        [(3, 0.5), (3, 4), (3, 7.5), (3, 11)],
        [(11, 0.5), (11, 4), (11, 7.5), (15, 4.5)],
        [(22, 0.5), (22, 4), (26, 4), (26, 7.5), (30, 7.5)],
    ]
    for (title, _), spots in zip(tops, places, strict=True):
        boxes = [d.box(x, y, 3.2, 2.8, "", _MARKED if i == 0 else _KERNEL) for i, (x, y) in enumerate(spots)]
        d.line(*(box.centre for box in boxes))
        d.text((spots[0][0] + 4, 14.4), title)
    return d


def intervals() -> Drawing:
    """Draw the largest time cut into intervals."""
    d = Drawing(32, 7)
    d.arrow((0, 3), (32, 3), _EDGE)
    for i, x in enumerate((0.5, 8, 13, 17, 24)):
        d.line((x, 2), (x, 4), width=2)
        d.text((x + 0.6, 0.8), f"a{i}")
    d.line((13, 3), (17, 3), colour=_ACCENT, width=4)
    d.text((15, 5.3), "one interval: time ≥ a2, every kernel below a3", _ACCENT)
    return d


def stack() -> Drawing:
    """Draw a straight stack: strips side by side."""
    d = Drawing(30, 13)
    d.frame(0, 0, 30, 13)
    x = 0.0
    boxes = []
    for i, (w, h) in enumerate([(3, 11), (4, 12), (2.5, 10), (5, 12), (3, 9), (4, 11), (2, 12)], 1):
        boxes.append(d.box(x, 6.5 - h / 2, w, h))
        d.text((x + w / 2, 8), str(i))
        x += w
    d.line(boxes[0].centre, boxes[-1].centre)
    for b in boxes:
        d.dot(b.centre)
    return d


def cap() -> Drawing:
    """Draw a capped stack: rows across the ends of the strips."""
    d = Drawing(30, 16)
    d.frame(0, 0, 25, 16)
    x = 0.0
    for i, (w, h) in enumerate([(3, 9), (4, 10), (3, 8.5), (5, 10), (4, 9.5), (3, 10), (3, 15)], 3):
        d.box(x, 0, w, h, str(i))
        x += w
    d.box(0, 13.2, 21, 2.6, "1", _MARKED)
    d.box(2, 10.3, 18, 2.6, "2", _MARKED)
    d.measure((26.2, 10.2), (26.2, 16), "cap", (1.8, 0))
    return d


def rows() -> Drawing:
    """Draw rows: the data flow goes back and forth."""
    d = Drawing(28, 15)
    d.frame(0, 0, 28, 15)
    widths = [[6, 9, 5, 7], [8, 6, 6, 7], [9, 10, 8]]
    number, centres, y = 1, [], 0.0
    for r, line in enumerate(widths):
        x = 0.0 if r % 2 == 0 else 28.0
        for w in line:
            left = x if r % 2 == 0 else x - w
            centres.append(d.box(left, y, w, 4.5).centre)
            d.text((left + w / 2, y + 3.4), str(number))
            number, x = number + 1, (x + w if r % 2 == 0 else x - w)
        y += 5
    d.line(*centres)
    return d


def span() -> Drawing:
    """Draw a span: consecutive kernels of an order in one box; a tree whose every part is a span."""
    d = Drawing(38, 15)
    for i in range(8):
        d.node((2 + 2.6 * i, 13), str(i + 1), _MARKED if 2 <= i <= 5 else _KERNEL)
    d.frame(5.7, 11.4, 11, 3.2)
    d.text((11, 10), "the span 3..6")
    d.frame(24, 0.5, 13, 13.5)
    d.box(24.3, 0.8, 6, 6, "3")
    d.box(24.3, 7, 6, 6.5, "4")
    d.box(30.7, 0.8, 6, 8, "5")
    d.box(30.7, 9, 6, 4.5, "6")
    d.text((11, 5.5), "its box on the wafer: 3 4 | 5 6")
    d.arrow((18, 4), (23.2, 4))
    return d


def settle() -> Drawing:
    """Draw a kernel that settles: it slides in its gap to where its wires are shortest."""
    d = Drawing(30, 11)
    for x, width, name, fill in ((0, 6, "", _OTHER), (21, 7, "", _OTHER), (15, 5, "k", _MARKED)):
        d.box(x, 0.5, width, 4, name, fill)
    d.frame(8, 0.5, 5, 4)
    d.arrow((14.8, 2.5), (13.2, 2.5))
    a, b = d.box(7, 7, 4, 3, "a"), d.box(11.5, 7, 4, 3, "b")
    d.line((10.5, 4.5), a.centre, colour=_ACCENT, dashes="3 2")
    d.line((10.5, 4.5), b.centre, colour=_ACCENT, dashes="3 2")
    return d


def neighbourhoods() -> Drawing:
    """Draw three ways to free a set of kernels."""
    d = Drawing(46, 17)
    places = [(0, 0, 5, 5), (5, 0, 4, 6), (9, 0, 4, 4), (0, 5, 5, 7), (5, 6, 4, 6), (9, 4, 4, 8)]
    free = {4, 5}
    for left, title in ((0.5, "window"), (16.5, "shifted"), (32.5, "loose")):
        for i, (x, y, w, h) in enumerate(places):
            moves = i in free
            fill = (
                _MARKED if moves else _OTHER if title == "window" or (title == "loose" and i < 2) else _KERNEL
            )
            d.box(left + x, y + 0.5, w, h, "", fill)
        d.text((left + 6.5, 15), title)
        if title == "window":
            d.frame(left + 5, 4.5, 8, 8)
    return d


def cut() -> Drawing:
    """Draw a slicing tree and its floor plan."""
    d = Drawing(36, 14)
    d.box(0.5, 0.5, 8, 8, "1")
    d.box(0.5, 8.5, 8, 5, "2")
    d.box(8.5, 0.5, 8, 6, "3")
    d.box(8.5, 6.5, 8, 7, "4")
    root, low, high = (27.0, 12.5), (23.0, 7.5), (31.0, 7.5)
    for top, ends in (
        (root, (low, high)),
        (low, ((21.0, 2.0), (25.0, 2.0))),
        (high, ((29.0, 2.0), (33.0, 2.0))),
    ):
        for end in ends:
            d.line(top, end)
    for point, sign in ((root, "|"), (low, "-"), (high, "-")):
        d.node(point, sign, _OTHER)
    for i, x in enumerate((21.0, 25.0, 29.0, 33.0), 1):
        d.node((x, 2.0), str(i))
    return d


PICTURES: dict[str, Callable[[], Drawing]] = {
    "axes": axes,
    "bare-row": bare_row,
    "beside": beside,
    "break": breaking,
    "cap": cap,
    "cases": cases,
    "cells": cells,
    "chord": chord,
    "cut": cut,
    "fold": fold,
    "forms": forms,
    "intervals": intervals,
    "neighbourhoods": neighbourhoods,
    "odd": odd,
    "row": row,
    "rows": rows,
    "run": run,
    "settle": settle,
    "span": span,
    "spine": spine,
    "stack": stack,
    "star": star,
    "turn": turn,
}


def main() -> None:
    """Write the pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, draw in PICTURES.items():
        write_file(FOLDER / f"{name}.svg", draw().svg().encode())


if __name__ == "__main__":
    main()
