"""Batch writes through a real Spark, to a server that takes what it gets and misbehaves on demand."""

import json
import os
import re
import threading
from pathlib import Path

import pytest
from pyspark.sql import functions as F
from pyspark.sql.types import IntegerType, StructType

from conftest import eventually, tools_running
from restsrc.delivery import Delivery, Job, Receipt
from restsrc.errors import OutputError
from restsrc.kept_files import Kept
from restsrc.options import Options


@pytest.fixture
def write(spark):
    """Saves a DataFrame; options by name."""

    def writer(df, url, mode="append", **options):
        df.write.format("rest-api").mode(mode).option("url", url).options(**options).save()

    return writer


def numbers(spark, rows, partitions=1):
    return spark.range(0, rows, 1, partitions).select(F.col("id").alias("i"))


def stored(target):
    return [row["i"] for row in target.stored()]


def keys(target):
    return [entry["headers"]["Idempotency-Key"] for entry in target.log()]


class Background:
    """A job on a thread of its own, and what it raised."""

    def __init__(self, spark, job):
        self.failures = []
        self.thread = threading.Thread(target=self.run, args=(spark, job))
        self.thread.start()

    def run(self, spark, job):
        try:
            # In a thread without an active session Spark finds no Python data source to write to. This makes it active.
            spark.createDataFrame([], "i int")
            job()
        except Exception as error:
            self.failures.append(error)

    def join(self):
        self.thread.join(60)
        assert not self.thread.is_alive()


# ---- what is sent ----


def test_rows_are_posted_in_arrays_of_fifty(spark, sink, write):
    target = sink()
    write(numbers(spark, 120), target.url)
    assert stored(target) == list(range(120))
    assert [(entry["method"], entry["records"]) for entry in target.log()] == [("POST", 50), ("POST", 50), ("POST", 20)]


def test_save_takes_the_url_and_the_seeds_options(spark, sink):
    target = sink()
    numbers(spark, 20).write.format("rest-api").mode("append").option("batch_size", 7).save(target.url)
    assert [entry["records"] for entry in target.log()] == [7, 7, 6]


def test_found_without_registration(spark, sink):
    target = sink()
    spark.newSession().range(3).write.format("rest-api").mode("append").save(target.url)
    assert len(target.stored()) == 3


def test_options_of_the_tool(spark, sink, write):
    target = sink("key=data,require-header=X-Tenant:7")
    write(
        numbers(spark, 10, 2),
        target.url + "?a=1",
        body="object:data",
        header="X-Tenant: 7\nX-More: 8",
        compress_body=True,
        method="PUT",
    )
    assert sorted(stored(target)) == list(range(10))
    assert {
        (entry["method"], entry["headers"]["Content-Encoding"], entry["headers"]["X-More"]) for entry in target.log()
    } == {("PUT", "gzip", "8")}
    assert all(entry["target"].endswith("?a=1") for entry in target.log())


def test_a_url_for_each_row(spark, sink, write):
    target = sink()
    df = spark.sql("select 'a/b' as name, 1 as i union all select 'c', 2").coalesce(1)
    write(df, target.url, body="single", method="PUT", url_template=target.url + "/{name}")
    assert [entry["target"].rsplit("/items", 1)[1] for entry in target.log()] == ["/a%2Fb", "/c"]


def test_a_change_feed_is_inserted_updated_and_deleted(spark, api, write):
    server = api("""
STORE = {}
def answer(r):
    key = r.path.rsplit("/", 1)[1]
    if r.method == "DELETE":
        STORE.pop(key)
        return 204, ""
    STORE[key] = r.json
    return 200, r.json
""")
    changes = [
        (1, 1, "insert"),
        (1, 1, "update_preimage"),
        (1, 2, "update_postimage"),
        (2, 2, "insert"),
        (2, 2, "delete"),
    ]
    df = spark.createDataFrame(changes, "id long, n long, _change_type string").coalesce(1)
    write(df, server.url + "/rows/{id}", body="single", method_path="_change_type")
    asked = [(entry["method"], entry["target"], entry["body"]) for entry in server.log()]
    assert asked == [
        ("PUT", "/rows/1", '{"id":1,"n":1}'),
        ("PUT", "/rows/1", '{"id":1,"n":2}'),
        ("PUT", "/rows/2", '{"id":2,"n":2}'),
        ("DELETE", "/rows/2", ""),
    ]


