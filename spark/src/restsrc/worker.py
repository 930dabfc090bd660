"""The Spark worker that this code runs in: its connections, which Spark passes to no data source."""

from __future__ import annotations

import functools
import gc
import select
import sys
from types import FrameType
from typing import Any

GONE = getattr(select, "POLLRDHUP", 0x2000) | select.POLLHUP | select.POLLERR


def connection(name: str) -> Any:
    """`infile` or `outfile`: a local variable of pyspark.worker.main, which is below us. None: there is none."""
    frame: FrameType | None = sys._getframe()
    while frame:
        found = frame.f_locals.get(name) if frame.f_code.co_name == "main" else None
        if hasattr(found, "fileno"):
            return found
        frame = frame.f_back
    return None


def descriptor(stream: Any) -> int:
    """The number of a connection. -1: there is none, or it does not tell it, as with spark.python.use.daemon=false."""
    try:
        return int(stream.fileno())
    except (AttributeError, OSError):
        return -1


@functools.cache
def settle() -> None:
    """Leaves what is there now, the modules above all, out of the collection of garbage, once for a worker.

    Spark collects it after each task, and the next one waits: 30 ms with pyarrow and pandas, which no task unloads.
    """
    if connection("outfile"):
        gc.freeze()


class Consumer:
    """Spark as the one who takes our rows, and may have enough of them early. Outside of a worker it takes all."""

    def __init__(self) -> None:
        self._out = connection("outfile")
        self.connection = descriptor(connection("infile"))

    def hand_over(self, patience: float = 0) -> None:
        """The batches that were yielded go to Spark now, and not only when a buffer is full.

        BrokenPipeError where Spark closes the connection within `patience` seconds, because it has all that it wants.
        """
        if self._out is None or self.connection < 0:
            return
        self._out.flush()
        poll = select.poll()
        poll.register(self.connection, GONE)
        check(poll.poll(patience * 1000), self.connection)


def check(events: list[tuple[int, int]], connection: int) -> None:
    """BrokenPipeError where the events of a poll say that Spark has closed `connection`."""
    if any(number == connection and event & GONE for number, event in events):
        raise BrokenPipeError("Spark wants no more rows")
