"""Read paginated REST APIs as Spark DataFrames.

    from restsrc import RestApiDataSource
    spark.dataSource.register(RestApiDataSource)
    spark.read.format("rest-api").option("url", "https://example.com/items").load()

How it works, from the top: `datasource` is what Spark calls; `options` checks what the user said against the tool's own
table; `plan` cuts the list into ranges; `child` runs one `restsrc read` a range; `arrow` and `exact` turn its
lines into Arrow record batches; `infer` finds a schema; `errors` names what can go wrong.
"""

from restsrc.datasource import RestApiDataSource

__all__ = ["RestApiDataSource"]