def test_empty_partitions_send_nothing(spark, sink, write):
    target = sink()
    write(numbers(spark, 3, 6), target.url)
    assert len(target.log()) == 3 and sorted(stored(target)) == [0, 1, 2]
    write(numbers(spark, 0), target.url)
    assert len(target.log()) == 3


def test_keys_begin_with_the_job_and_the_partition(spark, sink, write):
    target = sink()
    write(numbers(spark, 400, 2), target.url)
    found = [re.fullmatch(r"([0-9a-f-]{36})-([01])-[0-9a-f]{16}-0", key) for key in keys(target)]
    assert all(found) and len(set(keys(target))) == 8
    assert len({match[1] for match in found}) == 1 and {match[2] for match in found} == {"0", "1"}
    write(numbers(spark, 400, 2), target.url)
    assert len(set(keys(target))) == 16  # another job


def test_keys_of_a_job_that_has_a_name_of_its_own(spark, sink, write):
    target = sink("keys")
    for _ in range(2):
        write(numbers(spark, 200, 2), target.url, idempotency_key="load-7", idempotency_header="X-Once")
    assert len(target.stored()) == 400  # this server looks at another header
    for _ in range(2):
        write(numbers(spark, 300, 2), target.url, idempotency_key="load-7")
    assert len(target.stored()) == 700


def test_rows_that_are_alike_are_written_as_often_as_they_are_there(spark, sink, write):
    target = sink("keys")
    write(spark.range(0, 500, 1, 2).select(F.lit(7).alias("i")), target.url)
    assert stored(target) == [7] * 500


# ---- at planning ----


@pytest.mark.parametrize(
    "options, message",
    [
        ({"batchsize": 5}, "there is no option batchsize; did you mean batch_size?"),
        ({"end_marker": "x"}, "the option end_marker can't be given from Spark"),
        ({"batch_size": "many"}, "the option batch_size is 'many'; it takes a whole number"),
        ({"batch_size": 0}, "batch_size"),
        ({"method": "GET"}, "the option method of write is POST, PUT, PATCH or DELETE"),
        ({"ignore_null_fields": "perhaps"}, "the option ignore_null_fields is 'perhaps'; it takes true or false"),
        ({"time_zone": "Mars"}, "the option time_zone is 'Mars'"),
        ({"ids_file": "/tmp/x"}, "the option ids_file needs the option ids"),
        ({"header": "no colon"}, "header"),
        (
            {"stage_url": "s/{job}", "commit_url": "c"},
            "needs the option body single: each record has its own",
        ),
        (
            {"commit_url": "c/{attempt}"},
            "the option commit_url has the placeholder {attempt}; it can have {job_id}, {batch_id}",
        ),
        ({"stage_url": "s"}, "the option stage_url needs commit_url"),
        ({"commit_url": "ftp://h/"}, "the URL must start with http"),
        ({"mode": "overwrite"}, "save mode overwrite needs the options stage_url and commit_url"),
        ({"mode": "overwrite", "commit_url": "c"}, "save mode overwrite needs the options stage_url and commit_url"),
    ],
)
def test_what_is_wrong_is_said_before_any_row_is_read(spark, sink, write, tmp_path, options, message):
    target, touched = sink(), tmp_path / "touched"

    def touch(batches):
        touched.touch()
        yield from batches

    df = numbers(spark, 10).mapInArrow(touch, "i long")
    with pytest.raises(Exception) as raised:
        write(df, target.url, **options)
    assert "OptionError" in str(raised.value) and message in str(raised.value)
    assert target.log() == [] and not touched.exists()


