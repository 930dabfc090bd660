"""Lists of lists: restsrc.load(for_each=...) reads a list for each row of a DataFrame."""

import datetime
import json
import shutil
import time

import pytest
from pyspark.sql import functions as F

from conftest import eventually, tools_running
from restsrc import OptionError, load

# /N/items has N % 40 records.
LISTS = """
def answer(r):
    name = r.path.strip("/").split("/")[0]
    if name == "404":
        return 404, {"error": "no such list"}
    if not name.isdigit():
        return [{"target": r.target, "body": r.json}]
    total, at = int(name) % 40, int(r.query.get("offset", 0))
    return [{"id": i, "of": name, "at": "2026-01-02T03:04:05"} for i in range(at, min(at + 10, total))]
"""


def wanted(parents):
    return sorted((n, i) for n in parents for i in range(n % 40))


def test_a_list_for_each_row_of_a_view_with_what_is_kept_of_it(spark, api):
    server = api(LISTS)
    frame = spark.range(0, 300, 1, 3).select("id", F.struct(F.concat(F.lit("r "), "id").alias("name")).alias("repo"))
    frame.createOrReplaceTempView("repos")
    found = load(
        spark, f"{server.url}/{{id}}/items", "id int, of string", for_each="repos", keep="repo_id=id\nname=repo.name"
    )
    assert found.schema.simpleString() == "struct<repo_id:bigint,name:string,id:int,of:string>"
    rows = found.collect()
    assert sorted((row.repo_id, row.id) for row in rows) == wanted(range(300))
    assert all(row.of == str(row.repo_id) and row.name == f"r {row.of}" for row in rows)


def test_the_schema_is_that_of_a_sample_and_names_may_choose_their_place(spark, api):
    server = api(LISTS)
    parents = spark.range(3, 6)
    found = load(spark, f"{server.url}/{{id}}/items", for_each=parents, keep="parent=id")
    assert found.schema.simpleString() == "struct<parent:bigint,id:bigint,of:string,at:string>"
    assert sorted((row.parent, row.id) for row in found.collect()) == wanted(range(3, 6))
    found = load(spark, f"{server.url}/{{id}}/items", "id int, parent string", for_each=parents, keep="parent=id")
    assert sorted((int(row.parent), row.id) for row in found.collect()) == wanted(range(3, 6))


def test_records_that_have_the_columns_inside_of_a_member_are_an_error(spark, api):
    server = api('answer = lambda r: [{"data": {"id": n}} for n in range(3)]')
    given = {"url": f"{server.url}/{{id}}/items", "schema": "id int", "for_each": spark.range(2), "paginate": "none"}
    with pytest.raises(Exception, match=r"no member for any column of the schema \(id\), but they have data.id"):
        load(spark, **given, keep="parent=id").collect()
    found = load(spark, **given, keep="parent=id", records="$[*].data").collect()
    assert sorted((row.parent, row.id) for row in found) == [(p, n) for p in range(2) for n in range(3)]


def test_what_is_kept_has_the_values_of_the_parent(spark, api):
    server = api(LISTS)
    row = (2, b"\x00\xff", datetime.datetime(2026, 1, 2, 3, 4, 5, 678901), {"a": None}, [1.5, None], None, ("x", None))
    schema = "k int, b binary, t timestamp, m map<string,int>, d array<double>, n string, s struct<x:string,y:int>"
    parents = spark.createDataFrame([row], schema)
    names = parents.columns
    spark.conf.set("spark.sql.session.timeZone", "America/New_York")
    try:
        parents = spark.createDataFrame([row], schema)
        found = load(
            spark, f"{server.url}/{{k}}/items", "at timestamp", for_each=parents, keep="\n".join(names), limit=1
        )
        assert found.drop("at").first() == parents.first()
        assert found.select(F.date_format("at", "HH:mm")).first()[0] == "03:04"
    finally:
        spark.conf.set("spark.sql.session.timeZone", "UTC")


def test_empty_partitions_and_lists_are_no_fault_nor_is_what_on_calls_empty(spark, api):
    server = api(LISTS)
    parents = spark.createDataFrame([(0,), (404,), (40,), (1,)], "n int")
    found = load(
        spark, f"{server.url}/{{n}}/items", "id int", for_each=parents, keep="n", num_partitions=8, on="404=empty"
    )
    assert found.rdd.getNumPartitions() == 8
    assert [(row.n, row.id) for row in found.collect()] == [(1, 0)]
    assert not load(spark, f"{server.url}/{{n}}", "id int", for_each=parents.limit(0)).collect()


def test_each_task_reads_many_parents_and_a_look_reads_few(spark, api):
    server = api(LISTS)
    parents = spark.range(100, 20100, 1, 1).withColumn("id", F.col("id") * 40 + 1)
    found = load(spark, f"{server.url}/{{id}}/items", "id int", for_each=parents, keep="parent=id", parallel=2)
    assert len(found.take(3)) == 3
    assert len(server.log()) < 2000
    eventually(lambda: not tools_running())


