"""The batch writer: what Spark calls for df.write."""

from __future__ import annotations

import uuid
from typing import Any, Iterator

from pyspark.sql import datasource
from pyspark.sql.datasource import DataSourceWriter
from pyspark.sql.types import StructType

from restsrc.delivery import Delivery, Job, Receipt, row_batches

_ARROW = hasattr(datasource, "DataSourceArrowWriter")


class RestApiWriter(datasource.DataSourceArrowWriter if _ARROW else DataSourceWriter):
    """What Spark calls for a batch write. Its commit may run in another process than its write, but is this object."""

    def __init__(self, delivery: Delivery, schema: StructType):
        self._delivery = delivery
        self._schema = schema
        self._job = Job(str(uuid.uuid4()))

    def write(self, iterator: Iterator[Any]) -> Receipt:
        return self._delivery.send(self._job, iterator if _ARROW else row_batches(iterator, self._schema))

    def commit(self, messages: "list[Receipt | None]") -> None:
        self._delivery.commit(self._job, messages)

    def abort(self, messages: "list[Receipt | None]") -> None:
        self._delivery.abort(self._job, messages)