def test_missing_url(spark):
    with pytest.raises(Exception, match="the option url is missing"):
        spark.range(1).write.format("rest-api").mode("append").save()


def test_save_modes_that_spark_refuses(spark, sink):
    with pytest.raises(Exception, match="cannot be written in the .ErrorIfExists. mode"):
        spark.range(1).write.format("rest-api").save(sink().url)


# ---- errors ----


@pytest.mark.parametrize(
    "words, error, message",
    [
        ("fail=404", "RequestRefused", "exit 69"),
        ("refuse=422", "RequestRefused", "rows 51-100: HTTP 422: this record is bad"),
        ("require-header=X-Key:1", "AccessDenied", "exit 77"),
        ("redirect=other", "UnexpectedAnswer", "exit 76"),
        (
            "fail=500",
            "ServerUnavailable",
            "may or may not have been stored: rows 1-50 (restsrc write, exit 75, rows of partition 0 to ",
        ),
        ("after=500:1:2", "ServerUnavailable", "stored: rows 101-150 (restsrc write, exit 75, rows of partition 0 to "),
        ("drop=1:2", "ServerUnavailable", "rows 101-150"),
    ],
)
def test_a_failure_is_sparks_error_and_names_the_rows(spark, sink, write, words, error, message):
    target = sink(words)
    df = numbers(spark, 300).withColumn("bad", F.expr("i = 77")) if "refuse" in words else numbers(spark, 300)
    with pytest.raises(Exception) as raised:
        write(df, target.url.replace("http://", "http://user:sesame@"), retry=0)
    text = str(raised.value)
    assert f"restsrc.errors.{error}: " in text and message in text and "sesame" not in text


def test_what_was_stored_before_a_failure_is_told(spark, sink, write):
    with pytest.raises(Exception, match="exit 75, .*; rows 1-150 are done"):
        write(numbers(spark, 300), sink("after=500:1:3").url)
    with pytest.raises(Exception, match="exit 69, .*; no row is known to be stored"):
        write(numbers(spark, 300), sink("fail=404").url)


def test_500_after_store_with_a_server_that_heeds_keys(spark, sink, write):
    words = "keys,after=500:1:1,drop=1:4,cut=3:1:6,lose=1:8"
    target = sink(words)
    write(numbers(spark, 1000, 2), target.url, idempotent=True, retry_delay=0.01)
    assert sorted(stored(target)) == list(range(1000))
    assert len(target.log()) == 20 + 4
    with pytest.raises(Exception, match="exit 75, rows of partition 0"):
        write(numbers(spark, 1000), sink(words).url, retry_delay=0.01)


def test_the_tool_may_end_while_rows_are_still_coming(spark, sink, write):
    wide = spark.range(0, 200_000, 1, 1).select(F.col("id").alias("i"), F.lit("x" * 200).alias("pad"))
    with pytest.raises(Exception, match="AccessDenied: .*exit 77"):
        write(wide, sink("require-header=X-Key:1").url)
    eventually(lambda: not tools_running())


def test_an_exception_in_the_task_tears_no_batch(spark, sink, write):
    target = sink()
    df = spark.range(0, 30_010, 1, 1).selectExpr("id as i", "if(id = 30009, double('nan'), 0) as x")
    with pytest.raises(Exception, match="RecordError: row 30010 of the partition: column x"):
        write(df, target.url)
    eventually(lambda: not tools_running())
    assert {entry["records"] for entry in target.log()} <= {50}
    assert stored(target) == list(range(len(target.stored())))


def test_failure_upstream_tears_no_batch(spark, sink, write):
    target = sink()
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", 30)
    try:
        df = numbers(spark, 5000).selectExpr("if(i = 4999, raise_error('boom'), i) as i")
        with pytest.raises(Exception, match="boom"):
            write(df, target.url)
    finally:
        spark.conf.unset("spark.sql.execution.arrow.maxRecordsPerBatch")
    eventually(lambda: not tools_running())
    assert {entry["records"] for entry in target.log()} <= {50}
    assert stored(target) == list(range(len(target.stored())))


