"""What people are told: records of Python's logging, logger `restsrc`.

Where Spark collects the logs of its workers (spark.sql.pyspark.worker.logging.enabled), they are rows of
python_worker_logs(). Where nobody listens to the logger, they are lines of standard error.
"""

from __future__ import annotations

import logging
import os
import re
import sys

from pyspark import TaskContext

LOGGER = logging.getLogger("restsrc")
COLLECTED = "PYSPARK_SPARK_SESSION_UUID"  # Spark sets it where it collects the logs

_TRY = re.compile(r"; try [0-9]+ of [0-9]+ in ", re.ASCII)
_WARNING = "restsrc: warning: "
_OF_FILES = "and can be read by others: "  # each run of the tool says so, and it is about none of them
_told: set[str] = set()


def tell(level: int, text: str, *, alone: bool = True, **about: object) -> None:
    """One line. `about` is for the column `context`, where each record says which task it is of.

    `alone`: it is worth a line of standard error where nobody listens.
    """
    if LOGGER.hasHandlers():
        if COLLECTED in os.environ and LOGGER.level == logging.NOTSET:
            LOGGER.setLevel(logging.INFO)
        context = {name: str(value) for name, value in {**_task(), **about}.items()}
        LOGGER.log(level, "%s", text, extra={"context": context})
    elif alone:
        print(text, file=sys.stderr, flush=True)


def warn(text: str) -> None:
    """A warning of our own."""
    tell(logging.WARNING, f"{_WARNING}{text}")


def pass_on(line: str) -> None:
    """A line of the tool's standard error: warnings and retries are warnings, the rest is for information."""
    if _OF_FILES in line:
        if line in _told:
            return
        _told.add(line)
    level = logging.WARNING if line.startswith(_WARNING) or _TRY.search(line) else logging.INFO
    tell(level, line)


def _task() -> dict[str, object]:
    """Which task of Spark this runs in; empty where it is none."""
    context = TaskContext.get()
    if context is None:
        return {}
    return {"stage": context.stageId(), "partition": context.partitionId(), "attempt": context.attemptNumber()}
