"""What Spark calls: the data source `rest-api` and its batch reader; `writer` has what it calls to write.

These objects are pickled to other processes, so they hold plain fields only, and imports of pyarrow are inside of what runs there.
"""

from __future__ import annotations

import importlib.util
import sys
from typing import Any, Iterator

from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition
from pyspark.sql.types import StructType

from restsrc import plan
from restsrc.arrow import FAILFAST, PERMISSIVE, BatchMaker
from restsrc.errors import RecordError
from restsrc.options import Options
from restsrc.writer import Delivery, RestApiWriter

if importlib.util.find_spec("pyarrow") is None:
    raise ImportError(
        f"restsrc needs pyarrow, which {sys.executable} does not have. Install it for the Python that Spark's workers run, "
        "or set PYSPARK_PYTHON to one that has it"
    )


class RestApiDataSource(DataSource):
    """A paginated REST API as a DataFrame: format "rest-api", option `url`, and the options of the restsrc tool."""

    @classmethod
    def name(cls) -> str:
        return "rest-api"

    def schema(self) -> StructType:
        """The schema of a sample of the records, where the user gave none."""
        options = Options(self.options)
        self.inferred_from = options.sample_records  # for error messages; travels with this object
        return _sampled_schema(options)

    def reader(self, schema: StructType) -> "RestApiReader":
        return RestApiReader(Options(self.options), schema, getattr(self, "inferred_from", None))

    def writer(self, schema: StructType, overwrite: bool) -> RestApiWriter:
        """Runs at planning, before any row is there."""
        return RestApiWriter(Delivery(Options(self.options), schema, overwrite), schema)


class RangePartition(InputPartition):
    """The part of the list that one task reads. `total` is the count at planning time, if there was one."""

    def __init__(self, offset: int, limit: "int | None", total: "int | None", page_size: "int | None"):
        super().__init__(offset)
        self.offset = offset
        self.limit = limit
        self.total = total
        self.page_size = page_size


class RestApiReader(DataSourceReader):
    def __init__(self, options: Options, schema: StructType, inferred_from: "int | None"):
        self._options = options
        self._schema = schema
        self._inferred_from = inferred_from
        self._batch_maker()  # a schema that can't be read is an error before any task starts

    def partitions(self) -> "list[InputPartition]":
        """Runs on the driver, once for each execution of a query."""
        made = plan.make(self._options)
        return [RangePartition(part.offset, part.limit, made.total, made.page_size) for part in made.ranges]

    def read(self, partition: InputPartition) -> Iterator[Any]:
        """Runs in a task: the records of the range as Arrow record batches."""
        if not isinstance(partition, RangePartition):
            return iter(())  # no partitions: Spark makes one of its own up, and reads it
        return _read_range(self._options, self._batch_maker(), partition, self._hint())

    def _batch_maker(self) -> BatchMaker:
        options = self._options
        return BatchMaker(self._schema, options.mode, options.corrupt_column, options.time_zone)

    def _hint(self) -> str:
        if self._inferred_from is None:
            return ""
        return f"; the schema was inferred from the first {self._inferred_from} records: give one, or raise sample_records"


def _read_range(options: Options, maker: BatchMaker, part: RangePartition, hint: str) -> Iterator[Any]:
    from restsrc.child import Child

    numbers = {"offset": part.offset}
    if part.limit is not None:
        numbers["limit"] = part.limit
    if part.total is not None:
        numbers["expect"] = part.limit
        if options.has("planned_total"):
            numbers["planned-total"] = part.total
    config = {"page_size": part.page_size} if part.page_size else {}
    with Child(options, "read", numbers, **config) as child:
        seen = 0
        try:
            for block in child.blocks():
                yield from maker.batches(block, part.offset + seen)
                seen += block.count(b"\n")
        except RecordError as error:
            raise RecordError(f"{error}{hint}") from None
        child.check_records(child.finish(), seen)


def _sampled_schema(options: Options) -> StructType:
    from restsrc import infer
    from restsrc.child import Child

    size = options.sample_records if options.limit is None else min(options.sample_records, options.limit)
    with Child(options, "read", {"offset": options.offset, "limit": size}) as child:
        text = b"".join(child.blocks()).decode()
        child.finish()
    corrupt_column = options.corrupt_column if options.mode == PERMISSIVE else None
    return infer.schema_of(text.split("\n")[:-1], options.mode == FAILFAST, corrupt_column)
