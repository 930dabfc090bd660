"""Streams that are written: names and receipts of their batches, batches done again, tasks tried again, failures."""

import json
import urllib.request

import pytest
from pyspark.sql.types import LongType, StructType

from conftest import Sink
from restsrc import RestApiDataSource
from restsrc.delivery import Job, Receipt
from restsrc.stream_writer import Message
from test_write_commit import PLACES, calls, proxied, rows  # noqa: F401  (proxied is a fixture)

SCHEMA = StructType().add("id", LongType())


@pytest.fixture
def staging(staging_server):
    return Sink(staging_server, "streamed", "rows")


@pytest.fixture
def stream(spark, tmp_path):
    """Starts a query over numbers, 300 a batch in two partitions, for one batch or two; further options by name."""

    def start(
        url,
        select="value as id",
        where="true",
        checkpoint=tmp_path / "checkpoint",
        mode="append",
        by=None,
        parts=2,
        **options,
    ):
        numbers = (
            spark.readStream.format("rate-micro-batch")
            .option("rowsPerBatch", 300)
            .option("numPartitions", parts)
            .load()
        )
        numbers = numbers.where(where).selectExpr(select)
        sink = (
            (numbers.groupBy(by).count().coalesce(1) if by else numbers).writeStream.outputMode(mode).format("rest-api")
        )
        given = {"url": url, "checkpointLocation": str(checkpoint), "retry_delay": "0.01", **options}
        query = sink.options(**given).trigger(once=True).start()
        try:
            query.awaitTermination(120)
        finally:
            query.stop()
        return query

    return start


def keys(target):
    return [entry["headers"]["Idempotency-Key"] for entry in target.log() if "Idempotency-Key" in entry["headers"]]


def undo_last_batch(folder):
    """As if the driver had been killed between the commit at the target and Spark's note of it."""
    last = max((folder / "commits").glob("[0-9]*"), key=lambda file: int(file.name))
    last.unlink()
    (folder / "commits" / f".{last.name}.crc").unlink(missing_ok=True)


def test_each_batch_is_committed_under_the_names_of_query_and_batch(stream, staging):
    query = stream(staging.url, **PLACES)
    stream(staging.url, **PLACES)
    assert rows(staging) == list(range(600)) and json.loads(staging.get("staged"))["total"] == 0
    told = [json.loads(commit["body"]) for commit in calls(staging, "commit")]
    assert [(one["job_id"], one["batch_id"], one["overwrite"]) for one in told] == [
        (query.id, 0, False),
        (query.id, 1, False),
    ]
    assert [(part["partition_id"], part["records"]) for part in told[0]["partitions"]] == [(0, 150), (1, 150)]
    assert all(key.startswith(f"{query.id}-{batch}-") for key, batch in zip(keys(staging), [0] * 7 + [1] * 7))
    assert calls(staging, "abort") == []


def test_a_batch_whose_commit_spark_did_not_note_is_committed_once(stream, staging, tmp_path):
    for _ in range(2):
        stream(staging.url, **PLACES)
    undo_last_batch(tmp_path / "checkpoint")
    stream(staging.url, **PLACES)
    assert rows(staging) == list(range(600)) and json.loads(staging.get("staged"))["total"] == 0
    targets = [commit["target"].rsplit("/", 1)[1] for commit in calls(staging, "commit")]
    assert targets[:3] == ["0", "1", "1"]


def test_a_batch_that_is_cut_otherwise_when_it_is_done_again_is_committed_once(stream, staging, tmp_path):
    stream(staging.url, **PLACES)
    undo_last_batch(tmp_path / "checkpoint")
    stream(staging.url, parts=3, **PLACES)
    assert rows(staging) == list(range(300)) and json.loads(staging.get("staged"))["total"] == 0
    assert [len(json.loads(commit["body"])["partitions"]) for commit in calls(staging, "commit")][:2] == [2, 3]


def test_a_commit_that_was_done_but_is_never_answered_is_not_undone_by_the_abort(stream, proxied):  # noqa: F811
    service, url = proxied("after=500:6:6")  # stage requests are 1 to 6; then the commit and its five repeats
    with pytest.raises(Exception, match="ServerUnavailable: .*500.*restsrc call, exit 75, commit to "):
        stream(url, **PLACES)
    assert len(calls(service, "commit")) == 6 and len(calls(service, "abort")) == 1
    stream(url, **PLACES)
    assert rows(service) == list(range(300)) and json.loads(service.get("staged"))["total"] == 0


