"""A streaming query in a process of its own, to be killed: stream_job.py FOLDER JSON

JSON holds the options of the source and, under "trigger", the arguments of the trigger. The query goes from the API by
FOLDER/checkpoint to FOLDER/out or, with the options under "sink", to another API; this process ends with it.
"""

import json
import os
import sys


def main(folder, text):
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    from pyspark.sql import SparkSession

    options = json.loads(text)
    trigger, target = options.pop("trigger"), options.pop("sink", None)
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",  # it is up sooner
    }
    spark = SparkSession.builder.master("local[2,4]").appName("restsrc stream").config(map=settings).getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    source = spark.readStream.format("rest-api").options(**options).schema("id long").load()
    sink = source.writeStream.option("checkpointLocation", f"{folder}/checkpoint")
    sink = (
        sink.format("rest-api").options(**target) if target else sink.format("parquet").option("path", f"{folder}/out")
    )
    sink.trigger(**trigger).start().awaitTermination()


if __name__ == "__main__":
    main(*sys.argv[1:])
