"""What the three modes of streams have in common."""

from __future__ import annotations

from typing import Protocol, Sequence

from restsrc.errors import OptionError
from restsrc.partition import RestApiPartition


class StreamMode(Protocol):
    """What an offset means. Offsets are small dicts that Spark keeps in its checkpoint, and all that it keeps.

    So the same two offsets must give the same records, also after a crash.
    """

    def initial(self) -> dict:
        """Where a new query begins."""

    def latest(self, start: "dict | None", most: "int | None") -> dict:
        """Where the batch that begins at `start` ends: after `most` records at most, or after all there are; `start` if nothing is new.

        PySpark before 4.2 does not tell `start`.
        """

    def newest(self) -> "dict | None":
        """The end of the list as far as it is known without a request, for the progress of a query; None: not known."""

    def freeze(self) -> None:
        """From now on nothing is new (Trigger.AvailableNow)."""

    def tasks(self, start: dict, end: dict) -> "Sequence[RestApiPartition]":
        """The partitions that read what lies between two offsets."""


def part_of(offset: dict, name: str) -> str:
    """A member of a stream's offset, which may come from an old checkpoint."""
    if name not in offset:
        raise OptionError(f"the checkpoint is of another stream_mode: its offsets have no {name}, but {', '.join(offset)}")
    return offset[name]
