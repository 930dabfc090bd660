"""For tests of streams: a stream reader called as Spark calls it, without Spark."""

import pytest
from pyspark.sql.types import LongType, StructType

from restsrc.options import Options
from restsrc.stream_reader import HAS_LIMITS, stream_reader

if HAS_LIMITS:
    from pyspark.sql.streaming.datasource import ReadAllAvailable, ReadMaxRows

WHY = "PySpark before 4.2 tells a source neither where a batch begins nor how much it may take"
needs_limits = pytest.mark.skipif(not HAS_LIMITS, reason=WHY)


def at_most(rows):
    """The option for it, where there is one."""
    return {"rows_per_batch": str(rows)} if HAS_LIMITS else {}


def reader(url, column="i", **options):
    given = {"url": url, "poll_interval": "0", **{name: str(value) for name, value in options.items()}}
    return stream_reader(Options(given), StructType().add(column, LongType()), "")


def latest(source, start, rows=None):
    if HAS_LIMITS:
        return source.latestOffset(start, ReadAllAvailable() if rows is None else ReadMaxRows(rows))
    if rows is not None:
        pytest.skip(WHY)
    return source.latestOffset()


def place(offset):
    """Where an offset is, without what it knows of the records before it."""
    return {name: offset[name] for name in ("offset", "time", "cursor", "skip", "read", "paginate") if name in offset}


def values(source, start, end):
    """The first column of the batch, partition by partition."""
    return [
        [value for batch in source.read(part) for value in batch.column(0).to_pylist()]
        for part in source.partitions(start, end)
    ]


def batches(source, start, rows=None):
    """(end, values) of the batches until nothing is new."""
    while (end := latest(source, start, rows)) != start:
        yield end, [value for part in values(source, start, end) for value in part]
        start = end
