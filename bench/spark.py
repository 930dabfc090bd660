"""Spark's part of bench/run: reads into nothing and writes, by data sources that take turns in one Spark.

python spark.py SETTINGS, as JSON; prints {"read": {name: [seconds]}, "small pages": the same, "write": the same,
"memory": {name: [[seconds, MiB]]}}."""

import contextlib
import importlib.util
import json
import os
import shutil
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from common import peaks, take_turns
from pyspark.sql import SparkSession
from pyspark.sql.datasource import DataSource, DataSourceReader, DataSourceWriter, InputPartition, WriterCommitMessage
from restsrc import RestApiDataSource

import pages

PAGE, SMALL_PAGE, BATCH_ROWS = 1000, 100, 10_000


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
        self.schema, self.url, self.page = schema, options["url"], int(options["page_size"])

    def partitions(self):
        with urllib.request.urlopen(f"{self.url}/count") as answer:
            total = json.load(answer)["total"]
        return [InputPartition(offset) for offset in range(0, total, self.page)]

    def read(self, partition):
        import datetime

        import requests

        answer = requests.get(self.url, params={"offset": partition.value, "limit": self.page})
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


def fuse(spark, url, records):
    """spark-fuse as its documentation has it. It makes no dates and times of JSON, so Spark does."""
    from spark_fuse.io import rest_api

    rest_api.register_rest_data_source(spark)
    pagination = {"mode": "query", "param": "offset", "start": 0, "stop": records - 1, "step": PAGE}
    pagination |= {"page_size_param": "limit", "page_size": PAGE}
    config = rest_api.build_rest_api_config(spark, url, pagination=pagination, records_field="results")
    texts = pages.SCHEMA.replace("day date", "day string").replace("scheduled timestamp", "scheduled string")
    reader = spark.read.format(rest_api.REST_API_FORMAT).schema(texts)
    df = reader.option(rest_api.REST_API_CONFIG_OPTION, json.dumps(config)).load()
    return df.withColumns({"day": df.day.cast("date"), "scheduled": df.scheduled.cast("timestamp")})


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


def save(df):
    return seconds(df.write.format("noop").mode("overwrite").save)


def check_same(frames):
    """The same rows are in all."""
    sums = {name: frame.selectExpr("count(*)", "sum(hash(*))").collect() for name, frame in frames.items()}
    for name, found in sums.items():
        if found != next(iter(sums.values())):
            sys.exit(f"bench: {name} has other rows")


def rest(spark, url, **options):
    return (
        spark.read.format("rest-api").schema(pages.SCHEMA).options(**{"url": url, "page_size": PAGE} | options).load()
    )


def seed(spark, url, page):
    return spark.read.format("seed").schema(pages.SCHEMA).options(url=url, page_size=page).load()


def reads(spark, s, folder):
    """{name: DataFrame}, of the same rows."""
    url = f"{s['url']}/items"
    lines = shutil.copy(s["rows"], folder)
    local = spark.read.schema(pages.SCHEMA).json(lines)
    os.mkdir(f"{folder}/ready")
    save_ready(local, f"{folder}/ready")
    frames = {
        "ready Arrow batches": spark.read.format("ready")
        .schema(pages.SCHEMA)
        .option("folder", f"{folder}/ready")
        .load(),
        "restsrc": rest(spark, url),
        **{f"restsrc, {option}": rest(spark, url, **dict([option.split("=", 1)])) for option in s["options"]},
        "spark.read.json of a RAM disk": local,
        "seed's pattern": seed(spark, url, PAGE),
    }
    if importlib.util.find_spec("spark_fuse"):
        frames["spark-fuse"] = fuse(spark, url, s["records"])
    else:
        print("bench: without spark-fuse, which is not installed", file=sys.stderr)
    check_same(frames)
    return frames


def small_pages(spark, s):
    """The usual pattern takes minutes here: one round."""
    frames = {
        "restsrc": rest(spark, f"{s['small']}/items", page_size=SMALL_PAGE),
        "seed's pattern": seed(spark, f"{s['small']}/items", SMALL_PAGE),
    }
    return take_turns(frames, 1, save)


def workers():
    """{pid: peak MiB} of all Python below this."""
    found = {}
    for pid, peak in peaks(os.getpid()).items():
        with contextlib.suppress(OSError):
            if pid != os.getpid() and "python" in os.readlink(f"/proc/{pid}/exe"):
                found[pid] = peak / 1024
    return found


def memory(spark, s):
    """The peak of the largest Python worker while one task reads a tenth of the list, and all of it."""
    found = {}
    for records in (s["records"] // 10, s["records"]):
        df = rest(spark, f"{s['url']}/items", limit=records, num_partitions=1)
        save(df)
        for pid in workers():
            Path(f"/proc/{pid}/clear_refs").write_text("5")  # peaks begin anew
        found[f"restsrc, {records:,} records in one task"] = [(save(df), max(workers().values()))]
    return found


def writes(spark, s, folder):
    rows = spark.read.format("ready").schema(pages.SCHEMA).option("folder", f"{folder}/ready").load()
    rows = rows.limit(s["records"] // 4).repartition(2).cache()
    rows.count()
    options = {"url": f"{s['url']}/sink", "batch_size": s["batch"]}
    ours = {"restsrc": {}, "restsrc, idempotent": {"idempotent": True}, "restsrc, 4 at once": {"parallel": 4}}
    writers = {name: ("rest-api", options | more) for name, more in ours.items()}
    writers["seed's pattern"] = ("seed", options)

    def write(writer):
        kind, given = writer
        return seconds(rows.write.format(kind).mode("append").options(**given).save)

    return take_turns(writers, s["rounds"], write)


def main():
    s = json.loads(sys.argv[1])
    spark = start_spark(s["restsrc"])
    shared = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(dir=shared) as folder:
        measured = {
            "memory": memory(spark, s),  # first: others leave larger workers
            "read": take_turns(reads(spark, s, folder), s["rounds"], save),
            "small pages": small_pages(spark, s),
            "write": writes(spark, s, folder),
        }
    spark.stop()
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
