"""What Spark calls for a batch write."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from pyspark.sql import datasource
from pyspark.sql.types import StructType

from restsrc.delivery import Delivery, Job, Receipt, row_batches

ARROW = hasattr(datasource, "DataSourceArrowWriter")  # PySpark 4.1 and later hand over record batches instead of rows

if TYPE_CHECKING:
    from pyspark.sql.datasource import DataSourceArrowWriter as _Writer
else:
    _Writer = datasource.DataSourceArrowWriter if ARROW else datasource.DataSourceWriter


class RestApiWriter(_Writer):
    """What Spark calls for a batch write.

    The commit may run in another process than the write, on a copy of this object.
    """

    def __init__(self, delivery: Delivery, schema: StructType):
        self._delivery = delivery
        self._schema = schema
        self._job = Job(str(uuid.uuid4()))

    def write(self, iterator: Iterator[Any]) -> Receipt:
        """Sends the rows of a partition, which come as `pyarrow.RecordBatch`es or as Rows. Runs in a task."""
        return self._delivery.send(self._job, iterator if ARROW else row_batches(iterator, self._schema))

    def commit(self, messages: Sequence[Receipt | None]) -> None:  # type: ignore[override]  # what write() returned
        """All tasks have succeeded. Runs on the driver."""
        self._delivery.commit(self._job, messages)

    def abort(self, messages: Sequence[Receipt | None]) -> None:  # type: ignore[override]
        """A task or the commit has failed; None stands for a task that has. Runs on the driver."""
        self._delivery.abort(self._job, messages)
