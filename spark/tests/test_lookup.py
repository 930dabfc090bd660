"""Look-ups: each row of a DataFrame with the answer to a request made of it."""

import datetime
import json
import time
import urllib.request

import pytest
from pyspark.sql import functions as F

from restsrc import OptionError, lookup

ITEMS = """
def answer(r):
    key = r.path.rpartition("/")[2]
    if key == "13":
        return 404, {"error": "no such item"}
    if r.path == "/search":
        return {"name": r.json["q"]["key"], "price": r.json["n"]}
    return b'{"name": "item %s", "price": 1.10, "more": {"big": 9007199254740993}}' % key.encode()
"""
SCHEMA = "name string, price decimal(9,2), more struct<big:long>"


def test_each_row_gets_its_answer_in_order(spark, api):
    server = api(ITEMS)
    keys = spark.range(0, 5000, 1, 2).select(F.col("id"), (F.col("id") % 10).alias("item_id"), F.lit(1.5).alias("x"))
    found = lookup(keys, url=server.url + "/items/{item_id}", schema=SCHEMA, into="item")
    assert found.columns == ["id", "item_id", "x", "item"]
    rows = found.collect()
    assert [row.id for row in rows] == list(range(5000))
    assert all(row.item.name == f"item {row.item_id}" and row.x == 1.5 for row in rows)
    assert str(rows[7].item.price) == "1.10" and rows[7].item.more.big == 9007199254740993
    assert len(server.log()) == 20  # each task asks for ten


def test_columns_of_every_type_stay_as_they_are(spark, api):
    server = api(ITEMS)
    row = (3, b"\x00\xff", datetime.datetime(2026, 1, 2, 3, 4, 5, 678901), {"a": None}, [1.5, float("nan")], None)
    schema = "k int, b binary, t timestamp, m map<string,int>, d array<double>, n string"
    frame = spark.createDataFrame([row], schema)
    (found,) = lookup(frame, url=server.url + "/items/{k}", schema="name string").collect()
    assert found.answer.name == "item 3"
    assert str(found.asDict()).startswith(str(frame.first().asDict())[:-1])


def test_nulls_are_not_asked_for_and_empty_answers_are_null(spark, api):
    server = api(ITEMS)
    frame = spark.createDataFrame([(1,), (None,), (13,), (2,)], "k int").coalesce(1)
    rows = lookup(frame, url=server.url + "/items/{k}", schema="name string", on="404=empty").collect()
    assert [row.answer and row.answer.name for row in rows] == ["item 1", None, None, "item 2"]
    assert not lookup(frame.limit(0), url=server.url + "/items/{k}", schema="name string").collect()


def test_a_body_is_made_of_a_row(spark, api):
    server = api(ITEMS)
    frame = spark.createDataFrame([(("x",), 2.5)], "s struct<key:string>, n double")
    body = '{"q": {"key": "{s.key}"}, "n": "{n}"}'
    (row,) = lookup(frame, url=server.url + "/search", data=body, schema="name string, price double").collect()
    assert (row.answer.name, row.answer.price) == ("x", 2.5)


def test_answers_that_have_the_columns_inside_of_a_member_are_an_error(spark, api):
    server = api('answer = lambda r: {"data": {"name": "x", "price": 1}} if r.path < "/items/5" else None')
    keys = spark.range(0, 8, 1, 1)
    query = {"url": server.url + "/items/{id}", "schema": "name string, price int"}
    with pytest.raises(Exception, match="they have data.name, data.price: let records"):
        lookup(keys, **query).collect()
    rows = lookup(keys, **query, on_new_members="ignore").collect()
    assert [row.answer and row.answer.name for row in rows] == [None] * 8


def test_an_error_fails_the_query_and_says_which_row(spark, api):
    server = api(ITEMS)
    frame = spark.createDataFrame([(1,), (13,)], "k int").coalesce(1)
    with pytest.raises(Exception, match=r"row 2 \(k=13\): HTTP 404.*no such item"):
        lookup(frame, url=server.url + "/items/{k}", schema="name string").collect()


