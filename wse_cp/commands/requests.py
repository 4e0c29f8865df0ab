"""What a command line asks for; light, so that help and completion answer at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from wse_cp.options import DEFAULT_SEED, DEFAULT_TIME_LIMIT, DEFAULT_WORKERS

#: The name of a file that stands for standard output.
STANDARD_OUTPUT = Path("-")


@dataclass(frozen=True)
class SolveRequest:
    """What a command line asks of ``solve``; `settings` overrule those of the instance file."""

    instance: Path
    output: Path | None = None
    time_limit: float = DEFAULT_TIME_LIMIT
    workers: int = DEFAULT_WORKERS
    seed: int = DEFAULT_SEED
    start: Path | None = None
    plot: Path | None = None
    json: Path | None = None
    certificate: Path | None = None
    quiet: bool = False
    settings: Mapping[str, int] = field(default_factory=dict)
    trace: Path | None = None
    deterministic: bool = False
    without: tuple[str, ...] = ()
    report: Path | None = None
    document: Path | None = None  #: all about the run, as JSON
    command: str = ""  #: the command line, for the report

    @property
    def paint(self) -> Path:
        """The placement file to write: as asked for, else named for the instance, in this directory."""
        return self.output or Path(f"{self.instance.stem}.paint")

    @property
    def prints_json(self) -> bool:
        """Whether the report goes to standard output."""
        return self.json == STANDARD_OUTPUT