def test_a_batch_without_rows_is_committed(stream, staging):
    stream(staging.url, where="value < 0", **PLACES)
    (commit,) = calls(staging, "commit")
    assert [part["records"] for part in json.loads(commit["body"])["partitions"]] == [0, 0]
    assert rows(staging) == [] and calls(staging, "stage") == []


def test_without_phases_a_batch_that_is_done_again_has_the_same_keys(stream, sink, tmp_path):
    target = sink("answer=count,keys")
    query = stream(target.url, idempotent="true")
    undo_last_batch(tmp_path / "checkpoint")
    stream(target.url, idempotent="true")
    sent = keys(target)
    assert len(sent) == 12 and len(set(sent)) == 6 and all(key.startswith(f"{query.id}-0-") for key in sent)
    assert sorted(row["id"] for row in target.stored()) == list(range(300))


def test_a_query_that_fails_is_aborted_and_goes_on_when_the_trouble_is_over(stream, staging):
    with pytest.raises(Exception, match="RecordError: row 1 of the partition: column id: NaN"):
        stream(
            staging.url, select="double('nan') as id", **PLACES
        )  # no task succeeds: the checkpoint knows the query's id
    (abort,) = calls(staging, "abort")
    assert json.loads(abort["body"])["partitions"] == [] and rows(staging) == []
    query = stream(staging.url, **PLACES)
    assert abort["target"].endswith(f"/abort/{query.id}/0")
    assert rows(staging) == list(range(300)) and json.loads(staging.get("staged"))["total"] == 0


def test_complete_mode_replaces_what_is_there(stream, staging, spark):
    for _ in range(2):
        stream(staging.url, select="value % 3 as id", by="id", mode="complete", **PLACES)
    assert json.loads(staging.get("rows"))["total"] == 3
    assert {row["count"] for row in json.loads(staging.get("rows"))["results"]} == {200}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"comit_url": "c"}, "there is no option comit_url; did you mean commit_url"),
        ({"stage_url": "s"}, "stage_url needs commit_url"),
        ({"commit_url": "c/{partition_id}"}, "the option commit_url has the placeholder {partition_id}"),
        ({"mode": "complete", "by": "id"}, "output mode complete"),
    ],
)
def test_wrong_options_end_the_query_before_anything_is_sent(stream, sink, options, message):
    target = sink()
    with pytest.raises(Exception, match=message.replace("{", r"\{")):
        stream(target.url, **options)
    assert target.log() == []


def writer(url, **options):
    return RestApiDataSource({"url": url, **options}).streamWriter(SCHEMA, False)


def message(batch, partition=0):
    return Message(Job("query", batch), Receipt(partition, "a"))


def test_commit_and_abort_by_another_object_with_messages_missing(staging, tmp_path):
    writer(staging.url, **PLACES).abort([None, message(7, 1)], 7)
    writer(staging.url, **PLACES).commit([message(7), message(7, 1)], 7)
    assert [entry["target"].split("/", 2)[2] for entry in staging.log()] == ["abort/query/7", "commit/query/7"]
    (tmp_path / "metadata").write_text('{"id":"known"}')
    for checkpoint in (str(tmp_path), tmp_path.as_uri()):
        writer(staging.url, checkpointLocation=checkpoint, **PLACES).abort([None], 8)
    assert [entry["target"].split("/", 2)[2] for entry in staging.log()[2:]] == ["abort/known/8"] * 2


def test_the_rows_of_attempts_that_do_not_count_are_not_committed(staging):
    for attempt, ids in (("a", [1, 2]), ("lost", [1]), ("late", [1, 2])):
        body = json.dumps([{"id": number} for number in ids]).encode()
        urllib.request.urlopen(f"{staging.base}/stage/query/0/0/{attempt}", body).close()
    writer(staging.url, **PLACES).commit([Message(Job("query", 0), Receipt(0, "a", 2))], 0)
    assert rows(staging) == [1, 2] and json.loads(staging.get("staged"))["total"] == 0


def test_an_abort_that_cannot_know_the_query_is_left_out(staging, tmp_path, caplog):
    for checkpoint in ({}, {"checkpointLocation": str(tmp_path)}, {"checkpointLocation": "nowhere://a/b"}):
        writer(staging.url, **checkpoint, **PLACES).abort([None, None], 3)
    assert staging.log() == [] and "batch 3 is not aborted" in caplog.text


def test_without_urls_commit_and_abort_do_nothing(sink):
    target = sink()
    plain = writer(target.url)
    plain.commit([message(0)], 0)
    plain.abort([None], 0)
    assert target.log() == []
