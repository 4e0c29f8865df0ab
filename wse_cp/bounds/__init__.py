"""Lower bounds on the cost of any legal placement, each with a certificate (docs/bounds.md)."""
