"""Reading through a real Spark."""

import contextlib
import gc
import json
import os
import signal
import threading
from decimal import Decimal
from pathlib import Path

import pyspark
import pytest
from pyspark.sql import functions as F
from pyspark.sql.types import LongType, StringType, StructField, StructType

from conftest import REPO, eventually, gone, tools_running
from restsrc import RestApiDataSource
from restsrc.options import Options
from restsrc.reader import RestApiReader


def test_schema_as_ddl(fault, read):
    df = read(fault("n=1000").url).schema("id long, i int").load()
    assert df.columns == ["id", "i"]
    assert sorted(row.i for row in df.collect()) == list(range(1000))


def test_schema_as_struct_type(fault, read):
    scenario = fault("n=250")
    schema = StructType([StructField("i", StringType()), StructField("id", LongType())])
    rows = read(scenario.url).schema(schema).load().collect()
    assert [tuple(row) for row in rows] == [(str(record["i"]), record["id"]) for record in scenario.records()]


def test_inferred_schema(listing, read):
    scenario = listing('{"a":1,"b":{"c":[1.5]}}', '{"a":9007199254740993,"d":"x","e":null}', '{"d":5}')
    df = read(scenario.url).load()
    assert df.schema.simpleString() == "struct<a:bigint,b:struct<c:array<double>>,d:string,e:string>"
    assert [json.loads(row) for row in df.toJSON().collect()] == [
        {"a": 1, "b": {"c": [1.5]}},
        {"a": 9007199254740993, "d": "x"},
        {"d": "5"},
    ]


def test_every_odd_record_is_read_with_its_inferred_schema(fault, read):
    scenario = fault("n=300")
    df = read(scenario.url).load()
    assert df.count() == 300
    by_spark = {row.i: row for row in df.select("i", "id").collect()}
    assert all(by_spark[record["i"]].id == record["id"] for record in scenario.records())


def test_types(listing, read):
    scenario = listing(
        '{"b":127,"s":-5,"i":7,"f":0.1,"d":1e400,"t":true,"n":1.10,"day":"2013-01-01","at":"2013-01-01T10:00:00+01:00",'
        '"local":"2013-01-01 10:00:00.5","raw":"YWJj","map":{"x":[1,2]},"text":{"k": 1.10}}'
    )
    schema = (
        "b byte, s short, i int, f float, d double, t boolean, n decimal(38,18), day date, at timestamp, "
        "local timestamp_ntz, raw binary, map map<string,array<int>>, text string"
    )
    row = read(scenario.url).schema(schema).load().select("*", F.unix_micros("at").alias("micros")).first()
    assert (row.b, row.s, row.i, row.d, row.t, row.n) == (127, -5, 7, float("inf"), True, Decimal("1.10"))
    assert abs(row.f - 0.1) < 1e-7 and str(row.day) == "2013-01-01" and row.micros == 1357030800_000_000
    assert (str(row.local), bytes(row.raw), row.map) == ("2013-01-01 10:00:00.500000", b"abc", {"x": [1, 2]})
    assert row.text == '{"k":1.10}'  # the tool drops white space between tokens, and nothing else


def test_load_takes_the_url(fault, spark):
    assert spark.read.format("rest-api").schema("i int").load(fault("n=120").url).count() == 120


def test_found_without_registration(fault, spark):
    df = spark.newSession().read.format("rest-api").schema("i int").option("url", fault("n=120").url).load()
    assert df.count() == 120


def test_offset_and_limit(fault, read):
    df = read(fault("n=1000").url, offset=150, limit=300).schema("i int").load()
    assert sorted(row.i for row in df.collect()) == list(range(150, 450))


@pytest.mark.parametrize(
    "words, options, partitions",
    [
        ("n=200", {}, 2),  # an exact multiple of the page size: no empty partition
        ("n=1000,cap=70", {"page_size": 500}, 2),  # a page size that the server caps
        ("n=1000,short=300:7,short=700:1", {}, 2),  # short pages in the middle
        ("n=99", {}, 1),
        ("n=0", {}, 1),  # Spark makes one up
        ("n=1000", {"num_partitions": 4}, 4),
        ("n=1000,nocount,total=none", {}, 1),
    ],
)
def test_partitions_hold_every_record_once(fault, read, words, options, partitions):
    scenario = fault(words)
    df = read(scenario.url, **options).schema("i int").load().withColumn("part", F.spark_partition_id())
    rows = df.collect()
    assert sorted(row.i for row in rows) == list(range(len(scenario.records())))
    assert df.rdd.getNumPartitions() == partitions
    assert len({row.part for row in rows}) == (partitions if rows else 0)


