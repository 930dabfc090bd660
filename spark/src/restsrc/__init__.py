"""Read paginated REST APIs as Spark DataFrames, and write DataFrames to REST APIs.

    from restsrc import RestApiDataSource
    spark.dataSource.register(RestApiDataSource)
    spark.read.format("rest-api").option("url", "https://example.com/items").load()
    df.write.format("rest-api").mode("append").option("url", "https://example.com/items").save()

`help(RestApiDataSource)` lists the options. The modules, from the top; each imports only what is below it:

    frames                          DataFrames of one call: lists for each row of another one
    for_each                        lists of lists
    datasource                      what Spark calls first
    explain                         the plan of a read as text
    lookup                          the rows of a DataFrame with answers to requests made of them
    pushed_frames                   load() of spark.read with filters that are pushed down
    reader, pushed_reader, writer   batches; those with filters that are pushed down
    stream_reader, stream_writer    streams; streams/ has the three modes of reading
    delivery                        how rows get to an API: tasks, commit, abort
    planning/                       which part of the list each task reads
    rows/                           records to Arrow record batches and back; schemas from samples
    report                          what a task or a write has done, for the log and a file
    partition                       what one task reads
    process, feeding                one run of the restsrc tool; rows that go into it while others come out
    options, option_table           what the user asked for, checked
    config_file                     a configuration file, read on the driver
    tool, times                     the tool and its own table of options; times and durations
    log, journal                    what people are told; what runs of the tool have done
    errors, redaction               what can go wrong; what Spark must not show
"""

import sys

if sys.version_info < (3, 10):  # noqa: UP036 (pip refuses it, but a zip file on Python's path was never asked)
    raise ImportError(
        f"restsrc needs Python 3.10 or newer, and {sys.executable} is {sys.version.split()[0]}: set PYSPARK_PYTHON"
    )

from restsrc.datasource import RestApiDataSource
from restsrc.errors import (
    AccessDenied,
    InputError,
    OptionError,
    OutputError,
    RecordError,
    RequestRefused,
    RestsrcError,
    ServerUnavailable,
    ToolFailure,
    UnexpectedAnswer,
)
from restsrc.explain import explain
from restsrc.frames import load
from restsrc.lookup import lookup
from restsrc.redaction import hide_options

__version__ = "0.1.0"

__all__ = [
    "AccessDenied",
    "InputError",
    "OptionError",
    "OutputError",
    "RecordError",
    "RequestRefused",
    "RestApiDataSource",
    "RestsrcError",
    "ServerUnavailable",
    "ToolFailure",
    "UnexpectedAnswer",
    "__version__",
    "explain",
    "hide_options",
    "load",
    "lookup",
]
