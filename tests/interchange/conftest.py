from __future__ import annotations

import sys
from pathlib import Path

# The solver by enumeration stands with the tests of the constraint model.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cpsat"))
