"""Streams through a real Spark into Parquet."""

import json
import re

import pytest

from conftest import eventually
from streaming import needs_limits, place


@pytest.fixture
def stream(spark, tmp_path):
    """Starts a stream of a URL into Parquet; `rows()` are what came so far. Ends with the test."""
    out, queries = str(tmp_path / "out"), []

    class Stream:
        checkpoint = tmp_path / "checkpoint"

        def start(self, url, schema="id long, i int", **options):
            trigger = options.pop("trigger", {"processingTime": "0 seconds"})
            source = spark.readStream.format("rest-api").options(url=url, poll_interval="50ms", **options)
            df = (source.schema(schema) if schema else source).load()
            sink = (
                df.writeStream.format("parquet").option("path", out).option("checkpointLocation", str(self.checkpoint))
            )
            queries.append(sink.trigger(**trigger).start())
            return queries[-1]

        def run(self, url, **options):
            """All that is there, and gives the query's batches that had rows."""
            query = self.start(url, trigger={"availableNow": True}, **options)
            assert query.awaitTermination(120)
            return [progress for progress in query.recentProgress if progress["numInputRows"]]

        def rows(self):
            return spark.read.parquet(out).collect()

        def column(self, name="i"):
            return sorted(row[name] for row in self.rows())

    yield Stream()
    for query in queries:
        query.stop()


def ends(progress):
    return [place(json.loads(batch["sources"][0]["endOffset"])) for batch in progress]


def reads_up_to(query, offset):
    """Text in PySpark 4.3, a dict in 4.1."""
    end = lambda: str(query.lastProgress["sources"][0]["endOffset"])
    eventually(lambda: query.lastProgress and str(offset) in re.findall("[0-9]+", end()), 180)


def test_growing_list(fault, stream):
    scenario = fault("n=2500")
    query = stream.start(scenario.url)
    reads_up_to(query, 2500)
    scenario.grow(700)
    reads_up_to(query, 3200)
    query.stop()
    rows = stream.rows()
    assert sorted((row.i, row.id) for row in rows) == [(record["i"], record["id"]) for record in scenario.records()]


@needs_limits
def test_available_now_in_batches_with_the_backlog_in_the_progress(fault, stream):
    scenario = fault("n=1000")
    progress = stream.run(scenario.url, rows_per_batch=400)
    assert [batch["numInputRows"] for batch in progress] == [400, 400, 200]
    assert ends(progress) == [{"offset": "400"}, {"offset": "800"}, {"offset": "1000"}]
    assert all(json.loads(batch["sources"][0]["latestOffset"]) == {"offset": "1000"} for batch in progress)
    scenario.grow(150)
    assert [batch["numInputRows"] for batch in stream.run(scenario.url, rows_per_batch=400)] == [
        150
    ]  # from the checkpoint on
    assert stream.column() == list(range(1150))


@needs_limits
def test_once_takes_all_in_one_batch(fault, stream):
    query = stream.start(fault("n=300").url, trigger={"once": True}, rows_per_batch=100, schema=None)
    assert query.awaitTermination(120)
    assert [batch["numInputRows"] for batch in query.recentProgress] == [300] and stream.column() == list(range(300))


@pytest.mark.parametrize("rows", [None, pytest.param(400, marks=needs_limits)])
def test_by_time(growing, stream, rows):
    scenario = growing("n=900,step=10000,most=300")
    options = {"stream_mode": "time", "starting_offset": "2024-01-01T00:00:00Z", "partition_duration": "10 min"}
    options = {**options, "rows_per_batch": rows} if rows else options
    progress = stream.run(scenario.url, schema="id long, at timestamp", **options)
    assert stream.column("id") == list(range(900))
    assert all(batch["numInputRows"] <= (rows or 900) for batch in progress)
    assert re.search(r"'?time'?[^0-9]+20..-..-..T..:..:..Z", str(progress[-1]["sources"][0]["endOffset"]))


@needs_limits
def test_by_cursor(fault, stream):
    scenario = fault("n=950")
    for _ in range(2):
        progress = stream.run(scenario.base + "/cursor", stream_mode="cursor", paginate="cursor", rows_per_batch=400)
        assert stream.column() == list(range(len(scenario.records())))
        scenario.grow(60)
    assert ends(progress) == [
        {"cursor": ends(progress)[0]["cursor"], "skip": "10", "read": "1010", "paginate": "cursor"}
    ]


@pytest.mark.parametrize(
    "place, options",
    [("pages", {"paginate": "auto"}), ("pages", {"api": "drf-page"})]
    + [pytest.param("next", {"paginate": "auto", "stream_mode": "cursor"}, marks=needs_limits)],
)
def test_the_style_is_found_or_a_presets(fault, stream, place, options):
    scenario = fault("n=250,cap=70,total-name=count")
    for more in (60, 0):
        stream.run(f"{scenario.base}/{place}", **options)
        assert stream.column() == list(range(len(scenario.records())))
        scenario.grow(more)


def test_a_style_that_the_mode_cannot_read_ends_the_query(fault, stream):
    with pytest.raises(
        Exception, match="OptionError: stream_mode offset can't start .* style next-url: use stream_mode cursor"
    ):
        stream.run(fault("n=250").base + "/next", paginate="auto")


def test_wrong_option_is_an_error_before_any_request(fault, stream):
    scenario = fault()
    with pytest.raises(Exception) as raised:
        stream.start(scenario.url, rows_per_bach=5).processAllAvailable()
    assert "OptionError" in str(raised.value) and "did you mean rows_per_batch?" in str(raised.value)
    assert scenario.log() == []


def test_shrunk_list_ends_the_query(fault, stream):
    scenario = fault("n=100")
    query = stream.start(scenario.url)
    query.processAllAvailable()
    scenario.grow(-50)
    with pytest.raises(Exception, match="UnexpectedAnswer: the list has 50 records, fewer than the 100"):
        query.awaitTermination(60)


def test_no_secret_in_checkpoint_or_plan(fault, stream, capfd):
    url = fault("n=100").url.replace("http://", "http://user:sesame@") + "?api_key=sesame"
    query = stream.start(url, header="X-Key: sesame", query_secret="token=sesame")
    query.processAllAvailable()
    query.explain(True)
    progress = str(query.lastProgress)
    query.stop()
    kept = "".join(file.read_text(errors="replace") for file in stream.checkpoint.rglob("*") if file.is_file())
    shown = "".join(capfd.readouterr())
    assert '"offset"' in kept and "sesame" not in kept + progress + shown


def test_members_that_first_come_in_mid_stream(api, stream):
    server = api(
        """
rows = [{"id": n} for n in range(20)]
def answer(r):
    if r.path == "/_tell":
        rows.append({"id": 20, "extra": "x"})
        return {}
    at, most = int(r.query.get("offset", 0)), int(r.query.get("limit", 100))
    return {"total": len(rows), "results": rows[at:at + most]}
"""
    )
    stream.run(server.url, schema="id long", on_new_members="fail")
    server.tell()
    with pytest.raises(Exception, match="member extra has no column"):
        stream.run(server.url, schema="id long", on_new_members="fail")
    stream.run(server.url, schema="id long, rest string", rescued_data_column="rest")
    assert stream.column("id") == list(range(21))
