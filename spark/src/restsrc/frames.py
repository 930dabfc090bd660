"""DataFrames whose filters reach the server."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from pyspark.sql import types as t

from restsrc import pushed_reader
from restsrc.planning.pushdown import GUARD

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def load(
    spark: SparkSession, url: str, schema: str | t.StructType | None = None, **options: str | int | float | bool
) -> DataFrame:
    """The list at `url`, as `spark.read.format("rest-api")` loads it; with `pushdown`, filters become queries.

        orders = restsrc.load(spark, "https://api.example.com/orders", pushdown="django")
        orders.filter("status = 'open' and created >= current_date()").show()

    Why not by spark.read: Spark (4.1 to 4.3) keeps one plan for all queries of what a Python source has loaded. After a
    query with a filter, one without would get the rows of the first. Here each query has a filter, on a column that is
    always null and that nobody sees. So the source is asked each time, and sees when it must read more.
    """
    pushes = _pushes(spark, options)
    if not pushes:
        options = {name: value for name, value in options.items() if not name.lower().startswith("pushdown")}
    reader = spark.read.format("rest-api").options(url=url, **options)
    if not pushes:
        return (reader.schema(schema) if schema else reader).load()
    if schema is None:
        reader = reader.option(GUARD, "true")
    else:
        whole = spark.createDataFrame([], schema).schema
        reader = reader.schema(t.StructType([*whole.fields, t.StructField(GUARD, t.BooleanType())]))
    frame = reader.load()
    return frame.filter(frame[GUARD].isNull()).drop(GUARD)


def _pushes(spark: SparkSession, options: dict[str, str | int | float | bool]) -> bool:
    """Whether filters are wanted and Spark can give them; a warning where it can't."""
    given = {name.lower().replace("-", "_") for name in options}
    if not given & {"pushdown", "pushdown_templates"}:
        return False
    log = logging.getLogger("restsrc")
    if not pushed_reader.possible():
        log.warning("restsrc: pushdown needs PySpark 4.1 or later: this one reads the whole list")
        return False
    if str(spark.conf.get(pushed_reader.SETTING, "false")).lower() != "true":
        log.warning("restsrc: pushdown needs the setting %s=true: the whole list is read", pushed_reader.SETTING)
        return False
    return True
