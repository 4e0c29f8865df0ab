"""Who searches when: a few stacks and rows first, then everything else on several cores.

Start with `work`: the threads of a run and what each does in turn. `run` holds what they share; `rows`,
`stacks` and `trees` call the rooms of `construct/`.
"""

from wse_cp.strategy.rows import build_caps, construct, first_rows
from wse_cp.strategy.run import Layouts, Run
from wse_cp.strategy.stacks import Stacks
from wse_cp.strategy.work import exercise_search, improve

__all__ = ["Layouts", "Run", "Stacks", "build_caps", "construct", "exercise_search", "first_rows", "improve"]
