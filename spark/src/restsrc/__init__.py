"""Read paginated REST APIs as Spark DataFrames, and write DataFrames to REST APIs.

    from restsrc import RestApiDataSource
    spark.dataSource.register(RestApiDataSource)
    spark.read.format("rest-api").option("url", "https://example.com/items").load()
    df.write.format("rest-api").mode("append").option("url", "https://example.com/items").save()

How it works, from the top: `datasource` is what Spark calls; `options` checks what the user said against the tool's own
table; `plan` cuts the list into ranges; `child` runs one `restsrc read` a range; `arrow` and `exact` turn its
lines into Arrow record batches; `infer` finds a schema; `errors` names what can go wrong; `redaction` has Spark hide options
in its plans. Streams: `stream` and the three modes beside it; `partitions` and `windows` cut lists by key and by time. The
other way: `values` turns Arrow record batches into lines, and `writer` feeds them to one `restsrc write` a partition.
"""

from restsrc.datasource import RestApiDataSource
from restsrc.redaction import hide_options

__all__ = ["RestApiDataSource", "hide_options"]
