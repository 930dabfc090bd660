"""DataFrames of one call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from restsrc import pushed_frames
from restsrc.for_each import children
from restsrc.options import option_text

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql import types as t


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

    Why not by spark.read? Spark asks a Python source what there is to read in a process that has no session, and so no
    tables.
    """
    if for_each is not None:
        parents = spark.table(for_each) if isinstance(for_each, str) else for_each
        given = {name: option_text(value) for name, value in options.items()}
        return children(parents, {"url": url, **given}, schema)
    pushed_frames.teach(spark)
    reader = spark.read.format("rest-api").options(url=url, **options)
    return (reader.schema(schema) if schema else reader).load()