def test_an_error_names_the_row_of_the_partition_and_what_it_asked_for(spark, api):
    server = api(ITEMS)
    frame = spark.range(0, 40, 1, 1).selectExpr("IF(id % 2 = 0, null, IF(id = 31, 13, 100 + id)) AS k", "'t' AS token")
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "10")
    try:
        with pytest.raises(Exception, match=r"row 32 \(k=13\): HTTP 404"):
            options = {"header": "X-Token: {token}", "parallel": 1}
            lookup(frame, url=server.url + "/items/{k}", schema="name string", **options).collect()
    finally:
        spark.conf.unset("spark.sql.execution.arrow.maxRecordsPerBatch")


MANY = """
def answer(r):
    ids = [int(i) for i in (r.query["ids"].split(",") if "ids" in r.query else r.json["ids"])]
    return {"users": [{"id": i, "name": f"user {i}"} for i in reversed(ids) if i % 10 < 9], "count": 1}
"""


def test_many_values_go_into_one_request(spark, api):
    server = api(MANY)
    keys = spark.range(850, 950, 1, 2).withColumn("also", F.col("id") % 7)
    found = lookup(keys, url=server.url + "?ids={id}", schema="name string", batch_size=25, id="id").collect()
    assert [row.id for row in found] == list(range(850, 950))
    wanted = [f"user {n}" if n % 10 < 9 else None for n in range(850, 950)]
    assert [row.answer and row.answer.name for row in found] == wanted
    assert len(server.log()) < 12
    body = '{"ids": ["{also}"]}'
    found = lookup(keys, url=server.url, data=body, schema="name string", batch_size=25).collect()
    assert all(row.answer.name == f"user {row.also}" for row in found)


def test_times_are_in_the_zone_of_the_session(spark, api):
    server = api('def answer(r):\n    return {"at": "2026-01-02T03:04:05", "asked": r.query["at"]}')
    frame = spark.sql("SELECT TIMESTAMP'2026-01-02 12:00:00Z' AS at")
    spark.conf.set("spark.sql.session.timeZone", "America/New_York")
    try:
        found = lookup(frame, url=server.url, query="at={at}", schema="at timestamp, asked string")
        (row,) = found.selectExpr("date_format(answer.at, 'HH:mm') AS at", "answer.asked").collect()
        assert (row.at, row.asked) == ("03:04", "2026-01-02T07:00:00.000000-05:00")
    finally:
        spark.conf.set("spark.sql.session.timeZone", "UTC")


def test_the_rate_is_kept(spark, api):
    server = api(ITEMS)
    began = time.monotonic()
    lookup(spark.range(100, 140, 1, 1), url=server.url + "/items/{id}", schema="name string", rate="20/s").collect()
    assert time.monotonic() - began > 1.9


TIMES = """
import time
def answer(r):
    if r.path == "/at":
        return r.state["at"]
    r.state.setdefault("at", []).append(time.time())
    return {"name": r.path}
"""


def test_tasks_of_a_machine_share_the_rate(spark, api):
    server = api(TIMES)
    keys = spark.range(1000, 1060, 1, 2)
    lookup(keys, url=server.url + "/items/{id}", schema="name string", rate="20/s", rate_scope="machine").collect()
    with urllib.request.urlopen(server.url + "/at") as answer:
        at = sorted(json.load(answer))
    assert at[-1] - at[0] > 59 / 20 * 0.95
    assert all(later - first > 0.9 for first, later in zip(at, at[20:], strict=False))


def test_a_stream_is_looked_up_too(spark, api, tmp_path):
    server = api(ITEMS)
    spark.range(5).write.json(str(tmp_path / "in"))
    stream = spark.readStream.schema("id long").json(str(tmp_path / "in"))
    found = lookup(stream, url=server.url + "/items/{id}", schema="name string")
    query = found.writeStream.format("memory").queryName("looked_up").trigger(availableNow=True).start()
    query.awaitTermination(60)
    names = [row.answer.name for row in spark.table("looked_up").orderBy("id").collect()]
    assert names == [f"item {n}" for n in range(5)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"url": "http://x/{nothing}"}, "no column nothing"),
        ({"url": "http://x/"}, "needs a {COLUMN}"),
        ({"url": "http://x/{id}", "into": "id"}, "a column id already"),
        ({"url": "http://x/{id}", "reject_file": "f"}, "no option reject_file"),
        ({"url": "http://x/{id}", "ratee": "1/s"}, "rate"),
    ],
)
def test_what_is_wrong_is_said_before_any_request(spark, options, message):
    with pytest.raises(OptionError, match=message.replace("{", r"\{")):
        lookup(spark.range(1), schema="name string", **options)
