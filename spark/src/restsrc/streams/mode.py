"""What the three modes of streams have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from restsrc.errors import OptionError
from restsrc.options import Options
from restsrc.partition import RestApiPartition

Offset = dict[str, Any]  # what Spark keeps in its checkpoint, as JSON; its values are texts, and one dict of texts


class StreamMode(Protocol):
    """What an offset means.

    Spark keeps offsets in its checkpoint, and nothing else of a source. So the same two offsets must give the same
    records, also after a crash. All methods run on the driver. Each may ask the API, except `newest`, and raises the
    exceptions of `errors` where that fails.
    """

    def initial(self) -> Offset:
        """Where a new query begins."""
        ...

    def latest(self, start: Offset | None, most: int | None) -> Offset:
        """Where the batch that begins at `start` ends: `start` itself where nothing is new.

        That is after `most` records at most; None: after all there are. `start` is None with PySpark 4.0 and 4.1,
        which do not say it.
        """
        ...

    def newest(self) -> Offset | None:
        """The end of the list as far as it is known, for the progress of a query. None: not known. Makes no request."""
        ...

    def freeze(self) -> None:
        """From now on nothing is new (Trigger.AvailableNow)."""
        ...

    def partitions(self, start: Offset, end: Offset) -> Sequence[RestApiPartition]:
        """What reads the records between two offsets."""
        ...


def part_of(offset: Offset, name: str) -> str:
    """A member of an offset. OptionError where it is not there, because the checkpoint is of another mode."""
    if name not in offset:
        has = ", ".join(offset)
        raise OptionError(f"the checkpoint is of another stream_mode: its offsets have no {name}, but {has}")
    return str(offset[name])


def drift(options: Options) -> dict[str, str]:
    """What the tool does when the total changes while it reads a batch.

    Nothing, unless the user says so, because lists of streams grow.
    """
    return {"on_drift": options.given("on_drift") or "ignore"}
