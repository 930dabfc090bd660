"""What the session says, as far as a task can see it: what was set with spark.conf or the builder.

Where a read is planned there is no task, and nothing of it is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark import TaskContext
from pyspark.sql.types import StructType

from restsrc.options import Options

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def time_zone(options: Options, frame: DataFrame | None = None) -> str:
    """The option, else the session's zone, as Spark's JSON reader has it, else UTC. The session is the task's, or that
    of the DataFrame, where there is no task."""
    name = "spark.sql.session.timeZone"
    of_session = frame.sparkSession.conf.get(name, "UTC") if frame is not None else _conf(name)
    return options.given("time_zone").strip() or of_session or "UTC"


def corrupt_column(options: Options, schema: StructType) -> str:
    """The column for malformed records: the option, else what the session calls it if the schema has that."""
    named = _conf("spark.sql.columnNameOfCorruptRecord")
    given = options.given("column_name_of_corrupt_record").strip()
    return named if named in schema.names and not given else options.text("column_name_of_corrupt_record")


def _conf(name: str) -> str:
    context = TaskContext.get()
    return (context.getLocalProperty(name) or "") if context else ""
