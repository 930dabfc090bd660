"""Tasks that are tried again.

The Spark of the other tests tries once, so these run in one of their own, local[2,4]. This file is also the program
that it runs, with the base URLs of the servers as arguments."""

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest

import random_writes
from conftest import REPO, Sink, eventually, register, tools_running  # noqa: F401  (conftest names the binary)

ROWS = 1000
BATCHES = ROWS // 50


# ---- the program ----


def fetch(url):
    with urllib.request.urlopen(url) as answer:
        return answer.read()


def failing(df, fails, arrived):
    """The rows of `df`, but on its first attempt a task for which `fails` fails near its end, once `arrived`."""

    def rows(batches):
        from pyspark import TaskContext

        context, seen = TaskContext.get(), 0
        for batch in batches:
            yield batch
            seen += batch.num_rows
            if context.attemptNumber() == 0 and fails(context.partitionId()) and seen >= 400:
                eventually(arrived)
                raise RuntimeError("as planned, in the first attempt")

    return df.mapInArrow(rows, df.schema)


def wide(spark):
    """Rows that are too long to wait in the buffers between Spark's processes."""
    return spark.range(0, ROWS, 1, 2).selectExpr("id", "repeat('x', 10000) as pad")


def save(df, url, **options):
    df.write.format("rest-api").mode("append").option("url", url).options(**options).save()


def half_fails(spark, sink):
    """The first attempts fail when half of all rows are stored."""
    df = failing(wide(spark), lambda _: True, lambda: fetch(f"{sink}/_stored").count(b"\n") >= ROWS // 2)
    save(df, f"{sink}/items", idempotent="true")


def worker_killed(spark, sink):
    """A worker is killed while its child waits for the answer to a batch."""

    def kill():
        eventually(lambda: fetch(f"{sink}/_log").count(b"\n") >= 5)
        (worker,) = set(tools_running().values())
        os.kill(worker, signal.SIGKILL)
        eventually(lambda: not tools_running() or set(tools_running().values()) != {worker})
        fetch(f"{sink}/_release")

    killer = threading.Thread(target=kill)
    killer.start()
    save(spark.range(0, ROWS, 1, 1), f"{sink}/items", idempotent="true")
    killer.join()


def staged(spark, staging):
    """One task of two fails when it has staged half of its rows; only what its second attempt stages is committed."""
    df = failing(
        wide(spark), lambda part: part == 0, lambda: json.loads(fetch(f"{staging}/staged"))["total"] >= ROWS * 3 // 4
    )
    urls = {f"{name}_url": f"{staging}/{name}/{{job_id}}/{{batch_id}}" for name in ("stage", "commit", "abort")}
    save(df, f"{staging}/rows", **{**urls, "stage_url": urls["stage_url"] + "/{partition_id}/{attempt}"})


def random_rows(spark, seed):
    """What cannot be told in advance: random rows, a server of many moods, and tasks that are tried again."""
    random_writes.main(spark, seed)


def main(urls):
    from pyspark.sql import SparkSession

    spark = (
        SparkSession.builder.master("local[2,4]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "30")  # no multiple of these is one of 50
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("OFF")
    register(spark)
    for name, url in urls.items():
        try:
            globals()[name](spark, url)
            print(json.dumps([name, "done"]), flush=True)
        except Exception as error:
            print(json.dumps([name, str(error)[:4000]]), flush=True)


# ---- the tests ----


@pytest.fixture(scope="module")
def ran(sink_server, staging_server):
    """Each job's target, after it has run, and how it ended."""
    targets = {
        "half_fails": Sink(sink_server, "keys"),
        "worker_killed": Sink(sink_server, "keys,hold=1:4"),
        "staged": Sink(staging_server, "retried"),
    }
    seed = int(os.environ.get("RESTSRC_SEED", "4"))
    here = str(Path(__file__).parent)  # for the workers: they run functions of conftest
    environment = {**os.environ, "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1", "PYTHONPATH": here}
    jobs = {**{name: target.base for name, target in targets.items()}, "random_rows": seed}
    command = [sys.executable, __file__, json.dumps(jobs)]
    told = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)
    ends = dict(map(json.loads, told.stdout.splitlines()))
    assert ends.keys() == jobs.keys(), told.stderr[-2000:]
    return lambda name: (targets.get(name, seed), ends[name])


def test_a_task_that_fails_after_half_of_its_batches_writes_each_row_once(ran):
    target, end = ran("half_fails")
    assert end == "done"
    assert sorted(row["id"] for row in target.stored()) == list(range(ROWS))
    keys = [entry["headers"]["Idempotency-Key"] for entry in target.log()]
    assert len(set(keys)) == BATCHES and len(keys) > BATCHES


def test_a_killed_worker_loses_nothing_and_tears_no_batch(ran):
    target, end = ran("worker_killed")
    assert end == "done"
    assert sorted(row["id"] for row in target.stored()) == list(range(ROWS))
    assert {entry["records"] for entry in target.log()} == {50} and not any(entry["torn"] for entry in target.log())
    assert len(target.log()) > BATCHES


def test_only_what_the_attempts_that_succeeded_staged_is_committed(ran):
    target, end = ran("staged")
    assert end == "done"
    found = json.loads(target.get("rows?limit=10000"))["results"]
    assert sorted(row["id"] for row in found) == list(range(ROWS))
    assert json.loads(target.get("staged")) == {"total": 0}
    attempts = {entry["target"].rsplit("/", 1)[1] for entry in target.log() if "/stage/" in entry["target"]}
    assert sorted(attempt[:2] for attempt in attempts) == ["0-", "0-", "1-"]


def test_what_is_told_of_random_rows_is_what_is_stored_whatever_fails(ran):
    seed, end = ran("random_rows")
    assert end == "done", f"seed {seed}"


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
