"""Writes in two phases: rows are staged, and then committed or aborted as a whole."""

import json
import sys
from urllib.parse import unquote

import pytest
from pyspark.sql import functions as F
from pyspark.sql.types import LongType, StructField, StructType

from conftest import SERVERS, Server, Sink
from restsrc import RestApiDataSource
from restsrc.errors import OptionError


@pytest.fixture
def staging(staging_server):
    return Sink(staging_server, "two-phases", "rows")


@pytest.fixture
def proxied(staging_server):
    """The same service behind a proxy that adds misfortunes: words -> (the service, the URL to use)."""
    proxies = []

    def through(words):
        service = Sink(staging_server, "proxied", "rows")
        proxies.append(Server([sys.executable, str(SERVERS / "proxy.py"), "--until-eof", "--target", staging_server]))
        return service, f"{proxies[-1].url}/{words}/{service.base.rsplit('/', 1)[1]}/rows"

    yield through
    for proxy in proxies:
        proxy.stop()


PLACES = {  # relative to url
    "stage_url": "stage/{job_id}/{batch_id}/{partition_id}/{attempt}",
    "commit_url": "commit/{job_id}/{batch_id}",
    "abort_url": "abort/{job_id}/{batch_id}",
}


def save(df, url, mode="append", **options):
    df.write.format("rest-api").mode(mode).options(**{**PLACES, "retry_delay": 0.01, **options}).save(url)


def rows(service):
    return sorted(row["id"] for row in json.loads(service.get("rows?limit=100000"))["results"])


def calls(service, what):
    return [entry for entry in service.log() if f"/{what}/" in entry["target"]]


def test_rows_show_after_the_commit(spark, staging):
    save(spark.range(0, 1000, 1, 3), staging.url)
    assert rows(staging) == list(range(1000))
    (commit,) = calls(staging, "commit")
    told = json.loads(commit["body"])
    assert commit["method"] == "POST" and commit["headers"]["Content-Type"] == "application/json"
    assert told["job_id"] in commit["target"] and told["batch_id"] == 0 and told["overwrite"] is False
    assert [
        (part["partition_id"], part["records"], part["batches"], part["rejected"]) for part in told["partitions"]
    ] == [
        (0, 333, 7, 0),
        (1, 333, 7, 0),
        (2, 334, 7, 0),
    ]
    assert calls(staging, "abort") == [] and json.loads(staging.get("staged"))["total"] == 0


def test_insert_overwrite_replaces_what_is_there(spark, staging):
    save(spark.range(0, 100), staging.url)
    options = ", ".join(f"{name} '{value}'" for name, value in {"url": staging.url, **PLACES}.items())
    spark.sql(f"CREATE OR REPLACE TEMPORARY VIEW replaced (id BIGINT) USING `rest-api` OPTIONS ({options})")
    spark.sql("INSERT OVERWRITE replaced SELECT id FROM range(200, 205)")
    spark.catalog.dropTempView("replaced")
    assert rows(staging) == [200, 201, 202, 203, 204]
    assert [json.loads(call["body"])["overwrite"] for call in calls(staging, "commit")] == [False, True]


def test_each_try_of_a_task_has_keys_of_its_own_where_it_stages_by_itself(spark, staging):
    for _ in range(2):  # as two tries of one task: the same job, rows and order
        save(spark.range(0, 100, 1, 1), staging.url, idempotency_key="load-7")
    staged = [entry["headers"]["Idempotency-Key"] for entry in calls(staging, "stage")]
    assert len(set(staged)) == 4 and all(key.startswith("load-7-0-0-") for key in staged)
    assert rows(staging) == sorted(2 * list(range(100)))


def test_a_stage_url_that_does_not_tell_tries_apart_is_warned_of(staging, caplog):
    schema = StructType([StructField("id", LongType())])
    place = {"stage_url": "stage/{job_id}/{batch_id}/{partition_id}", "commit_url": "commit/{job_id}/{batch_id}"}
    for given in (PLACES, {**place, "idempotent": "true"}):
        RestApiDataSource({"url": staging.url, **given}).writer(schema, False)
    assert "{attempt}" not in caplog.text
    RestApiDataSource({"url": staging.url, **place}).writer(schema, False)
    assert "stage_url has no {attempt}" in caplog.text


def test_an_empty_frame_is_committed_too(spark, staging):
    save(spark.range(0, 100), staging.url)
    save(spark.range(0), staging.url, mode="overwrite")
    assert rows(staging) == []


def test_a_job_that_fails_shows_nothing_and_is_aborted(spark, staging):
    """In two tasks: the other one may still be sending when the abort is told, so only what is shown counts."""
    df = spark.range(0, 1000, 1, 2).selectExpr("if(id = 999, double('nan'), id) as id")
    with pytest.raises(Exception, match="RecordError: row 500 of the partition: column id"):
        save(df, staging.url)
    assert rows(staging) == []
    (abort,) = calls(staging, "abort")
    assert [part["partition_id"] for part in json.loads(abort["body"])["partitions"]] in (
        [0],
        [],
    )  # None for what failed
    assert calls(staging, "commit") == []


def test_an_abort_drops_what_the_failed_task_had_staged(spark, staging):
    df = spark.range(0, 1000, 1, 1).selectExpr("if(id = 999, double('nan'), id) as id")
    with pytest.raises(Exception, match="RecordError: row 1000 of the partition: column id"):
        save(df, staging.url)
    assert rows(staging) == [] and json.loads(staging.get("staged"))["total"] == 0
    (abort,) = calls(staging, "abort")
    assert json.loads(abort["body"])["partitions"] == []


