"""For tests of streams: a stream reader called as Spark calls it, without Spark."""

from pyspark.sql.streaming.datasource import ReadAllAvailable, ReadMaxRows
from pyspark.sql.types import LongType, StructType

from restsrc import stream
from restsrc.options import Options


def reader(url, column="i", **options):
    given = {"url": url, "poll_interval": "0", **{name: str(value) for name, value in options.items()}}
    return stream.reader(Options(given), StructType().add(column, LongType()), "")


def latest(source, start, rows=None):
    return source.latestOffset(start, ReadAllAvailable() if rows is None else ReadMaxRows(rows))


def values(source, start, end):
    """The first column of the batch, partition by partition."""
    return [
        [value for batch in source.read(part) for value in batch.column(0).to_pylist()] for part in source.partitions(start, end)
    ]


def batches(source, start, rows=None):
    """(end, values) of the batches until nothing is new."""
    while (end := latest(source, start, rows)) != start:
        yield end, [value for part in values(source, start, end) for value in part]
        start = end
