"""A job on a cluster: cluster_job.py JSON [REMOTE ARCHIVE]. It prints "RESULT " and JSON: what each step found.

JSON: {"source": URL, "options": {...}, "steps": [...], "sinks": {step: URL}, "folder": PATH}. With REMOTE it is a job
of Spark Connect that brings the wheel ARCHIVE.
"""

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
    rows.write.format("rest-api").mode("append").options(idempotent="true").save(job["sinks"]["write"])


def stream_read(spark, job):
    source = spark.readStream.format("rest-api").schema("id long").option("rows_per_batch", "300").load(job["source"])
    place = job["folder"] + "/read"
    sink = (
        source.writeStream.format("parquet").option("path", place).option("checkpointLocation", place + ".checkpoint")
    )
    sink.trigger(availableNow=True).start().awaitTermination()
    return sorted(spark.read.parquet(place).toPandas()["id"].tolist())


def stream_write(spark, job):
    source = spark.readStream.format("rest-api").schema("id long").option("rows_per_batch", "300").load(job["source"])
    place = job["folder"] + "/write.checkpoint"
    sink = source.writeStream.format("rest-api").options(idempotent="true", path=job["sinks"]["stream_write"])
    sink.option("checkpointLocation", place).trigger(availableNow=True).start().awaitTermination()


STEPS = {step.__name__: step for step in (read, write, stream_read, stream_write)}


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