def test_overwrite_replaces_what_is_there_even_by_itself(spark, staging):
    save(spark.range(0, 500, 1, 2), staging.url)
    there = spark.read.format("rest-api").schema("id long").load(staging.url)
    save(there.select((F.col("id") + 1000).alias("id")), staging.url, mode="overwrite")
    assert rows(staging) == list(range(1000, 1500))


def test_an_overwrite_that_fails_leaves_what_is_there(spark, staging):
    save(spark.range(0, 500), staging.url)
    with pytest.raises(Exception, match="NaN"):
        save(spark.range(0, 100).selectExpr("if(id = 99, double('nan'), id) as id"), staging.url, mode="overwrite")
    assert rows(staging) == list(range(500))


def test_a_commit_is_told_again_until_it_is_answered(spark, proxied):
    service, url = proxied("after=500:1:4,drop=1:5,fail=503:1:6")  # stage requests are 1 to 4
    save(spark.range(0, 200, 1, 1), url)
    assert rows(service) == list(range(200))
    assert len(calls(service, "commit")) == 3 and calls(service, "abort") == []


def test_a_commit_that_is_refused_fails_the_job_and_aborts_it(spark, proxied):
    service, url = proxied("fail=409:1:4")
    with pytest.raises(Exception, match="RequestRefused: .*409.*restsrc call, exit 69, commit to "):
        save(spark.range(0, 200, 1, 1), url)
    assert rows(service) == [] and len(calls(service, "abort")) == 1


def test_an_abort_that_fails_does_not_hide_why(spark, proxied):
    service, url = proxied("fail=404:1000")
    with pytest.raises(Exception, match="RequestRefused: rows 1-50: HTTP 404"):
        save(spark.range(0, 200, 1, 1), url)


def test_abort_copes_with_no_messages_at_all(staging):
    schema = StructType([StructField("id", LongType())])
    writer = RestApiDataSource({"url": staging.url, **PLACES}).writer(schema, False)
    writer.abort([None, None])
    assert json.loads(calls(staging, "abort")[0]["body"])["partitions"] == []
    writer.commit([])
    plain = RestApiDataSource({"url": staging.url}).writer(schema, False)
    plain.abort([None])
    plain.commit([None])


def test_a_commit_url_alone_is_told_what_was_written(spark, sink):
    target = sink()
    save(spark.range(0, 100, 1, 2), target.url, stage_url="", abort_url="", commit_url=f"{target.base}/done/{{job_id}}")
    *batches, commit = target.log()
    assert len(batches) == 2 and "/done/" in commit["target"]


def test_placeholders_are_templates_as_the_tool_has_them(spark, sink):
    """Spark's names and columns of the row in one URL; a doubled brace is a brace."""
    target = sink()
    place = f"{target.base}/items/{{{{x}}}}/{{job_id}}/{{id}}"
    options = {"body": "single", "stage_url": place, "commit_url": f"{target.base}/done/{{{{{{job_id}}}}}}"}
    save(spark.range(0, 2, 1, 1), target.url, **options)
    *rows, commit = [unquote(entry["target"]).split("/") for entry in target.log()]
    job = commit[-1].strip("{}")
    assert commit[-1] == f"{{{job}}}" and len(job) == 36
    assert [row[-3:] for row in rows] == [["{x}", job, "0"], ["{x}", job, "1"]]
    for wrong in ("done/{job_id", "done/}", "done/{}", "done/{id}"):
        with pytest.raises(OptionError, match="commit_url"):
            RestApiDataSource({"url": target.url, "commit_url": wrong}).writer(spark.range(0).schema, False)


COMMITTING = """
staged, shown, commits = [], [], set()
def answer(r):
    what = r.path.split("/")[1]
    if what == "stage":
        staged.extend(r.json)
    elif what == "state":
        return (200 if commits and r.query["ok"] == "yes" else 404), {}
    elif what == "commit" and commits:
        return 409, {"error": "%s"}
    elif what == "commit":
        commits.add(r.path)
        shown.extend(staged)
        return 504, {"error": "gateway time-out"}
    return {}
"""


@pytest.mark.parametrize(
    "words, given, done",
    [
        ("batch 0 is committed already", {}, True),
        ("the schema does not fit", {}, False),
        ("the schema does not fit", {"commit_check_url": "state?ok=yes"}, True),
        ("batch 0 is committed already", {"commit_check_url": "state?ok=no"}, False),
        ("the schema does not fit", {"on": "409=ok"}, True),
    ],
)
def test_a_commit_whose_answer_was_lost_is_there(spark, api, words, given, done):
    server = api(COMMITTING % words)
    options = {"stage_url": "stage/{attempt}", "commit_url": "commit/{job_id}", "abort_url": "abort/{job_id}", **given}
    writer = spark.range(0, 10, 1, 1).write.format("rest-api").mode("append")
    writer = writer.options(retry_delay=0.01, **options)
    if done:
        writer.save(server.url + "/rows")
    else:
        with pytest.raises(Exception, match="HTTP 409"):
            writer.save(server.url + "/rows")
    assert any("/abort/" in entry["target"] for entry in server.log()) == (not done)
