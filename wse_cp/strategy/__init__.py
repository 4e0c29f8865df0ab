"""Who searches when: a few stacks and rows first, then all the rest on several cores."""

from wse_cp.strategy.rows import build_caps, construct, first_rows
from wse_cp.strategy.run import Layouts, Run
from wse_cp.strategy.stacks import Stacks
from wse_cp.strategy.work import improve

__all__ = ["Layouts", "Run", "Stacks", "build_caps", "construct", "first_rows", "improve"]
