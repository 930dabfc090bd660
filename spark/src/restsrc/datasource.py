"""The data source `rest-api`: what Spark calls first.

This object, and all that it makes, is pickled to other processes. So these classes hold plain fields only, and import
pyarrow inside of the functions that run there.
"""

from __future__ import annotations

import importlib.util
import inspect
import logging
import sys
import uuid

from pyspark.sql import SparkSession
from pyspark.sql.datasource import DataSource
from pyspark.sql.types import BooleanType, StructType

from restsrc import pushed_frames, pushed_reader
from restsrc.columns import Columns
from restsrc.delivery import Delivery
from restsrc.option_table import listing
from restsrc.options import Options
from restsrc.planning.pushdown import GUARD
from restsrc.process import Process
from restsrc.pushed_reader import PushedReader
from restsrc.reader import RestApiReader
from restsrc.redaction import hide_options
from restsrc.stream_reader import RestApiStreamReader, stream_reader
from restsrc.stream_writer import RestApiStreamWriter
from restsrc.writer import RestApiWriter

if importlib.util.find_spec("pyarrow") is None:
    raise ImportError(
        f"restsrc needs pyarrow, which {sys.executable} does not have. "
        "Install it for the Python that Spark's workers run, or set PYSPARK_PYTHON to one that has it"
    )


class RestApiDataSource(DataSource):
    """A paginated REST API as a DataFrame, and a DataFrame written to a REST API. The format's name is "rest-api".

    Register it once in a session, then read:

        from restsrc import RestApiDataSource

        spark.dataSource.register(RestApiDataSource)
        df = (
            spark.read.format("rest-api")
            .schema("id long, name string, updated timestamp")  # without it, inferred from a sample
            .option("url", "https://api.example.com/items")
            .option("page_size", 1000)
            .load()
        )

    and write (Spark refuses a bare save(), so say append):

        df.write.format("rest-api").mode("append").option("url", "https://api.example.com/items").save()

    spark.readStream and df.writeStream take the same format.

    Each Spark task runs one `restsrc read` or `restsrc write`. The list is cut into ranges by its count, and the tool
    does the HTTP, the paging and the retries. Fewer records than were counted are an error, never a shorter
    DataFrame.

    Options: every option of the tool, with underscores for hyphens (`restsrc help options` lists them: page_size,
    count_from, bearer, header ...), and those below. An option that repeats takes one value a line. Durations are
    "30s", "15 minutes", "1.5h" or "1 day". A wrong name or value is an error before any task starts, and the message
    names all that is wrong.

    Errors are the exceptions of `restsrc.errors`, subclasses of RestsrcError. The most frequent ones:

        OptionError          an option is wrong
        AccessDenied         the server answers 401 or 403
        RequestRefused       the server answers with another 4xx
        ServerUnavailable    no usable answer after all retries; trying again later may help
        UnexpectedAnswer     the answer is not as described, or there are fewer records than planned
        RecordError          a record does not fit the schema
    """

    @classmethod
    def name(cls) -> str:
        """The format's name, "rest-api".

        Spark asks for it when the source is registered. That is the one time that any of this runs in the session's
        own process, so the options that may hold secrets are hidden from Spark's plans now, and load() learns to hand
        filters over.
        """
        session = SparkSession.getActiveSession()
        if session is not None:
            hide_options(session)
            pushed_frames.teach(session)
        return "rest-api"

    def __init__(self, options: dict[str, str]):
        """Once for each load(). The object travels, and `token` says that it is the same one."""
        super().__init__({name: value for name, value in options.items() if name.lower() != GUARD})
        self._guarded = len(self.options) < len(options)
        self._token = uuid.uuid4().hex

    def schema(self) -> StructType:
        """The schema of a sample of the records, where the user gave none.

        Reads `sample_records` records. InputError where there are none; RecordError where one is not an object, in
        mode FAILFAST.
        """
        options = Options(self.options)
        self.inferred_from = options.integer("sample_records")  # for error messages; travels with this object
        schema = _sampled_schema(options)
        return schema.add(GUARD, BooleanType()) if self._guarded else schema

    def reader(self, schema: StructType) -> RestApiReader:
        """The reader of a batch query. OptionError where an option or the schema is wrong."""
        options = Options(self.options)
        if GUARD in schema.names and pushed_reader.possible():
            return PushedReader(options, schema, self._hint(), self._token)
        if any(options.text(name) for name in pushed_frames.OPTIONS):
            logging.getLogger("restsrc").warning(
                "restsrc: the whole list is read: pushdown needs spark.read.load() in Python, and %s=true",
                pushed_reader.SETTING,
            )
        return RestApiReader(options, schema, self._hint())

    def streamReader(self, schema: StructType) -> RestApiStreamReader:
        """The reader of a streaming query. OptionError where an option or the schema is wrong."""
        return stream_reader(Options(self.options), schema, self._hint())

    def writer(self, schema: StructType, overwrite: bool) -> RestApiWriter:
        """The writer of a batch. OptionError where an option is wrong.

        Spark asks for it when it plans the query, before there is any row.
        """
        return RestApiWriter(Delivery(Options(self.options), schema, overwrite), schema)

    def streamWriter(self, schema: StructType, overwrite: bool) -> RestApiStreamWriter:
        """The writer of one batch of a streaming query. OptionError where an option is wrong.

        Spark asks for another one for the commit of the batch. It passes its own options along with ours.
        """
        given = {name.lower(): value for name, value in self.options.items() if name.lower() != "queryname"}
        checkpoint = given.pop("checkpointlocation", "")
        return RestApiStreamWriter(Delivery(Options(given), schema, overwrite, stream=True), schema, checkpoint)

    def _hint(self) -> str:
        """What to add to the message when a record does not fit a schema that was inferred."""
        sample = getattr(self, "inferred_from", None)
        if sample is None:
            return ""
        return f"; the schema was inferred from the first {sample} records: give one, or raise sample_records"


RestApiDataSource.__doc__ = f"{inspect.cleandoc(RestApiDataSource.__doc__ or '')}\n{listing()}"


def _sampled_schema(options: Options) -> StructType:
    size = options.integer("sample_records")
    size = size if options.limit is None else min(size, options.limit)
    columns = Columns(options)
    flags = {"offset": options.offset, "limit": size}
    with Process(options, "read", flags, envelopes=columns.needs_envelopes) as process:
        text = b"".join(process.blocks()).decode()
        first = columns.pages(process, options.offset, StructType())
        process.finish()
        return columns.inferred(text.split("\n")[:-1], first.first() if first else "")
