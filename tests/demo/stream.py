"""./bootstrap demo-stream: a list that grows behind a REST API, streamed into Parquet files, stopped and taken up
again; and those onwards to another API."""

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from demo import SERVERS, quiet_spark, title

SPARK_CODE = """\
from restsrc import RestApiDataSource
spark.dataSource.register(RestApiDataSource)
events = (spark.readStream.format("rest-api").option("url", url).option("rows_per_batch", 5000)
          .schema("id long, at timestamp").load())
query = (events.writeStream.format("parquet").option("path", f"{folder}/events")
         .option("checkpointLocation", f"{folder}/checkpoint").start())"""

ONWARDS_CODE = """\
files = spark.readStream.schema("id long, at timestamp").option("maxFilesPerTrigger", 20).parquet(f"{folder}/events")
query = (files.writeStream.format("rest-api").option("url", target).option("batch_size", 500)
         .option("stage_url", "stage/{job_id}/{batch_id}/{partition_id}/{attempt}")
         .option("commit_url", "commit/{job_id}/{batch_id}")
         .option("checkpointLocation", f"{folder}/checkpoint-onwards").trigger(availableNow=True).start())
query.awaitTermination()"""


class Api:
    """A server process whose list grows when it is told to."""

    def __init__(self, address, records):
        self.base = f"{address}/n={records},step=10"
        self.url = self.base + "/events"

    def grow(self, more):
        urllib.request.urlopen(urllib.request.Request(f"{self.base}/_grow?n={more}", method="POST")).close()

    def count(self):
        with urllib.request.urlopen(self.url + "/count") as answer:
            return json.load(answer)["total"]


@contextlib.contextmanager
def served(name):
    """The address of a server while the block lasts."""
    command = [sys.executable, SERVERS / name, "--until-eof"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


@contextlib.contextmanager
def growing(source, a_second):
    """The list grows, ten times a second, as long as the block lasts."""
    stop = threading.Event()

    def run():
        while not stop.wait(0.1):
            source.grow(max(1, a_second // 10))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def offset(text):
    return int(json.loads(text)["offset"]) if text and text != "null" else 0


def show(batch):
    source = batch["sources"][0]
    start, end, there = (offset(source[name]) for name in ("startOffset", "endOffset", "latestOffset"))
    seconds = batch["durationMs"]["triggerExecution"] / 1000
    print(
        f"{batch['batchId']:5}   {start:9,} to {end:9,} {end - start:8,}   "
        f"{seconds:7.2f} {(end - start) / seconds:10,.0f}   {there - end:12,}",
        flush=True,
    )


HEADING = "batch   offsets                     rows   seconds     rows/s   waiting then"


class Watch:
    """Prints each batch of a query that had rows, once."""

    def __init__(self, query):
        self._query, self._shown = query, -1

    def until(self, condition):
        while not condition():
            if self._query.exception():
                raise self._query.exception()
            self.print()
            time.sleep(0.05)
        self.print()

    def print(self):
        for batch in self._query.recentProgress:
            if batch["batchId"] > self._shown and batch["numInputRows"]:
                self._shown = batch["batchId"]
                show(batch)

    def reached(self, number):
        last = self._query.lastProgress
        return bool(last) and offset(last["sources"][0]["endOffset"]) >= number


def compare(spark, folder, source):
    ids = [row.id for row in spark.read.parquet(f"{folder}/events").select("id").collect()]
    total = source.count()
    print(f"The API has {total:,} records; the Parquet files have {len(ids):,} rows, {len(set(ids)):,} different ids.")
    return sorted(ids) == list(range(total))


def main():
    arguments = argparse.ArgumentParser(description="A growing API streamed into Parquet.")
    arguments.add_argument("--seconds", type=float, default=10, help="how long the list grows")
    arguments.add_argument("--rate", type=int, default=1000, help="records a second that it grows by")
    options = arguments.parse_args()
    title("1. A REST API starts. Its list has 20,000 records, each with its time, and will grow at its end")
    with served("growing.py") as address, served("staging.py") as target, tempfile.TemporaryDirectory() as folder:
        source = Api(address, 20_000)
        print(f"GET {source.url}?offset=0&limit=100 gives a page, GET {source.url}/count the number of records.")
        title("2. Spark streams it into Parquet files. A batch takes 5,000 rows at most, so the first 20,000 take four")
        print(*(f">>> {line}" for line in SPARK_CODE.splitlines()), sep="\n", flush=True)
        with quiet_spark() as spark:
            equal = stream(spark, source, folder, options) and onwards(spark, source, folder, f"{target}/demo/rows")
    print("\nAll equal: every record came through, once." if equal else "\nNOT EQUAL: see above.")
    print("The servers and Spark are stopped; nothing is left running.")
    return 0 if equal else 1


def stream(spark, source, folder, options):
    names = {"spark": spark, "url": source.url, "folder": folder}
    print(
        f"\nMeanwhile the list grows by {options.rate:,} records a second, for {options.seconds:g} seconds.\n{HEADING}"
    )
    with growing(source, options.rate):
        exec(SPARK_CODE, names)
        watch, end = Watch(names["query"]), time.monotonic() + options.seconds
        watch.until(lambda: watch.reached(20_000) and time.monotonic() > end)
    watch.until(lambda: watch.reached(source.count()))
    title("3. The query is stopped. While nobody reads, the list grows by 7,000 more")
    names["query"].stop()
    source.grow(7_000)
    title("4. The same code again. Its checkpoint knows how far it came, so only the new records are read")
    print(HEADING)
    exec(SPARK_CODE, names)
    watch = Watch(names["query"])
    watch.until(lambda: watch.reached(source.count()))
    names["query"].stop()
    title("5. What arrived, compared with the API")
    return compare(spark, folder, source)


def onwards(spark, source, folder, target):
    title(
        "6. Onwards: the Parquet files are streamed to another API, "
        "which takes each batch in two phases: rows, then the commit"
    )
    names = {"spark": spark, "folder": folder, "target": target}
    print(*(f">>> {line}" for line in ONWARDS_CODE.splitlines()), sep="\n", flush=True)
    exec(ONWARDS_CODE, names)
    print("\nbatch       rows   seconds     rows/s")
    for batch in names["query"].recentProgress:
        rows, seconds = batch["numInputRows"], batch["durationMs"]["triggerExecution"] / 1000
        if rows:
            print(f"{batch['batchId']:5} {rows:10,}   {seconds:7.2f} {rows / seconds:10,.0f}")
    with urllib.request.urlopen(f"{target}?limit=10000000") as answer:
        ids = [row["id"] for row in json.load(answer)["results"]]
    print(f"The other API has {len(ids):,} rows, {len(set(ids)):,} different ids.")
    return sorted(ids) == list(range(source.count()))


if __name__ == "__main__":
    sys.exit(main())
