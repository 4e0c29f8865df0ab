"""The search of a run, from compiling to the result; `wse_cp.solve` is its beginning.

Start with `phases`. The search is in a thread (`thread`), the bound in another (`beside`); `prepared` holds
what all of them begin with.
"""

from wse_cp.running.phases import search_with_bound
from wse_cp.running.prepared import Prepared

__all__ = ["Prepared", "search_with_bound"]
