"""Whether all rows of a task have come, or an earlier stage of the query has failed.

When an earlier stage fails, or the driver's JVM is killed, Spark ends the stream of rows as if there were no more of
them. Only what follows shows the difference: Spark's own mark that the input is complete, or the end of the
connection. Spark does not pass the mark on to a writer, so it is looked for in the worker's input itself.
"""

from __future__ import annotations

import os
import select
from typing import Any

from restsrc import worker

WORD_SECONDS = 10  # Spark sends it with the last rows


def is_complete() -> bool:
    """Whether all rows have come. Called after the last row, in a Spark worker. True also where it can't be known."""
    source = worker.connection("infile")
    number = worker.descriptor(source)
    return number < 0 or not hasattr(source, "peek") or not _at_end(source, number)


def _at_end(source: Any, number: int) -> bool:
    """Whether the other side has closed the connection. False where it is silent, because it may wait for us."""
    os.set_blocking(number, False)
    try:
        if source.peek(1):
            return False
    finally:
        os.set_blocking(number, True)
    poll = select.poll()
    poll.register(number, select.POLLIN)
    return bool(poll.poll(WORD_SECONDS * 1000)) and not source.peek(1)