def test_empty_list_needs_a_schema(fault, read):
    with pytest.raises(Exception, match=r"InputError: no schema can be inferred.*give one with .schema\(...\)"):
        read(fault("n=0").url).load()
    assert read(fault("n=0").url).schema("i int").load().collect() == []


@pytest.mark.parametrize(
    "options, message",
    [
        ({"pagesize": 5}, "there is no option pagesize; did you mean page_size?"),
        ({"quiet": True}, "can't be given from Spark"),
    ],
)
def test_wrong_option_is_an_error_before_any_task(fault, read, options, message):
    scenario = fault()
    for reader in (read(scenario.url, **options), read(scenario.url, **options).schema("i int")):
        with pytest.raises(Exception) as raised:
            reader.load().collect()
        assert message in str(raised.value) and "OptionError" in str(raised.value) and "Task" not in str(raised.value)
    assert scenario.log() == []


def test_missing_url(spark):
    with pytest.raises(Exception, match="the option url is missing"):
        spark.read.format("rest-api").load()


def test_plan_shows_no_secret(fault, read, capsys):
    df = read(fault().url.replace("http://", "http://user:sesame@"), header="X-Key: sesame").schema("i int").load()
    df.explain(True)
    assert "sesame" not in capsys.readouterr().out


def test_failure_of_the_tool_is_sparks_error(fault, read):
    scenario = fault("n=1000,status=418:700")
    with pytest.raises(Exception) as raised:
        read(scenario.url.replace("http://", "http://user:sesame@")).schema("i int").load().collect()
    text = str(raised.value)
    assert "RequestRefused: HTTP 418" in text and "exit 69" in text
    assert "records 500 to 999 of " in text and scenario.base in text.replace("***@", "") and "sesame" not in text


def test_rules_and_jsonpaths_are_options_like_others(fault, read):
    rules = "404=empty\n200 $.code==7=retry"
    assert read(fault("n=9,status=404").url, on=rules).schema("i int").load().collect() == []
    with pytest.raises(Exception, match="RequestRefused: HTTP 404"):
        read(fault("n=1000,status=404:700").url, on=rules).schema("i int").load().collect()
    with pytest.raises(Exception, match="stands ok, empty"):
        read(fault().url, on="404=nothing").schema("i int").load().collect()
    with pytest.raises(Exception, match="says that it is not all"):
        read(fault("n=9,put=incomplete_results:true").url).schema("i int").load().collect()
    nested = fault("n=9,envelope=array,total=none,nocount")
    df = read(nested.url, paginate="none", records="$[?@.i<4]").schema("i int").load()
    assert sorted(row.i for row in df.collect()) == [0, 1, 2, 3]


def test_server_that_gives_fewer_records_than_it_counts(fault, read):
    with pytest.raises(Exception, match="UnexpectedAnswer.*exit 76"):
        read(fault('n=150,count={"total":300},total=none').url).schema("i int").load().collect()


def test_faults_on_the_way_change_nothing(fault, read):
    df = (
        read(fault("n=1000,fail=503:1:300,cut=600:50,truncate=800:90:1").url, retry_delay="0.05").schema("i int").load()
    )
    assert sorted(row.i for row in df.collect()) == list(range(1000))


MIXED = ['{"a":1,"b":"x"}', '{"a":"one","b":"y"}', "[1]", '{"a":3}']


def test_failfast_says_where_and_what_to_do(listing, read):
    with pytest.raises(Exception) as raised:
        read(listing(*MIXED).url).schema("a long, b string").load().collect()
    assert 'RecordError: record 1: a: "one" is not a valid BIGINT' in str(raised.value)
    with pytest.raises(Exception, match="record 1: a: .*the schema was inferred from the first 1 records"):
        read(listing(*MIXED).url, sample_records=1).load().collect()


def test_what_a_record_holds_plays_no_tricks_with_a_terminal(listing, read):
    with pytest.raises(Exception) as raised:
        read(listing('{"a":"one\u202etwo\u009b2J\u2028"}').url).schema("a long").load().collect()
    assert 'RecordError: record 0: a: "one two 2J " is not a valid BIGINT' in str(raised.value)
    assert not set("\u202e\u009b\u2028") & set(str(raised.value))


def test_permissive_and_dropmalformed(listing, read):
    schema = "a long, b string, bad string"
    df = read(listing(*MIXED).url, mode="permissive", column_name_of_corrupt_record="bad").schema(schema).load()
    assert [tuple(row) for row in df.collect()] == [
        (1, "x", None),
        (None, "y", MIXED[1]),
        (None, None, MIXED[2]),
        (3, None, None),
    ]
    df = read(listing(*MIXED).url, mode="DROPMALFORMED").schema("a long, b string").load()
    assert [tuple(row) for row in df.collect()] == [(1, "x"), (3, None)]


