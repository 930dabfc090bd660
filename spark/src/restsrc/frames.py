"""DataFrames whose filters reach the server."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from pyspark.sql import types as t

from restsrc import pushed_reader
from restsrc.for_each import children
from restsrc.options import option_text
from restsrc.planning.pushdown import GUARD

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def load(
    spark: SparkSession,
    url: str,
    schema: str | t.StructType | None = None,
    *,
    for_each: str | DataFrame | None = None,
    **options: str | int | float | bool,
) -> DataFrame:
    """The list at `url`, as `spark.read.format("rest-api")` loads it; with `pushdown`, filters become queries.

        orders = restsrc.load(spark, "https://api.example.com/orders", pushdown="django")
        orders.filter("status = 'open' and created >= current_date()").show()

    With `for_each`, a DataFrame or the name of a table or view, there is a list for each of its rows, the parents:

        issues = restsrc.load(spark, "https://api.example.com/repos/{id}/issues", for_each="repos", keep="repo_id=id")

    `{COLUMN}` in `url` and in the options `query`, `header` and `data` stands for the parent's value. `keep` has what
    the records get of their parent, one NAME=COLUMN a line: columns that come first, unless `schema` has them. Each
    task runs one tool for all parents of its partition, with several lists under way at once; `num_partitions` cuts
    the parents into so many partitions. Parents go to the executors as rows of any DataFrame do, and may be a stream.
    An error fails the query, with the row that it is of; `on="404=empty"` takes a list that is not there for empty.

    Why not by spark.read? Spark (4.1 to 4.3) keeps one plan for all queries of what a Python source has loaded: after a
    query with a filter, one without would get the rows of the first. Here each query has a filter, on a column that is
    always null and that nobody sees. So the source is asked each time, and sees when it must read more. And parents:
    Spark asks a Python source what there is to read in a process that has no session, and so no tables.
    """
    if for_each is not None:
        parents = spark.table(for_each) if isinstance(for_each, str) else for_each
        given = {name: option_text(value) for name, value in options.items()}
        return children(parents, {"url": url, **given}, schema)
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
