"""Errors planted in how the verifier compares parities, at least two for each rule, are caught."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from random import Random
from typing import NamedTuple

import pytest

from tests.bounds.verifier.cases import Drawn, drawn, text_of
from tests.bounds.verifier.planted import Broken, Edit, limit_of
from tests.bounds.verifier.test_minimum import Reference, rounded

#: From this version on parities are compared.
VERSION = 10


class Kept(NamedTuple):
    """What a random certificate is drawn from."""

    kind: str
    seed: int
    adapters: bool = False
    alike: bool = False
    blocks: bool = False
    alike_axes: bool = False

    def case(self) -> Drawn:
        """The certificate."""
        kind, seed, adapters, *rest = self
        alike, blocks, axes = rest
        random = Random(f"parities {seed}")
        return drawn(random, kind, adapters, alike=alike, blocks=blocks, alike_axes=axes)


#: By rule and error.
PLANTED = {
    "half a tile: it costs a whole one": Edit(
        "assembly", "2 * edge.count * self._money", "4 * edge.count * self._money"
    ),
    "half a tile: where parities are equal": Edit("parities", "below != parity", "below == parity"),
    "half a tile: of the parent's other parity": Edit("parities", "above == 1", "above == 0"),
    "axis: along the label": Edit("cells", "other(pattern.labels[", "(pattern.labels["),
    "axis: widths and heights exchanged": Edit(
        "parities",
        'parities // 2 if axis == "x" else parities % 2',
        'parities % 2 if axis == "x" else parities // 2',
    ),
    "patterns: those with a surcharge too": Edit("cells", "if pattern.off_axis:", "if False:"),
    "patterns: those with a surcharge alone": Edit(
        "cells", "if pattern.off_axis:", "if not pattern.off_axis:"
    ),
    "centres: compared above them": Edit(
        "case", "plain = departing is None and kernel not in self.centres", "plain = departing is None"
    ),
    "centres: compared above them alone": Edit(
        "case",
        "plain = departing is None and kernel not in self.centres",
        "plain = departing is None and kernel in self.centres",
    ),
    "spine: compared in all cases": Edit(
        "interval", 'return ((False, "any"),)\n', 'return ((True, "any"),)\n'
    ),
    "straight: all kernels are counted": Edit(
        "interval", '((True, "counted"), (False, "others")) if spine', '((True, "counted"),) if spine'
    ),
    "straight: the others compare too": Edit("interval", '(False, "others")', '(True, "others")'),
    "shapes: one k of a class": Edit("shapes", "rows.split < last", "rows.split < 0"),
    "shapes: one width of a block": Edit("shapes", "if not lone:", "if False:"),
    "shapes: the lowest height of a class": Edit(
        "levels", "keys.append(levels.splits.height % 2)", "keys.append(levels.splits.height * 0)"
    ),
    "shapes: only where the class gains": Edit(
        "levels", "if compared.parities:\n        return", "if False:\n        return"
    ),
    "sieve: parities cost nothing": Edit(
        "assembly", "2 * entry.joined * money.quarter_wire", "0 * entry.joined * money.quarter_wire"
    ),
    "sieve: not in all": Edit(
        "sieve", "3 * self.channel_slack + self.parity_slack", "3 * self.channel_slack"
    ),
    "sieve: not among equal h and w": Edit(
        "sieve", "return self.channel_slack + self.parity_slack", "return self.channel_slack"
    ),
}


#: A certificate by which each of them proves too much.
CAUGHT = {
    "axis: along the label": Kept("tailed ring", 0),
    "axis: widths and heights exchanged": Kept("tailed ring", 0),
    "centres: compared above them": Kept("headed", 2, adapters=True),
    "centres: compared above them alone": Kept("headed", 2, adapters=True),
    "half a tile: it costs a whole one": Kept("tailed", 2, adapters=True),
    "half a tile: of the parent's other parity": Kept("bow", 0),
    "half a tile: where parities are equal": Kept("bow", 0),
    "patterns: those with a surcharge alone": Kept("ring", 2, adapters=True),
    "patterns: those with a surcharge too": Kept("ring", 2, adapters=True),
    "shapes: one k of a class": Kept("tailed", 0, alike_axes=True),
    "shapes: one width of a block": Kept("two", 14, adapters=True, alike=True, blocks=True),
    "shapes: only where the class gains": Kept("chain", 1, adapters=True, blocks=True),
    "shapes: the lowest height of a class": Kept("diamond", 7, adapters=True),
    "sieve: not among equal h and w": Kept("tailed", 0, alike_axes=True),
    "sieve: not in all": Kept("tailed", 0, alike_axes=True),
    "sieve: parities cost nothing": Kept("tailed", 0, alike_axes=True),
    "spine: compared in all cases": Kept("two", 10, blocks=True),
    "straight: all kernels are counted": Kept("tailed", 9, adapters=True),
    "straight: the others compare too": Kept("headed", 17),
}


@cache
def value_of_text(kept: Kept) -> Fraction | None:
    """What the text says a certificate proves; None is infinite."""
    case = kept.case()
    values = []
    for i, (start, rows) in enumerate(zip(case.starts, case.rows, strict=True)):
        part = case.spine[slice(*case.parts[i])]
        reference = Reference(case.instance, case.unit, part, case.tree, case.cycles, parities=True)
        time = Fraction(case.instance.settings.wdeltat * start, case.instance.time_scale)
        found = [reference.value(rows, n, limit_of(case, i)) for n in range(len(rows))]
        values += [time + value for value in found if value is not None]
    return rounded(case.instance, min(values)) if values else None


def value_of(broken: Broken, kept: Kept) -> Fraction | None:
    """What a verifier says of it."""
    case = kept.case()
    certificate = broken.certificate.read_certificate(text_of(case.contents(VERSION)))
    found: Fraction | None = broken.value.derive(case.instance, certificate)
    return found


def proves_too_much(edit: Edit, kept: Kept) -> bool:
    """Tell whether a verifier with an error proves more than the text."""
    right, found = value_of_text(kept), value_of(Broken(edit), kept)
    return right is not None and (found is None or found > right)


@cache
def right() -> Broken:
    """The verifier without an error, imported in the same way."""
    return Broken()


@pytest.mark.parametrize("kept", sorted(set(CAUGHT.values())), ids=str)
def test_without_an_error_the_value_is_that_of_the_text(kept: Kept) -> None:
    assert value_of(right(), kept) == value_of_text(kept)


@pytest.mark.parametrize("what", PLANTED)
def test_an_error_proves_too_much(what: str) -> None:
    assert proves_too_much(PLANTED[what], CAUGHT[what])
