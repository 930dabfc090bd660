"""What the runs of the tool did: kept while somebody wants to know, and added up."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ADDED = ("records", "requests", "pages", "bytes", "retries", "waited")


@dataclass(frozen=True)
class Run:
    """One run of the tool: what it was asked for, and its summary; empty where it gave none."""

    command: str
    flags: Mapping[str, str | int | None]
    config: Mapping[str, str | int | None]
    summary: Mapping[str, Any]

    def told(self, name: str) -> float:
        """A number of the summary. Records that were only counted were not read."""
        counted = self.command == "count" or "plan" in self.flags
        return 0 if counted and name == "records" else self.summary.get(name) or 0


@dataclass
class Journal:
    """The runs since it was begun. `Options.journal` is where the runs of these options are written down."""

    runs: list[Run] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def sums(self) -> dict[str, Any]:
        """All runs together, and the seconds since the journal was begun."""
        told = {name: round(sum(run.told(name) for run in self.runs), 3) for name in ADDED}
        return {**told, "seconds": round(time.monotonic() - self.began, 3)}
