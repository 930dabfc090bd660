"""Spark's part of bench/run: reads into nothing and writes, by data sources that take turns in one Spark.

python spark.py SETTINGS, as JSON; prints {"read": {name: [seconds]}, "write": {name: [seconds]}}."""

import json
import os
import shutil
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from common import take_turns
from pyspark.sql import SparkSession
from pyspark.sql.datasource import DataSource, DataSourceReader, DataSourceWriter, InputPartition, WriterCommitMessage
from restsrc import RestApiDataSource

import pages

PAGE, BATCH_ROWS = 1000, 10_000


class Done(WriterCommitMessage):
    pass


class SeedWriter(DataSourceWriter):
    """The usual pattern: row.asDict() collected, and posted with requests."""

    def __init__(self, options):
        self.url, self.batch = options["url"], int(options["batch_size"])

    def write(self, rows):
        import requests

        def send(records):
            requests.post(self.url, json=records).raise_for_status()

        records = []
        for row in rows:
            record = row.asDict(recursive=True)
            records.append(record | {"day": str(record["day"]), "scheduled": record["scheduled"].isoformat()})
            if len(records) == self.batch:
                send(records)
                records = []
        if records:
            send(records)
        return Done()


class SeedReader(DataSourceReader):
    """The usual pattern: a partition a page, requests, and tuples."""

    def __init__(self, schema, options):
        self.schema, self.url = schema, options["url"]

    def partitions(self):
        with urllib.request.urlopen(f"{self.url}/count") as answer:
            total = json.load(answer)["total"]
        return [InputPartition(offset) for offset in range(0, total, PAGE)]

    def read(self, partition):
        import datetime

        import requests

        answer = requests.get(self.url, params={"offset": partition.value, "limit": PAGE})
        for record in answer.json()["results"]:
            record["day"] = datetime.date.fromisoformat(record["day"])
            record["scheduled"] = datetime.datetime.fromisoformat(record["scheduled"])
            yield tuple(record[name] for name in self.schema.fieldNames())


class Seed(DataSource):
    @classmethod
    def name(cls):
        return "seed"

    def reader(self, schema):
        return SeedReader(schema, self.options)

    def writer(self, schema, overwrite):
        return SeedWriter(self.options)


class ReadyReader(DataSourceReader):
    def __init__(self, folder):
        self.folder = folder

    def partitions(self):
        return [InputPartition(str(file)) for file in sorted(Path(self.folder).iterdir())]

    def read(self, partition):
        import pyarrow.ipc

        with open(partition.value, "rb") as file:
            yield from pyarrow.ipc.open_stream(file)


class Ready(DataSource):
    """Arrow batches that only need to be read: what any Python data source takes at least."""

    @classmethod
    def name(cls):
        return "ready"

    def reader(self, schema):
        return ReadyReader(self.options["folder"])


def start_spark(restsrc):
    os.environ.update(
        PYSPARK_PYTHON=sys.executable,
        PYSPARK_DRIVER_PYTHON=sys.executable,
        RESTSRC_BIN=restsrc,
        SPARK_LOCAL_IP="127.0.0.1",
        PYTHONPATH=os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]),
    )
    builder = SparkSession.builder.master("local[2]").appName("bench")
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    for source in (RestApiDataSource, Seed, Ready):
        spark.dataSource.register(source)
    return spark


def seconds(action):
    start = time.monotonic()
    action()
    return time.monotonic() - start


def save_ready(df, folder):
    """The rows of df as Arrow streams, one a processor."""
    import pyarrow

    table, parts = df.toArrow(), os.cpu_count() or 1
    share = -(-table.num_rows // parts)
    for part in range(parts):
        with pyarrow.ipc.new_stream(f"{folder}/{part}", table.schema) as stream:
            stream.write_table(table.slice(part * share, share), max_chunksize=BATCH_ROWS)


def reads(spark, s, folder):
    """{name: DataFrame}; and the same rows must be in all."""
    url = f"{s['url']}/items"
    lines = shutil.copy(s["rows"], folder)
    schema = pages.SCHEMA
    frames = {"spark.read.json of a RAM disk": spark.read.schema(schema).json(lines)}
    os.mkdir(f"{folder}/ready")
    save_ready(frames["spark.read.json of a RAM disk"], f"{folder}/ready")

    def rest(**options):
        return spark.read.format("rest-api").schema(schema).options(url=url, page_size=PAGE, **options).load()

    frames = {
        "ready Arrow batches": spark.read.format("ready").schema(schema).option("folder", f"{folder}/ready").load(),
        "restsrc": rest(),
        **{f"restsrc, {option}": rest(**dict([option.split("=", 1)])) for option in s["options"]},
        **frames,
        "seed's pattern": spark.read.format("seed").schema(schema).option("url", url).load(),
    }
    want = frames["spark.read.json of a RAM disk"].selectExpr("count(*)", "sum(hash(*))").collect()
    for name, frame in frames.items():
        if frame.selectExpr("count(*)", "sum(hash(*))").collect() != want:
            sys.exit(f"bench: {name} has other rows")
    return frames


def main():
    s = json.loads(sys.argv[1])
    spark = start_spark(s["restsrc"])
    shared = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(dir=shared) as folder:
        frames = reads(spark, s, folder)
        read = take_turns(frames, s["rounds"], lambda df: seconds(df.write.format("noop").mode("overwrite").save))
        rows = frames["ready Arrow batches"].limit(s["records"] // 4).repartition(2).cache()
        rows.count()
        options = {"url": f"{s['url']}/sink", "batch_size": s["batch"]}
        ours = {"restsrc": {}, "restsrc, idempotent": {"idempotent": True}, "restsrc, 4 at once": {"parallel": 4}}
        writers = {name: ("rest-api", options | more) for name, more in ours.items()}
        writers["seed's pattern"] = ("seed", options)

        def write(writer):
            kind, given = writer
            return seconds(rows.write.format(kind).mode("append").options(**given).save)

        wrote = take_turns(writers, s["rounds"], write)
    spark.stop()
    print(json.dumps({"read": read, "write": wrote}))


if __name__ == "__main__":
    main()
