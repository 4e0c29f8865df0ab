"""A relaxation: an instance whose network is taken apart in a certain way, with its dual function."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from wse_cp.bounds.dual import Dual
from wse_cp.bounds.plan import plan_of
from wse_cp.bounds.structure import Structure, structure_of
from wse_cp.instance import Instance

#: Cases of runs: none, one, two or more turns and breaks; fewer where adapters make each dear.
_CASES, _CASES_WITH_ADAPTERS = 3, 2


@dataclass(frozen=True)
class Relaxation:
    """An instance and a structure of its network, with so many cases; safe to use from several threads."""

    instance: Instance
    structure: Structure
    cases: int

    @cached_property
    def dual(self) -> Dual:
        """The dual function."""
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
