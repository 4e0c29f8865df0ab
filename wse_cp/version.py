"""The version of the package: its only home (pyproject.toml reads it from here)."""

__version__ = "0.2.0"
