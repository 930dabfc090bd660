"""What Spark calls: the data source `rest-api` and its batch reader; `stream` and `writer` have what it calls for streams and writes.

These objects are pickled to other processes, so they hold plain fields only, and imports of pyarrow are inside of what runs there.
"""

from __future__ import annotations

import importlib.util
import sys

from pyspark.sql.datasource import DataSource
from pyspark.sql.types import StructType

from restsrc.delivery import Delivery
from restsrc.options import Options
from restsrc.process import Process
from restsrc.reader import RestApiReader
from restsrc.redaction import hide_options
from restsrc.rows import infer
from restsrc.rows.decode import FAILFAST, PERMISSIVE
from restsrc.stream_reader import RestApiStreamReader, stream_reader
from restsrc.stream_writer import RestApiStreamWriter
from restsrc.writer import RestApiWriter

if importlib.util.find_spec("pyarrow") is None:
    raise ImportError(
        f"restsrc needs pyarrow, which {sys.executable} does not have. Install it for the Python that Spark's workers run, "
        "or set PYSPARK_PYTHON to one that has it"
    )


class RestApiDataSource(DataSource):
    """A paginated REST API as a DataFrame: format "rest-api", option `url`, and the options of the restsrc tool."""

    @classmethod
    def name(cls) -> str:
        """Spark asks for it when the source is registered, the one time that any of this runs in the session's own process."""
        hide_options()
        return "rest-api"

    def schema(self) -> StructType:
        """The schema of a sample of the records, where the user gave none."""
        options = Options(self.options)
        self.inferred_from = options.sample_records  # for error messages; travels with this object
        return _sampled_schema(options)

    def reader(self, schema: StructType) -> "RestApiReader":
        return RestApiReader(Options(self.options), schema, _hint(getattr(self, "inferred_from", None)))

    def streamReader(self, schema: StructType) -> RestApiStreamReader:
        return stream_reader(Options(self.options), schema, _hint(getattr(self, "inferred_from", None)))

    def writer(self, schema: StructType, overwrite: bool) -> RestApiWriter:
        """Runs at planning, before any row is there."""
        return RestApiWriter(Delivery(Options(self.options), schema, overwrite), schema)

    def streamWriter(self, schema: StructType, overwrite: bool) -> RestApiStreamWriter:
        """Runs on the driver, for each batch and again for its commit. Spark's own options come along with ours."""
        given = {name.lower(): value for name, value in self.options.items() if name.lower() != "queryname"}
        checkpoint = given.pop("checkpointlocation", "")
        return RestApiStreamWriter(Delivery(Options(given), schema, overwrite), schema, checkpoint)


def _hint(inferred_from: "int | None") -> str:
    """What to add when a record does not fit a schema that was inferred."""
    if inferred_from is None:
        return ""
    return f"; the schema was inferred from the first {inferred_from} records: give one, or raise sample_records"


def _sampled_schema(options: Options) -> StructType:
    size = options.sample_records if options.limit is None else min(options.sample_records, options.limit)
    with Process(options, "read", {"offset": options.offset, "limit": size}) as child:
        text = b"".join(child.blocks()).decode()
        child.finish()
    corrupt_column = options.corrupt_column if options.mode == PERMISSIVE else None
    return infer.schema_of(text.split("\n")[:-1], options.mode == FAILFAST, corrupt_column)
