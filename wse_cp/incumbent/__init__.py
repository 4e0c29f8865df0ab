"""Incumbent: the best checked placement so far, shared by everything that searches.

Here, and only here, a search has its placements checked and scored: builders offer placements, and the answer
says what they cost. Who changes a few kernels of the incumbent offers only these: the change is checked and
scored by what it touches, also if the incumbent has become another one meanwhile.

Start with `incumbent`; `offers` is what passes between it and a search. `audit` compares scores of changes
with those of whole placements, `tallies` counts how every way of improving fares, and `at_work` notes who is
at what.
"""

from wse_cp.incumbent.incumbent import Incumbent
from wse_cp.incumbent.offers import ChangeOffer, Offer, Scored, Update
from wse_cp.incumbent.tallies import Kind

__all__ = ["ChangeOffer", "Incumbent", "Kind", "Offer", "Scored", "Update"]
