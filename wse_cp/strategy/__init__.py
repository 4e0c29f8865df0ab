"""Who searches when: rows first, then stacks, spans, trees and large neighbourhoods on several cores."""

from wse_cp.strategy.rows import construct, first_rows
from wse_cp.strategy.run import Layouts, Run
from wse_cp.strategy.work import improve

__all__ = ["Layouts", "Run", "construct", "first_rows", "improve"]