def test_cancelled_job_leaves_no_child_and_no_torn_batch(spark, sink, write):
    target = sink("hold=1:3")

    def job():
        spark.sparkContext.setJobGroup("held", "waits", interruptOnCancel=True)
        write(numbers(spark, 1000), target.url)

    running = Background(spark, job)
    eventually(lambda: running.failures or len(target.log()) == 4)
    spark.sparkContext.cancelJobGroup("held")
    running.join()
    assert "cancelled" in str(running.failures[0])
    eventually(lambda: not tools_running())
    target.get("_release")
    assert {entry["records"] for entry in target.log()} == {50}


# ---- rejects and ids ----


def test_rejects_go_to_a_file_for_each_partition_that_has_some(spark, sink, write, tmp_path):
    target = sink("refuse=422")
    df = numbers(spark, 3000, 3).withColumn("bad", F.expr("if(i in (1234, 1500), 'no such thing', null)"))
    write(df, target.url, batch_size=1000, reject_file=tmp_path / "sub" / "rejects-")
    (name,) = os.listdir(tmp_path / "sub")
    assert re.fullmatch(r"rejects-1-0-[0-9a-f]{8}\.ndjson", name)
    rejects = [json.loads(line) for line in (tmp_path / "sub" / name).read_text().splitlines()]
    assert [(reject["record"]["i"], reject["line"], reject["http_status"]) for reject in rejects] == [
        (1234, 235, 422),
        (1500, 501, 422),
    ]
    assert all("no such thing" in reject["error"] for reject in rejects)
    assert sorted(stored(target)) == [i for i in range(3000) if i not in (1234, 1500)]


def test_more_rejects_than_allowed(spark, sink, write, tmp_path):
    df = numbers(spark, 100).withColumn("bad", F.expr("i > 90"))
    with pytest.raises(
        Exception, match="RequestRefused: row 93 was rejected.*more rejects than the option max_rejects 1.*exit 69"
    ):
        write(df, sink().url, max_rejects=1, reject_file=tmp_path / "r")
    assert len(list(tmp_path.iterdir())) == 1


def test_results_inside_an_answer(spark, sink, write, tmp_path):
    target = sink("partial=couchdb")
    write(numbers(spark, 100).withColumn("bad", F.expr("i = 42")), target.url, reject_file=tmp_path / "r")
    assert len(target.stored()) == 99 and len(list(tmp_path.iterdir())) == 1


def test_files_of_a_uri_are_written_through_arrow(spark, sink, write, tmp_path):
    df = numbers(spark, 100).withColumn("bad", F.expr("i = 42"))
    write(df, sink("partial=couchdb").url, reject_file=(tmp_path / "a b" / "rejects-").as_uri())
    (file,) = (tmp_path / "a b").iterdir()
    (reject,) = map(json.loads, file.read_text().splitlines())
    assert reject["record"]["i"] == 42


@pytest.mark.parametrize("option", ["reject_file", "ids_file"])
def test_uri_that_nobody_can_write_to_is_refused_before_any_row(spark, sink, write, tmp_path, monkeypatch, option):
    target = sink()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        Exception, match=f"OptionError: the option {option} can't be written to: nowhere://bucket/r"
    ) as raised:
        write(numbers(spark, 3), target.url, ids="id", **{option: "nowhere://name:sesame@bucket/r"})
    assert target.log() == [] and list(tmp_path.iterdir()) == [] and "sesame" not in str(raised.value)


def test_a_file_that_cannot_get_to_its_place_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")
    options = Options({"url": "http://127.0.0.1:9/", "reject_file": (tmp_path / "file" / "r-").as_uri()})
    with (
        pytest.raises(OutputError, match="the file of the option reject_file can't be written"),
        Kept(options, 0, "x") as kept,
    ):
        Path(kept["reject_file"]).write_text("{}\n")


