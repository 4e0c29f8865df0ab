"""Colours of kernel types, apart from colours.py so that they need no matplotlib."""

from __future__ import annotations

#: Distinct also to colour-blind eyes.
TYPES = {"conv": "#8fb8de", "dblock": "#f2c879", "cblock": "#4fa58a"}
