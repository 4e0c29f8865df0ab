"""Lower bounds on the cost of any legal placement, each with a certificate (docs/bounds.md).

`network` takes the instance apart, `programme` has the dual function of its Lagrangian relaxation, `search`
finds good multipliers and writes the certificate, `verifier` derives the bound again and shares no code
with these. `background` runs the search in a process of its own.
"""
