"""Who searches when: a few stacks and rows first, then everything else on several cores.

Start with `schedule`: the order of the steps, the threads of a run and what each does in turn. `run` holds
what they share, random streams too. `rows`, `stacks` and `trees` call the rooms of `construct/` and say how
long they may take.
"""

from wse_cp.strategy.elsewhere import Elsewhere
from wse_cp.strategy.exercise import exercise_search
from wse_cp.strategy.run import Run
from wse_cp.strategy.schedule import search

__all__ = ["Elsewhere", "Run", "exercise_search", "search"]
