"""The tests of flows notice errors: with each of those planted here something wrong is accepted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bounds.verifier.test_cover_rules import INSTANCE, UNIT
from tests.bounds.verifier.test_flow_rules import RIGHT, WRONG, flowing
from tests.bounds.verifier.test_flows import cuts_hold
from tests.bounds.verifier.test_planted_errors_in_covers import planted
from tests.marks import with_slow
from wse_cp.bounds.verifier import CertificateError

#: Each a piece of `cover.py` and what stands there instead: something wrong is accepted, or something right
#: is refused.
PLANTED = {
    "flows are not looked at": ("if star.flow:", "if False:"),
    "only leaves are looked at": (
        "kernel, found in brought.items()",
        "kernel, found in [(v, brought[v]) for v in star.leaves]",
    ),
    "leaves are not looked at": (
        "due = demands.get(kernel, 0)",
        "due = found if kernel in demands else 0",
    ),
    "all that a flow meets is due": ("due = demands.get(kernel, 0)", "due = demands.get(kernel, WHOLE)"),
    "too much is right": ("if found != due and", "if found < due and"),
    "too little is right": ("if found != due and", "if found > due and"),
    "something at each leaf": (
        "due = demands.get(kernel, 0)",
        "due = demands.get(kernel, 0) and (min(found, WHOLE) or WHOLE)",
    ),
    "the hub keeps nothing": ("found != due and kernel != star.hub", "found != due"),
    "neighbours need no flow": (
        "found != due and kernel != star.hub",
        "found != due and kernel != star.hub and _ordered(kernel, star.hub) not in self._wires",
    ),
    "nothing is taken on": ("brought[u] = brought.get(u, 0) - share", "pass"),
    "nothing arrives": ("brought[v] = brought.get(v, 0) + share", "pass"),
    "the last share counts where it arrives": ("brought.get(v, 0) + share", "share"),
    "the last share counts where it leaves": ("brought.get(u, 0) - share", "-share"),
    "both directions bring": ("brought.get(u, 0) - share", "brought.get(u, 0) + share"),
    "ways anywhere": ("if _ordered(u, v) not in self._wires:", "if False:"),
    "ways in one direction": ("if _ordered(u, v) not in self._wires:", "if (u, v) not in self._edges:"),
    "any kernel": (", *(end for u, v, _ in star.flow for end in (u, v))", ""),
    "shares in one direction are taken": ("+ share * star.weight", "+ share * star.weight * (u < v)"),
    "shares in the other direction are taken": ("+ share * star.weight", "+ share * star.weight * (u > v)"),
    "directions cancel": ("+ share * star.weight", "+ share * star.weight * (1 if u < v else -1)"),
    "shares have no weight": ("+ share * star.weight", "+ share"),
    "the whole weight everywhere": ("+ share * star.weight", "+ WHOLE * star.weight"),
    "the last share is taken": ("weights.get(pair, 0) + share", "share"),
    "no WHOLE": ("weight > WHOLE * share", "weight > share"),
    "WHOLE twice": ("weight > WHOLE * share", "weight > WHOLE * WHOLE * share"),
    "rounded down": ("weight > WHOLE * share * self", "weight // WHOLE > share * self"),
    "flows take nothing": (
        "for u, v, share in star.ways():",
        "for u, v, share in () if star.flow else star.ways():",
    ),
    "flows as if leaves were neighbours": ("return self.flow or", "return"),
    "shares of any sign": (
        '_integers(listed(found, what), f"a number of {what}")',
        "tuple(found)",
    ),
    "what is over": ("if len(numbers) % 3:", "if False:"),
}


def flow_rules_are_right(rules: Any) -> bool:
    """Whether right flows are accepted, wrong ones refused, each for its reason, and cuts hold."""
    check = rules.CoverRules(INSTANCE).check
    negative = (
        flowing(1, 2, 1200, 1, 0, 800, 0, 2, -200, 2, 3, 1000),
        "a number of the flow of a star is -200",
    )
    odd = flowing(1, 2), "2 numbers, not three"
    try:
        for cover, message in [*((cover, "") for cover in RIGHT.values()), *WRONG.values(), negative, odd]:
            said = ""
            try:
                for found in rules.read_covers([cover], forests=True, flows=True):
                    check(found, UNIT - 1)
            except CertificateError as error:
                said = str(error)
            if message not in said or bool(message) != bool(said):
                return False
        return cuts_hold(rules, range(20))[0]
    except (KeyError, IndexError, ValueError):
        return False


def test_nothing_planted_nothing_noticed() -> None:
    assert flow_rules_are_right(planted("cover"))


@pytest.mark.parametrize("what", PLANTED)
def test_an_error_in_the_rules_of_flows_is_noticed(what: str) -> None:
    assert not flow_rules_are_right(planted("cover", *PLANTED[what]))


@pytest.mark.parametrize(
    "what",
    with_slow(
        ["only leaves are looked at", "too little is right", "neighbours need no flow", "flows take nothing"],
        "only leaves are looked at",
        "neighbours need no flow",
        "flows take nothing",
    ),
)
def test_an_error_in_the_rules_of_flows_shows_in_cuts(what: str) -> None:
    assert not cuts_hold(planted("cover", *PLANTED[what]), range(400))[0]
