"""Stream writes: each batch of a query is a `Job`, named by the query's id and the batch's number, which are the same after a restart.

Spark makes a new writer for each batch and another one for its commit, which is told the batch's number but not the query's id. So
each task sends its job along with the receipt.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import Any, Iterator, Sequence
from urllib.parse import urlsplit

from pyspark.sql import datasource
from pyspark.sql.datasource import DataSourceStreamWriter, WriterCommitMessage
from pyspark.sql.types import StructType

from restsrc.delivery import Delivery, Job, Receipt, row_batches

_log = logging.getLogger("restsrc")


@dataclass(frozen=True)
class Message(WriterCommitMessage):
    """What a task tells the commit."""

    job: Job
    receipt: Receipt


_ARROW = hasattr(datasource, "DataSourceStreamArrowWriter")  # PySpark 4.1 and later


class RestApiStreamWriter(datasource.DataSourceStreamArrowWriter if _ARROW else DataSourceStreamWriter):
    """What Spark calls for the batches of a streaming query."""

    def __init__(self, delivery: Delivery, schema: StructType, checkpoint: str):
        self._delivery = delivery
        self._schema = schema
        self._checkpoint = checkpoint

    def write(self, iterator: Iterator[Any]) -> Message:
        """Runs in a task."""
        job = _job_of_this_task()
        return Message(job, self._delivery.send(job, iterator if _ARROW else row_batches(iterator, self._schema)))

    def commit(self, messages: "list[Message | None]", batchId: int) -> None:
        """Spark repeats it after a restart, with other receipts, unless it has noted in its checkpoint that it came to an end."""
        self._delivery.commit(self._job(messages, batchId), _receipts(messages))

    def abort(self, messages: "list[Message | None]", batchId: int) -> None:
        """The query fails after it. Restarted, it does the same batch again, under the same name."""
        job = self._job(messages, batchId)
        if job.id:
            self._delivery.abort(job, _receipts(messages))
        elif self._delivery.aborts:
            _log.warning("restsrc: batch %d is not aborted: no task told the query's id, and no checkpoint at hand does", batchId)

    def _job(self, messages: "Sequence[Message | None]", batch: int) -> Job:
        """The checkpoint knows the query's id too: for an abort when no task has succeeded."""
        return next((message.job for message in messages if message), None) or Job(_query_of(self._checkpoint), batch)


def _receipts(messages: "Sequence[Message | None]") -> "list[Receipt | None]":
    return [message and message.receipt for message in messages]


def _job_of_this_task() -> Job:
    from pyspark import TaskContext

    context = TaskContext.get()
    return Job(context.getLocalProperty("sql.streaming.queryId"), int(context.getLocalProperty("streaming.sql.batchId")))


def _query_of(checkpoint: str) -> str:
    """The id of the query that the checkpoint is of; empty where it can't be read from here."""
    from pyarrow import fs

    try:
        system, path = fs.FileSystem.from_uri(checkpoint) if urlsplit(checkpoint).scheme else (fs.LocalFileSystem(), checkpoint)
        with system.open_input_stream(f"{path}/metadata") as file:
            return json.loads(file.read())["id"]
    except (OSError, ValueError, KeyError) as problem:
        _log.debug("restsrc: no query id in %r: %s", checkpoint, problem)
        return ""
