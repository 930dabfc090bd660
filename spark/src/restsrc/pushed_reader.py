"""The batch reader that takes filters from Spark; PySpark 4.1 and later call it where their setting is on."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any

from pyspark import TaskContext
from pyspark.sql.datasource import DataSourceReader, InputPartition
from pyspark.sql.types import StructType

from restsrc.errors import OptionError, RequestRefused
from restsrc.options import Options
from restsrc.planning import pushdown
from restsrc.reader import RestApiReader

SETTING = "spark.sql.python.filterPushdown.enabled"
REFUSED = (400, 422, 501)  # statuses for queries that a server does not understand


def possible() -> bool:
    """Whether this PySpark can hand filters to a Python source at all."""
    return hasattr(DataSourceReader, "pushFilters")


class PushedReader(RestApiReader):
    """As RestApiReader, for records that fulfil the filters of a query."""

    def __init__(self, options: Options, schema: StructType, hint: str, token: str):
        """`token` names the data source: all queries of a DataFrame have the same. OptionError as for RestApiReader."""
        super().__init__(options, schema, hint)
        self._pushdown = pushdown.Pushdown(options)
        self._token = token
        self._asked = pushdown.Asked(options)

    def pushFilters(self, filters: list[Any]) -> Iterable[Any]:
        """Takes what the server may be asked for; all filters stay with Spark as well."""
        guarded = any(type(one).__name__ == "IsNull" and one.attribute == (pushdown.GUARD,) for one in filters)
        if guarded:
            self._asked = self._pushdown.ask(self._schema, filters, self._token)
            self._options = self._asked.options
        return filters

    def partitions(self) -> Sequence[InputPartition]:
        """As for RestApiReader; a server that refuses the query is told apart from one that refuses the list."""
        with self._blamed():
            return super().partitions()

    def read(self, partition: InputPartition) -> Iterator[Any]:
        """As for RestApiReader, with a warning where the first records are not what was asked for."""
        self._check_setting()
        with self._blamed():
            batches = super().read(partition)
            first = list(islice(batches, 1)) if getattr(partition, "first", False) and self._asked.checks else []
            for warning in (text for batch in first for text in pushdown.unheeded(self._asked, batch)):
                logging.getLogger("restsrc").warning("restsrc: %s", warning)
            yield from chain(first, batches)

    @contextmanager
    def _blamed(self) -> Iterator[None]:
        try:
            yield
        except RequestRefused as error:
            if not self._asked.texts or error.http_status not in REFUSED:
                raise
            raise RequestRefused(
                self._asked.blame(str(error)), error.exit_code, error.retryable, error.http_status
            ) from None

    def _check_setting(self) -> None:
        """OptionError where a query that Spark did not hand filters of would read by those of another one."""
        context = TaskContext.get()
        if not (self._asked.texts and context and context.getLocalProperty("spark.sql.execution.id")):
            return
        if (context.getLocalProperty(SETTING) or "").lower() != "true":
            raise OptionError(f"{SETTING} was turned off after a filter of this DataFrame was pushed: load it again")
