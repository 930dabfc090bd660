"""A Spark application of its own, for test_secrets.py: secret options in reads, writes and streams that work or fail.

    secrets_job.py CASES WORK    CASES: a JSON file; WORK: a folder

It prints what a person would: plans, data frames, progress, errors, and what the executions of Spark SQL are
described by. Meanwhile the command lines and environments of all processes are looked through. Its last line counts
what was done and looked at.
"""

import json
import os
import sys
import threading
from pathlib import Path

from pyspark.sql import SparkSession

from conftest import register


class Processes(threading.Thread):
    """Looks for the mark in every process of the machine that may be looked at, over and over."""

    def __init__(self, mark):
        super().__init__(daemon=True)
        self._mark, self._done = mark.encode(), threading.Event()
        self.found, self.tools = [], set()

    def run(self):
        while not self._done.wait(0.005):
            for entry in Path("/proc").glob("[0-9]*"):
                try:
                    texts = [(entry / name).read_bytes() for name in ("cmdline", "environ")]
                except OSError:
                    continue  # gone meanwhile, or another user's
                if texts[0].split(b"\0")[0].endswith(b"/restsrc"):
                    self.tools.add(entry.name)
                self.found += [f"{entry.name}: {text.decode(errors='replace')}" for text in texts if self._mark in text]

    def end(self):
        self._done.set()
        self.join()


class Job:
    def __init__(self, work):
        self.work, self.done, self.failed = work, 0, 0
        self.spark = (
            SparkSession.builder.master("local[2]")
            .appName("secrets")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.eventLog.enabled", "true")
            .config("spark.eventLog.dir", f"file://{work}/events")
            .config("spark.eventLog.compress", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.sql.warehouse.dir", f"{work}/warehouse")
            .getOrCreate()
        )
        self.spark.sparkContext.setLogLevel("INFO")
        register(self.spark)

    def attempt(self, action, *arguments):
        try:
            action(*arguments)
            self.done += 1
        except Exception as error:  # as a notebook would show it
            print(error, repr(error))
            self.failed += 1

    def read(self, options):
        df = self.spark.read.format("rest-api").options(**options).load()
        for mode in ("extended", "formatted", "cost"):
            df.explain(mode)
        print(df, repr(df.schema), df._jdf.queryExecution().toString(), df.inputFiles())
        df.createOrReplaceTempView("listing")
        self.spark.sql("explain extended select count(*) from listing").show(truncate=False)
        self.spark.sql("describe extended listing").show(truncate=False)
        df.select("id").cache().count()
        df.collect()

    def write(self, options, rows):
        df = self.spark.createDataFrame(rows, "i int, bad string")
        df.write.format("rest-api").mode("append").options(**options).save()

    def stream(self, read, write, name):
        query = (
            self.spark.readStream.format("rest-api")
            .schema("i int")
            .options(**read)
            .load()
            .writeStream.format("rest-api")
            .options(**write)
            .option("checkpointLocation", f"{self.work}/checkpoint-{name}")
            .queryName(name)
            .trigger(availableNow=True)
            .start()
        )
        try:
            query.awaitTermination()
        finally:
            query.explain(True)
            print(query.lastProgress, query.status, query.exception())

    def descriptions(self):
        store = self.spark._jsparkSession.sharedState().statusStore().executionsList()
        for i in range(store.size()):
            one = store.apply(i)
            print(
                one.description(),
                one.details(),
                one.physicalPlanDescription(),
                one.modifiedConfigs(),
                one.errorMessage(),
            )


def main():
    cases, work = json.loads(Path(sys.argv[1]).read_text()), sys.argv[2]
    os.mkdir(f"{work}/events")
    processes = Processes(cases["mark"])
    processes.start()
    job = Job(work)
    for options in cases["reads"]:
        job.attempt(job.read, options)
    for options in cases["writes"]:
        job.attempt(job.write, options, [(i, None) for i in range(10)])
        job.attempt(job.write, options, [(0, "yes")])
    for number, (read, write) in enumerate(cases["streams"]):
        job.attempt(job.stream, read, write, f"stream{number}")
    job.descriptions()
    job.spark.stop()
    processes.end()
    print(*processes.found, sep="\n")
    print(json.dumps({"done": job.done, "failed": job.failed, "tools": len(processes.tools)}))


if __name__ == "__main__":
    main()
