"""What is known of placements whose times are below a limit: the dual function, maximised case by case.

The dual function is that of a *relaxation*, an instance whose network is taken apart in a certain way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from math import inf

from wse_cp.bounds.cover.ascent import Ascent
from wse_cp.bounds.cover.cover import Stars
from wse_cp.bounds.cover.forests import Forests
from wse_cp.bounds.network.structure import Structure, structure_of
from wse_cp.bounds.programme.dual import Dual
from wse_cp.bounds.programme.plain import PlainDual
from wse_cp.bounds.programme.plan import plan_of
from wse_cp.bounds.programme.pricing import DualValue, Multipliers, Tables
from wse_cp.bounds.search.maximise import Maximiser
from wse_cp.instance import Instance

#: Cases of runs: none, one, two or more turns and breaks; fewer where adapters make evaluations long.
_CASES, _CASES_WITH_ADAPTERS = 3, 2
#: Covers count adapters where they are worth this share of what cells are without them.
_NEAR = 0.9


@dataclass(frozen=True)
class Relaxation:
    """An instance and a structure of its network, with so many cases; safe to use from several threads."""

    instance: Instance
    structure: Structure
    cases: int

    @cached_property
    def dual(self) -> Dual | PlainDual:
        """The dual function."""
        if not self.structure.spine and not self.instance.settings.wadapter:
            return PlainDual(self.instance, self.structure)
        return Dual(self.instance, plan_of(self.instance, self.structure, self.cases))

    @cached_property
    def free(self) -> Relaxation:
        """The same if adapters cost nothing."""
        if not self.instance.settings.wadapter:
            return self
        return replace(self, instance=without_adapters(self.instance))

    def with_part(self, part: tuple[int, int]) -> Relaxation:
        """Return the relaxation with another part of the path as its spine."""
        return replace(self, structure=structure_of(self.instance, part=part))


def relaxation_of(instance: Instance, structure: Structure) -> Relaxation:
    """Return the relaxation of an instance by a structure."""
    cases = _CASES_WITH_ADAPTERS if instance.settings.wadapter else _CASES
    return Relaxation(instance, structure, cases if structure.spine else 1)


def without_adapters(instance: Instance) -> Instance:
    """Return the instance with adapters that cost nothing."""
    return replace(instance, settings=replace(instance.settings, wadapter=0))


@dataclass(frozen=True)
class Limit:
    """Placements with all times below a limit, seen by a relaxation."""

    relaxation: Relaxation
    end: int | None  #: the limit (1 / time_scale cycles); None if there is none
    tables: Tables | None  #: None if a kernel is never that fast
    cases: Sequence[Maximiser]
    ascent: Ascent | None = None  #: of covers by stars, if there are any
    tried: set[tuple[int, int]] = field(default_factory=set)  #: spines tried here, as parts of the path

    @property
    def value(self) -> float:
        """A bound of wire and adapters: the least value of the cases, or that of a cover."""
        if self.tables is None:
            return inf
        return max(min(self.values()), -inf if self.ascent is None else self.ascent.value)

    @property
    def covered(self) -> bool:
        """Whether a cover says more than the cases do."""
        return self.tables is not None and self.value > min(self.values())

    @property
    def weakest(self) -> int:
        """The number of the case that has it."""
        return min(range(len(self.cases)), key=lambda i: self.cases[i].value)

    def values(self) -> tuple[float, ...]:
        """Return the best value of each case."""
        return tuple(case.value for case in self.cases)

    def multipliers(self) -> tuple[Multipliers, ...]:
        """Return the best multipliers of each case."""
        return tuple(case.at for case in self.cases)

    def learn(self, later: Limit) -> bool:
        """Take over what a later limit of the same relaxation knows, case by case; return whether it is news.

        Placements within a limit have at least the wire and adapters that are needed within a later one.
        """
        before = self.end is not None and (later.end is None or self.end < later.end)
        if (
            not before
            or self.tables is None
            or later.tables is None
            or later.relaxation is not self.relaxation
        ):
            return False
        pairs = zip(self.cases, later.cases, strict=True)
        news = [case.learn(other.value, other.at) for case, other in pairs]
        return any(news)

    def seen_by(self, relaxation: Relaxation) -> Limit:
        """Return the same limit for another relaxation, nothing known yet but where to begin."""
        cases = tuple(
            case.elsewhere(evaluator(relaxation, self.tables, number))
            for number, case in enumerate(self.cases)
        )
        return Limit(relaxation, self.end, self.tables, cases, self.ascent)


def forests_at(limit: Limit, stars: Stars | None) -> Forests | None:
    """Return forests of stars' network if covers are good enough at a limit to count adapters too."""
    if stars is None or limit.ascent is None or limit.tables is None:
        return None
    if limit.ascent.value < _NEAR * min(limit.values()):
        return None
    return Forests(stars.instance, stars.names)


def evaluator(relaxation: Relaxation, tables: Tables | None, case: int) -> partial[DualValue]:
    """Return the dual function of a case at a limit."""
    return partial(_value, relaxation, tables, case)


def _value(relaxation: Relaxation, tables: Tables | None, case: int, multipliers: Multipliers) -> DualValue:
    if tables is None:
        return DualValue(inf, (0.0, 0.0, 0.0))
    return relaxation.dual.value(tables, multipliers, case)