def test_time_zone(listing, read):
    df = read(listing('{"at":"2013-01-01 01:00:00"}').url, time_zone="Europe/Paris").schema("at timestamp").load()
    assert df.select(F.unix_micros("at").alias("at")).first().at == 1356998400_000_000


def cached(df):
    df = df.cache()
    df.count()
    count = df.count()
    df.unpersist()
    return count


# The table of requests in spark/README.md: what an action asks, after a count and two pages, of a list of 100 pages.
LOOK, ALL, TWICE = (
    ("at most 20", 1, 20),
    ("102: every page, a count, and a look after the last", 102, 103),
    ("204: all of that twice", 204, 206),
)
ACTIONS = {
    "first()": (LOOK, lambda df: df.first()),
    "limit(5).collect()": (LOOK, lambda df: df.limit(5).collect()),
    "show(5)": (LOOK, lambda df: df.show(5)),
    "isEmpty()": (LOOK, lambda df: df.isEmpty()),
    "count()": (ALL, lambda df: df.count()),
    'filter("i = 5").collect()': (ALL, lambda df: df.filter("i = 5").collect()),
    'join(df, "i").count()': (TWICE, lambda df: df.join(df, "i").count()),
    'join(broadcast(df), "i").count()': (TWICE, lambda df: df.join(F.broadcast(df), "i").count()),
    "cache(), count(), count()": (ALL, cached),
}


@pytest.mark.parametrize("action", ACTIONS)
def test_requests_of_each_action(read, fault, action):
    (told, least, most), act = ACTIONS[action]
    scenario = fault(f"n=10000,delay={0.1 if most == 20 else 0.001}")
    df = read(scenario.url).schema("i int").load()
    df.rdd.getNumPartitions()  # the plan
    planning = len(scenario.log())
    act(df)
    again = 2 * planning if pyspark.__version__.startswith("4.0.") else 0  # which plans anew for each scan of a query
    assert planning == 3 and least <= len(scenario.log()) - planning <= most + again
    assert f"| `{action}` | {told} |" in (REPO / "spark" / "README.md").read_text()


def test_limit_stops_early(read, listing):
    scenario = listing(*(json.dumps({"i": i, "pad": "x" * 1000}) for i in range(40_000)))
    df = read(scenario.url, page_size=500, num_partitions=1).schema("i int, pad string").load()
    assert len(df.limit(5).collect()) == 5
    assert len(scenario.log()) < 60  # of 80 pages
    eventually(lambda: not tools_running())


def test_garbage_collection_after_each_task_passes_over_what_a_worker_has_loaded(spark, fault, tmp_path):
    note = tmp_path / "objects"

    class Reader(RestApiReader):
        def read(self, partition):
            yield from super().read(partition)
            note.write_text(str(gc.get_freeze_count()))

    class Source(RestApiDataSource):
        @classmethod
        def name(cls):
            return "watched"

        def reader(self, schema):
            return Reader(Options(self.options), schema)

    spark.dataSource.register(Source)
    url = fault("n=10").url
    spark.read.format("watched").schema("i int").option("url", url).load().collect()
    assert int(note.read_text()) > 10_000


def hanging(read, fault):
    """A job on a thread, whose second task waits for a page for ever: its group, the thread and what it raised."""
    df = read(fault("n=1000,hang=700").url).schema("i int").load()
    group, failures = f"hanging {id(df)}", []

    def run():
        df.sparkSession.sparkContext.setJobGroup(group, "waits", interruptOnCancel=True)
        try:
            df.collect()
        except Exception as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return group, thread, failures


def waiting_child():
    """(pid, its worker's pid) of the child that reads the second range, once the job has come that far."""

    def found():
        for pid, worker in tools_running().items():
            with contextlib.suppress(OSError):
                if b"--offset\x00500\x00--expect\x00500" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    return pid, worker

    return eventually(found)


def test_cancelled_job_leaves_no_child(spark, read, fault):
    group, thread, failures = hanging(read, fault)
    child, _ = waiting_child()
    eventually(lambda: spark.sparkContext.statusTracker().getJobIdsForGroup(group))
    spark.sparkContext.cancelJobGroup(group)
    thread.join(60)
    assert not thread.is_alive() and failures
    eventually(lambda: gone(child))


def test_killed_worker_leaves_no_child(spark, read, fault):
    _, thread, failures = hanging(read, fault)
    child, worker = waiting_child()
    os.kill(worker, signal.SIGKILL)
    eventually(lambda: gone(child))
    thread.join(60)
    assert not thread.is_alive() and failures
