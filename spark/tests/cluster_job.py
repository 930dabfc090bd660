"""A job on a cluster: cluster_job.py JSON [REMOTE ARCHIVE]. It prints "RESULT " and JSON: what each step found.

JSON: {"source": URL, "options": {...}, "steps": [...], "sinks": {step: URL}, "folder": PATH}. With REMOTE it is a job
of Spark Connect that brings the wheel ARCHIVE.
"""

import contextlib
import io
import json
import sys


def tools(spark, tasks):
    """Which programs the tasks run."""
    from pyspark.sql.functions import udf

    @udf("string")
    def find(_):
        from restsrc import tool

        return tool.find()

    return sorted({row[0] for row in spark.range(0, tasks, 1, tasks).select(find("id")).collect()})


def read(spark, job):
    rows = spark.read.format("rest-api").options(**job["options"]).load(job["source"])
    return rows.select("id").toPandas()["id"].tolist()


def write(spark, job):
    rows = spark.range(0, 1000, 1, 4)
    options = {"idempotent": "true", **job["options"]}
    rows.write.format("rest-api").mode("append").options(**options).save(job["sinks"]["write"])


def stream(spark, job):
    options = {"rows_per_batch": "300", **job["options"]}
    return spark.readStream.format("rest-api").schema("id long").options(**options).load(job["source"])


def stream_read(spark, job):
    source = stream(spark, job)
    place = job["folder"] + "/read"
    sink = (
        source.writeStream.format("parquet").option("path", place).option("checkpointLocation", place + ".checkpoint")
    )
    sink.trigger(availableNow=True).start().awaitTermination()
    return sorted(spark.read.parquet(place).toPandas()["id"].tolist())


def stream_write(spark, job):
    source = stream(spark, job)
    place = job["folder"] + "/write.checkpoint"
    sink = source.writeStream.format("rest-api").options(idempotent="true", path=job["sinks"]["stream_write"])
    sink.option("checkpointLocation", place).trigger(availableNow=True).start().awaitTermination()


def readme(spark, job):
    """What else spark/README shows: SQL, whole records, many lists, and options that a plan does not show."""
    url, found = job["source"], {}
    source = spark.read.format("rest-api").options(url=url, page_size="100")
    spark.sql(f"CREATE TEMPORARY VIEW of_the_api USING `rest-api` OPTIONS (url '{url}', page_size '100')")
    found["view"] = spark.sql("SELECT count(*) FROM of_the_api WHERE id >= 0").first()[0]
    rows = source.options(raw_column="_raw", metadata_columns="_offset, _url").load()
    found["raw"] = rows.filter("get_json_object(_raw, '$.id') = id AND _url LIKE '%offset=%'").count()
    several = spark.read.format("rest-api").schema("id long").load([url, url])
    found["several"] = several.count()
    with contextlib.redirect_stdout(io.StringIO()) as plan:
        source.options(bearer=job["secret"], header=f"X-Key: {job['secret']}").load().explain(True)
        view = f"CREATE TEMPORARY VIEW secret USING `rest-api` OPTIONS (url '{url}', bearer '{job['secret']}')"
        spark.sql(f"EXPLAIN EXTENDED {view}").show(truncate=False)
    found["plan"] = plan.getvalue()
    try:
        _ = source.option("pagesize", "7").load().schema  # a client of Connect asks for it only now
        found["error"] = ""
    except Exception as error:
        found["error"] = str(error)
    return found


STEPS = {step.__name__: step for step in (read, write, stream_read, stream_write, readme)}


def session(remote=None, archive=None):
    from pyspark.sql import SparkSession

    if remote:
        spark = SparkSession.builder.remote(remote).getOrCreate()
        spark.addArtifacts(archive, pyfile=True)
    else:
        spark = SparkSession.builder.getOrCreate()
        spark.sparkContext.setLogLevel("WARN")
    from restsrc import RestApiDataSource

    spark.dataSource.register(RestApiDataSource)
    return spark


def main(text, *remote):
    job = json.loads(text)
    spark = session(*remote)
    found = {step: STEPS[step](spark, job) for step in job["steps"]}
    found["tools"] = tools(spark, 4)
    print("\nRESULT " + json.dumps(found), flush=True)
    spark.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