def test_a_job_whose_rows_were_all_rejected_is_an_error(spark, sink, write, tmp_path):
    df = numbers(spark, 40, 2).withColumn("bad", F.lit("no"))
    with pytest.raises(
        Exception, match=r"RequestRefused: 40 of 40 rows were rejected, in partitions 0 \(20\), 1 \(20\); they are in"
    ):
        write(df, sink("refuse=422").url, reject_file=tmp_path / "r-")
    write(df, sink("refuse=422").url, reject_file=tmp_path / "r-", max_rejects=20)


def test_rejects_are_told_on_the_driver(spark, caplog):
    delivery = Delivery(Options({"url": "http://127.0.0.1:9/"}), StructType().add("i", IntegerType()))
    delivery.commit(Job("1"), [Receipt(0, "0", records=5), Receipt(3, "0", records=2, rejected=4), None])
    assert "4 of 11 rows were rejected, in partitions 3 (4)" in caplog.text


def test_ids_that_the_server_gave(spark, sink, write, tmp_path):
    write(numbers(spark, 120, 2), sink("answer=ids").url, ids="id", ids_file=tmp_path / "ids-")
    files = sorted(tmp_path.iterdir())
    assert [file.name[:8] for file in files] == ["ids-0-0-", "ids-1-0-"]
    ids = [int(line) for file in files for line in file.read_text().splitlines()]
    assert sorted(ids) == [9007199254740993 + 2 * n for n in range(120)]


# ---- secrets ----


def test_secrets_are_nowhere_to_be_seen(spark, sink, capfd):
    target = sink("hold=1,require-header=Authorization:Bearer%20sesame")
    writer = (
        numbers(spark, 10)
        .write.format("rest-api")
        .mode("append")
        .option("bearer", "sesame")
        .option("header", "X-Key: sesame")
    )
    running = Background(spark, lambda: writer.save(target.url + "?token=sesame"))
    eventually(lambda: running.failures or target.log())
    (child,) = tools_running()
    words = Path(f"/proc/{child}/cmdline").read_bytes().decode().split("\0")[1:-1]
    environment = Path(f"/proc/{child}/environ").read_bytes()
    target.get("_release")
    running.join()
    assert not running.failures
    assert words[0] == "write" and all(re.fullmatch("[a-z0-9-]+", word) for word in words)
    assert "sesame" not in str(words) and b"sesame" not in environment
    plans = spark._jsparkSession.sharedState().statusStore().executionsList()
    last = plans.apply(plans.size() - 1)
    assert "AppendData" in last.physicalPlanDescription()
    assert "sesame" not in last.physicalPlanDescription() + last.description() + last.details()
    assert "sesame" not in "".join(capfd.readouterr())


def test_repr_of_the_writer_is_silent(sink):
    import pickle

    from pyspark.sql.types import LongType, StructField, StructType

    from restsrc import RestApiDataSource

    schema = StructType([StructField("i", LongType())])
    writer = RestApiDataSource({"url": sink().url, "bearer": "sesame"}).writer(schema, False)
    parts = [writer, *vars(writer).values(), *vars(writer._delivery).values()]
    assert "sesame" not in repr(parts)
    assert pickle.loads(pickle.dumps(writer))._job == writer._job  # the commit may run on a copy


def test_rows_one_by_one_where_spark_has_no_arrow_writer(spark):
    from arrow_tool import lines
    from restsrc.delivery import row_batches

    df = spark.sql(
        "select id, array(id, null) as a, map('k', id / 2) as m, "
        "timestamp'2013-01-02 03:04:05.123456' as at, 1.50BD as d, "
        "named_struct('x', null, 'y', date'2013-01-02') as s, unhex('00ff') as b from range(25000)"
    )
    found = lines(row_batches(iter(df.collect()), df.schema), df.schema, "--batch-bytes", "1000000000")
    first = json.loads(found[0])
    assert len(found) == 25_000
    assert first == {
        "id": 0,
        "a": [0, None],
        "m": {"k": 0.0},
        "at": "2013-01-02T03:04:05.123456Z",
        "d": 1.5,
        "s": {"y": "2013-01-02"},
        "b": "AP8=",
    }