def test_query_header_and_body_are_made_of_a_row(spark, api):
    server = api(LISTS)
    parents = spark.createDataFrame([(("x/y", 1.5), "a b")], "s struct<k:string, d:double>, q string")
    options = {"query": "q={q}", "data": '{"v": "{s.d}"}', "method": "POST", "paginate": "none"}
    (row,) = load(
        spark, f"{server.url}/list/{{s.k}}", "target string, body string", for_each=parents, **options
    ).collect()
    assert (row.target, row.body) == ("/list/x%2Fy?q=a%20b", '{"v":1.5}')


def test_an_error_fails_the_query_and_says_which_row(spark, api):
    server = api(LISTS)
    parents = spark.createDataFrame([(1,), (404,), (None,)], "n int").coalesce(1)
    with pytest.raises(Exception, match=r"row 2: HTTP 404.*no such list"):
        load(spark, f"{server.url}/{{n}}/items", "id int", for_each=parents).collect()
    with pytest.raises(Exception, match=r"row 3: .*n"):
        load(spark, f"{server.url}/{{n}}/items", "id int", for_each=parents, on="404=empty").collect()
    clash = load(spark, f"{server.url}/{{n}}/items", "id int, of string", for_each=parents.limit(1), keep="of=n")
    with pytest.raises(Exception, match="has a member of itself"):
        clash.collect()


def test_a_parent_that_cannot_be_computed_fails_the_query(spark, api):
    server = api(LISTS)
    parents = spark.range(1, 30, 1, 1).select(F.expr("if(id = 20, raise_error('no parent'), id)").alias("n"))
    with pytest.raises(Exception, match="no parent"):
        load(spark, f"{server.url}/{{n}}/items", "id int", for_each=parents).collect()


def test_a_stream_of_parents(spark, api, tmp_path):
    server = api(LISTS)
    spark.range(5).write.json(str(tmp_path / "in"))
    parents = spark.readStream.schema("id long").json(str(tmp_path / "in"))
    found = load(spark, f"{server.url}/{{id}}/items", "id int", for_each=parents, keep="parent=id")
    query = found.writeStream.format("memory").queryName("children").trigger(availableNow=True).start()
    query.awaitTermination(60)
    assert sorted((row.parent, row.id) for row in spark.table("children").collect()) == wanted(range(5))


def test_the_rate_of_the_cluster_is_shared_by_the_tasks(spark, api):
    server = api(LISTS)
    parents = spark.range(1, 41)
    began = time.monotonic()
    load(
        spark, f"{server.url}/{{id}}/items", "id int", for_each=parents, num_partitions=2,
        paginate="none", rate="20/s", rate_scope="cluster",
    ).collect()  # fmt: skip
    assert time.monotonic() - began > 1.7


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"url": "http://x/{nothing}"}, "no column nothing"),
        ({"url": "http://x/"}, "needs a {COLUMN}"),
        ({"url": "http://x/{id}", "keep": "a=b"}, "keep has a=b"),
        ({"url": "http://x/{id}", "partition_by": "key"}, "partition_by does not go with for_each"),
        ({"url": "http://x/{id}", "pushdown": "auto"}, "pushdown does not go with for_each"),
        ({"url": "http://x/{id}", "ratee": "1/s"}, "rate"),
        ({"url": "http://x/{id}", "keep": "t", "date_format": "MM/dd/yyyy"}, "keep t as a string"),
        ({"url": "http://x/{id}", "rate": "1/s", "rate_scope": "cluster"}, "slots"),
    ],
)
def test_what_is_wrong_is_said_before_any_request(spark, options, message):
    parents = spark.range(1).withColumn("t", F.current_date())
    with pytest.raises(OptionError, match=message.replace("{", r"\{")):
        load(spark, schema="name string", for_each=parents, **options)


def test_a_data_source_alone_has_no_tables(spark, read):
    with pytest.raises(Exception, match=r"use restsrc.load\(spark, url, for_each"):
        read("http://x/{id}", for_each="repos").schema("id int").load().collect()


def test_a_list_that_fails_goes_to_the_reject_file_of_its_task_and_the_others_are_read(spark, api, tmp_path):
    server = api(LISTS)
    parents = spark.createDataFrame([(3,), (404,), (7,), (404,)], "n int")
    url, prefix = f"{server.url}/{{n}}/items", tmp_path / "rejects" / "r-"
    given = {"for_each": parents, "keep": "n", "reject_file": str(prefix), "num_partitions": 2}
    for schema in ("id int", None):  # whose sample meets them, too
        found = load(spark, url, schema, **given)
        assert sorted((row.n, row.id) for row in found.collect()) == wanted([3, 7])
        lines = [line for file in prefix.parent.iterdir() for line in file.read_text().splitlines()]
        assert [(told["record"], told["http_status"]) for told in map(json.loads, lines)] == [({"n": 404}, 404)] * 2
        shutil.rmtree(prefix.parent)
    with pytest.raises(Exception, match="more than --?max.rejects|max_rejects"):
        load(spark, url, "id int", **{**given, "num_partitions": 1}, max_rejects=1).collect()
    with pytest.raises(OptionError, match="reject_file"):
        load(spark, url, "id int", **{**given, "reject_file": "nowhere://x/y"})
