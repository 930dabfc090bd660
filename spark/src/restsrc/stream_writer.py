"""What Spark calls for a streaming write.

Each batch of a query is a `Job`, named by the query's id and the batch's number; both are the same after a restart.
Spark makes a new writer for each batch and another one for its commit, and tells that one the number of the batch,
but not the id of the query. So each task sends its job along with the receipt.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pyspark.sql import datasource
from pyspark.sql.datasource import WriterCommitMessage
from pyspark.sql.types import StructType

from restsrc.delivery import Delivery, Job, Receipt, row_batches
from restsrc.kept_files import task_context

ARROW = hasattr(datasource, "DataSourceStreamArrowWriter")  # PySpark 4.1 and later

if TYPE_CHECKING:
    from pyspark.sql.datasource import DataSourceStreamArrowWriter as _StreamWriter
else:
    _StreamWriter = datasource.DataSourceStreamArrowWriter if ARROW else datasource.DataSourceStreamWriter

_log = logging.getLogger("restsrc")


@dataclass(frozen=True)
class Message(WriterCommitMessage):
    """What a task sends to the commit."""

    job: Job
    receipt: Receipt


class RestApiStreamWriter(_StreamWriter):
    """What Spark calls for one batch of a streaming query."""

    def __init__(self, delivery: Delivery, schema: StructType, checkpoint: str):
        """`checkpoint` is the option checkpointLocation, empty where it is not given."""
        self._delivery = delivery
        self._schema = schema
        self._checkpoint = checkpoint

    def write(self, iterator: Iterator[Any]) -> Message:
        """Sends the rows of a partition, which come as `pyarrow.RecordBatch`es or as Rows. Runs in a task."""
        job = _job_of_this_task()
        return Message(job, self._delivery.send(job, iterator if ARROW else row_batches(iterator, self._schema)))

    def commit(self, messages: Sequence[Message | None], batchId: int) -> None:  # type: ignore[override]  # of write()
        """All tasks of the batch have succeeded.

        After a restart Spark calls it again, with other receipts, unless its checkpoint says that it came to an end.
        """
        self._delivery.commit(self._job(messages, batchId), _receipts(messages))

    def abort(self, messages: Sequence[Message | None], batchId: int) -> None:  # type: ignore[override]
        """A task or the commit has failed, and the query ends.

        After a restart the query does the same batch again, under the same name.
        """
        job = self._job(messages, batchId)
        if job.id:
            self._delivery.abort(job, _receipts(messages))
        elif self._delivery.aborts:
            why = "no task has told the query's id, and there is no checkpoint that has it"
            _log.warning("restsrc: batch %d is not aborted: %s", batchId, why)

    def _job(self, messages: Sequence[Message | None], batch: int) -> Job:
        """The job of the batch. Where no task has succeeded, the checkpoint may know the query's id."""
        return next((message.job for message in messages if message), None) or Job(_query_of(self._checkpoint), batch)


def _receipts(messages: Sequence[Message | None]) -> list[Receipt | None]:
    return [message.receipt if message else None for message in messages]


def _job_of_this_task() -> Job:
    context = task_context()
    query, batch = (context.getLocalProperty(name) for name in ("sql.streaming.queryId", "streaming.sql.batchId"))
    if query is None or batch is None:
        raise RuntimeError("Spark does not say which batch this task belongs to")
    return Job(query, int(batch))


def _query_of(checkpoint: str) -> str:
    """The id of the query that the checkpoint is of; empty where it can't be read from here."""
    from pyarrow import fs

    try:
        remote = urlsplit(checkpoint).scheme
        system, path = fs.FileSystem.from_uri(checkpoint) if remote else (fs.LocalFileSystem(), checkpoint)
        with system.open_input_stream(f"{path}/metadata") as file:
            return str(json.loads(file.read())["id"])
    except (OSError, ValueError, KeyError) as problem:
        _log.debug("restsrc: no query id in %r: %s", checkpoint, problem)
        return ""
