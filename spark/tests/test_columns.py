"""Members that no column was made for, hints for schemas, and times in all the ways that APIs write them."""

import json
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from pyspark.sql import functions as F
from pyspark.sql.types import _parse_datatype_string

from restsrc import RestApiDataSource
from restsrc.errors import OptionError, RecordError, ToolFailure, UnexpectedAnswer
from restsrc.options import Options
from restsrc.planning.batch import partitions
from restsrc.rows.newcomers import rescued
from restsrc.rows.time_pattern import TimePattern

LATE = [
    {"id": n} | ({"refund": 9.5, "by": {"id": n, "name": "x"}} if n >= 250 else {"by": {"id": n}}) for n in range(400)
]


def rows(url, schema=None, **options):
    """What the source's own reader gives for each partition, in this process."""
    source = RestApiDataSource({"url": url, **{name: str(value) for name, value in options.items()}})
    schema = _parse_datatype_string(schema) if schema else source.schema()
    reader = source.reader(schema)
    return [row for part in reader.partitions() for batch in reader.read(part) for row in batch.to_pylist()]


@pytest.fixture
def answers(fault, tmp_path):
    """The URL of a list of which each request gets this answer."""

    def make(page):
        path = tmp_path / "answers"
        path.write_text(json.dumps({"body": page}) + "\n")
        return fault(f"answers={quote(str(path), safe='')}").url

    return make


def left_out(caplog):
    return [record.getMessage() for record in caplog.records if "left out" in record.getMessage()]


@pytest.fixture
def late(listing):
    """A list in which two members are seen for the first time in record 250."""
    return listing(*map(json.dumps, LATE)).url


def test_members_after_the_sample_are_told(late, caplog):
    assert len(rows(late, sample_records=100, num_partitions=1)) == 400
    (warning,) = left_out(caplog)
    assert "refund (from record 250 on), by.name (from record 250 on)" in warning


def test_members_after_the_sample_can_be_an_error(late, read):
    with pytest.raises(
        Exception, match="RecordError: record 250: the member refund has no column.*inferred from the first 100"
    ):
        read(late, sample_records=100, on_new_members="fail").load().collect()
    with pytest.raises(Exception, match="record 250: the member refund has no column"):
        read(late, on_new_members="fail").schema("id long, by struct<id: long>").load().collect()


def test_members_after_the_sample_are_kept_where_asked_for(late, read, caplog):
    found = rows(late, sample_records=100, rescued_data_column="more")
    assert [row["more"] for row in found] == [None] * 250 + ['{"refund":9.5,"by.name":"x"}'] * 150
    assert not left_out(caplog)


@pytest.mark.parametrize(
    "schema, options", [("id long", {}), (None, {"on_new_members": "ignore", "sample_records": 100})]
)
def test_no_word_where_nobody_asked(spark, late, caplog, schema, options):
    assert len(rows(late, schema, **options)) == 400 and not left_out(caplog)


def test_null_is_nothing_new(listing, caplog):
    assert rows(listing('{"a":1}', '{"a":2,"b":null}').url, sample_records=1) == [{"a": 1}, {"a": 2}]
    assert not left_out(caplog)


def test_members_that_are_of_several_kinds_are_told(listing, caplog):
    records = [{"a": n} | ({"b": n if n % 2 else "x"} if n > 10 else {}) for n in range(30)]
    assert len(rows(listing(*map(json.dumps, records)).url, sample_records=5)) == 30
    assert "b (from record 11 on)" in left_out(caplog)[0]


def test_rescued_members_in_arrays():
    assert rescued([]) is None
    assert rescued([("a", "1"), ("l[].x", "1.10"), ("l[].x", '"é"')]) == '{"a":1,"l[].x":[1.10,"é"]}'


def test_columns_that_are_asked_for_must_be_in_the_schema(spark, late):
    for option in ("rescued_data_column", "raw_column", "envelope_columns"):
        with pytest.raises(OptionError, match=f"the schema has no column more, which {option} names"):
            rows(late, "id long", **{option: "more"})
    with pytest.raises(OptionError, match="the column _offset must be a BIGINT"):
        rows(late, "id long, _offset int", metadata_columns="_offset")


CHOSEN = """
rows = [{"id": n, "name": f"n{n}", "at": {"day": n}, "notes": "x" * 50} for n in range(30)]
def answer(r):
    if r.path.endswith("/count"):
        return {"total": len(rows)}
    names = r.query["fields"].split(",") if "fields" in r.query else rows[0]
    first = int(r.query["offset"])
    return [{name: row[name] for name in names} for row in rows[first:first + int(r.query["limit"])]]
"""


def test_the_api_is_asked_for_the_columns_only(api, read):
    server = api(CHOSEN)
    given = {"fields_param": "fields", "page_size": "10", "since_path": "at.day", "query": "team=7"}
    df = read(server.url + "/items", **given).schema("name string, id long").load()
    assert sorted(df.collect()) == [(f"n{n}", n) for n in sorted(range(30), key=str)]
    asked = [parse_qs(urlsplit(request["target"]).query) for request in server.log()]
    assert all(query["team"] == ["7"] for query in asked)
    looks = [query for query in asked if "fields" not in query]  # of the driver, which counts and looks at two pages
    assert sorted(query.get("offset", ["count"]) for query in looks) == [["0"], ["10"], ["count"]]
    rest = [query["fields"] for query in asked if query not in looks]
    assert len(rest) >= 3 and all(fields == ["name,id,at"] for fields in rest)


def test_records_that_are_equal_without_what_is_left_out_are_all_read(api, read):
    given = {"fields_param": "fields", "page_size": "10"}
    served = CHOSEN.replace('"notes": "x" * 50', '"notes": "x" * (n // 15)')
    df = read(api(served).url + "/items", **given).schema("notes string").load()
    assert sorted(len(row.notes) for row in df.collect()) == [0] * 15 + [1] * 15
    same = CHOSEN.replace("[first:first + int", "[:int")  # whatever is asked for
    with pytest.raises(Exception, match="the same page again"):
        read(api(same).url + "/items", **given).schema("notes string").load().collect()


def test_a_sample_is_asked_for_whole(api, read):
    df = read(api(CHOSEN).url + "/items", fields_param="fields").load()
    assert df.columns == ["id", "name", "at", "notes"]
    assert df.where("id = 7 AND name = 'n7' AND at.day = 7 AND notes IS NOT NULL").count() == 1


def test_schema_hints(listing, read):
    records = [
        {"id": 1, "attributes": {"color": "red"}, "by": {"at": "2024-01-01T00:00:00Z"}},
        {"id": 2, "attributes": {"size": "L"}},
    ]
    hints = "attributes map<string,string>, by.at timestamp, later double"
    df = read(listing(*map(json.dumps, records)).url, schema_hints=hints).load()
    assert df.schema.simpleString() == (
        "struct<id:bigint,attributes:map<string,string>,by:struct<at:timestamp>,later:double>"
    )
    assert [row.attributes for row in df.orderBy("id").collect()] == [{"color": "red"}, {"size": "L"}]


@pytest.mark.parametrize(
    "given, message",
    [
        (
            {"schema_hints": "a map<string>"},
            "it takes columns such as id long, tags map<string,string> (, is missing before '>')",
        ),
        ({"schema_hints": "a money"}, "there is no type money"),
        ({"timestamp_format": "QQ yyyy"}, "it takes a pattern such as MM/dd/yyyy HH:mm (the letter Q"),
        ({"timestamp_format": "HH:mm"}, "has no day (d) in it"),
        ({"date_format": "[dd"}, "the brackets in '[dd' do not match"),
        ({"date_format": "dd'"}, 'a quote in "dd\'" has no end'),
        ({"timestamp_unit": "weeks"}, "it takes s, ms, us, ns"),
        ({"on_new_members": "shout"}, "it takes fail, warn, ignore"),
    ],
)
def test_what_is_wrong_is_said(given, message):
    with pytest.raises(OptionError) as raised:
        Options({"url": "http://127.0.0.1:9/items", **given})
    assert message in str(raised.value)


def test_names_that_differ_only_in_case(listing, read):
    with pytest.raises(
        Exception, match="InputError: the records have the members by.ID and by.id, whose names differ only in"
    ):
        read(listing('{"by":{"ID":1,"id":2}}').url).load()


def seconds(read, url, kind="timestamp", **options):
    """The one value of the list's column `at`, in seconds since 1970."""
    df = read(url, **options).schema(f"at {kind}").load()
    return df.select(F.col("at").cast("timestamp").cast("double")).first()[0]


@pytest.mark.parametrize(
    "text, options, wanted",
    [
        ("1700000000", {}, 1700000000),
        ("1700000000123", {"timestamp_unit": "ms"}, 1700000000.123),
        ('"1700000000123"', {"timestamp_unit": "ms"}, 1700000000.123),
        ('"/Date(1700000000123)/"', {"timestamp_unit": "ms"}, 1700000000.123),
        ("1700000000.25", {"timestamp_unit": "s"}, 1700000000.25),
        ("1700000000123456", {"timestamp_unit": "us"}, 1700000000.123456),
        ("1700000000123456789", {"timestamp_unit": "ns"}, 1700000000.123456),
        ('"2023-11-14T22:13:20Z"', {"timestamp_unit": "ms"}, 1700000000),
        ('"Tue, 14 Nov 2023 22:13:20 GMT"', {"timestamp_format": "EEE, dd MMM yyyy HH:mm:ss z"}, 1700000000),
        ('"11/14/2023 22:13"', {"timestamp_format": "MM/dd/yyyy HH:mm[:ss]"}, 1699999980),
        ('"11/14/2023 11:13 PM"', {"timestamp_format": "MM/dd/yyyy hh:mm a", "time_zone": "+01:00"}, 1699999980),
        ('"20231114T231320.5+0100"', {"timestamp_format": "yyyyMMdd'T'HHmmss.SSSX"}, 1700000000.5),
    ],
)
def test_times(listing, read, text, options, wanted):
    assert seconds(read, listing(f'{{"at":{text}}}').url, **options) == wanted


@pytest.mark.parametrize(
    "text, options, why",
    [
        ("1700000000123", {}, "after the year 9999; the option timestamp_unit says if it is ms"),
        ('"1700000000123"', {}, "is not a valid TIMESTAMP"),
        ('"2023-11-14"', {"timestamp_format": "MM/dd/yyyy"}, "is not a valid TIMESTAMP"),
        ('"14/11/2023"', {"timestamp_format": "MM/dd/yyyy"}, "is not a valid TIMESTAMP"),
    ],
)
def test_times_that_are_not_guessed(listing, read, text, options, why):
    with pytest.raises(Exception, match=f"RecordError: record 0: at: .*{why}"):
        seconds(read, listing(f'{{"at":{text}}}').url, **options)


def test_dates(listing, read):
    scenario = listing('{"at":"14.11.23"}')
    assert seconds(read, scenario.url, "date", date_format="dd.MM.yy") == 1699920000


def test_pattern_takes_its_own_form_only():
    pattern = TimePattern("yyyy-MM-dd[' at 'HH:mm]")
    assert pattern.micros("2024-02-29 at 01:00", "UTC") == 1709168400_000_000
    assert pattern.days("2024-02-29") == 19782
    for text in ("2023-02-29", "2024-02-29 at 24:00", "2024-2-29", "x2024-02-29"):
        with pytest.raises(ValueError):
            pattern.micros(text, "UTC")


def test_time_zone_of_the_session(spark, listing, read):
    url = listing('{"at":"2013-01-01 01:00:00"}').url
    with_zone = spark.newSession()
    with_zone.conf.set("spark.sql.session.timeZone", "Europe/Paris")
    df = with_zone.read.format("rest-api").option("url", url).schema("at timestamp").load()
    assert df.select(F.col("at").cast("long")).first()[0] == 1356998400
    assert seconds(read, url) == 1357002000
    assert seconds(read, url, time_zone="+02:00") == 1356994800


def test_corrupt_column_of_the_session(spark, listing):
    session = spark.newSession()
    session.conf.set("spark.sql.columnNameOfCorruptRecord", "bad")
    reader = session.read.format("rest-api").option("url", listing('{"a":"x"}').url).option("mode", "PERMISSIVE")
    assert [tuple(row) for row in reader.schema("a long, bad string").load().collect()] == [(None, '{"a":"x"}')]


def test_a_view_sees_what_has_come_since(spark, fault):
    scenario = fault("n=250")
    spark.read.format("rest-api").schema("i int").option("url", scenario.url).load().createOrReplaceTempView("grows")
    count = "SELECT count(*), count(DISTINCT i) FROM grows"
    assert tuple(spark.sql(count).first()) == (250, 250)
    scenario.grow(175)
    assert tuple(spark.sql(count).first()) == (425, 425)


def test_a_view_of_an_empty_list(spark, read, fault):
    scenario = fault("n=0")
    df = read(scenario.url).schema("i int").load()
    assert df.count() == 0
    scenario.grow(3)
    assert df.count() == 3


def test_a_view_with_a_limit(read, fault):
    scenario = fault("n=250")
    df = read(scenario.url, offset=100, limit=200).schema("i int").load()
    assert df.count() == 150
    scenario.grow(300)
    assert sorted(row.i for row in df.collect()) == list(range(100, 300))


def test_the_record_itself_and_where_it_comes_from(spark, listing):
    url = listing(*(f'{{"id":{n}}}' for n in range(150))).url + "?api_key=sesame"
    schema = "id int, _raw string, _offset long, _url string, _fetched_at timestamp"
    found = rows(url, schema, raw_column="_raw", metadata_columns="_offset, _url, _fetched_at", offset=20)
    assert [(row["_offset"], row["_raw"]) for row in found] == [(n, f'{{"id":{n}}}') for n in range(20, 150)]
    assert {row["_url"].partition("offset=")[2] for row in found} >= {"100&limit=100"}
    assert all("sesame" not in row["_url"] and row["_fetched_at"].year > 2020 for row in found)


def test_raw_column_has_the_text_also_of_records_that_are_dropped_around(spark, listing):
    records = ['{"id":1.50,"s":"\u00e9"}', '{"id":"x"}', '{"id":3}']
    found = rows(
        listing(*records).url,
        "id double, raw string, _offset long",
        raw_column="raw",
        mode="DROPMALFORMED",
        metadata_columns="_offset",
    )
    assert [(row["raw"], row["_offset"]) for row in found] == [(records[0], 0), (records[2], 2)]


def test_columns_asked_for_are_in_an_inferred_schema(listing):
    source = RestApiDataSource(
        {
            "url": listing('{"id":1}').url,
            "raw_column": "raw",
            "rescued_data_column": "rest",
            "metadata_columns": "_url",
            "envelope_columns": "total, n=total",
        }
    )
    assert (
        source.schema().simpleString() == "struct<id:bigint,total:bigint,n:bigint,_url:string,rest:string,raw:string>"
    )


def test_members_of_the_envelope(spark, fault):
    scenario = fault("n=250,total-name=meta.total")
    found = rows(scenario.url, "i int, all long, total string", envelope_columns="all=meta.total\ntotal=/meta/total")
    assert len(found) == 250 and {(row["all"], row["total"]) for row in found} == {(250, "250")}
    with pytest.raises(OptionError, match="envelope_columns: meta.total: 250 is not a valid BOOLEAN"):
        rows(scenario.url, "i int, `meta.total` boolean", envelope_columns="meta.total")


def test_envelopes_through_spark(read, fault):
    df = read(fault("n=1000").url, envelope_columns="total", metadata_columns="_offset").load()
    assert df.where("total = 1000 and _offset = i").count() == 1000


ARRAYS = ['["4b18","SWR",47.4]', '["3c64","DLH",null]']


def test_records_that_are_arrays_by_place(spark, listing):
    found = rows(listing(*ARRAYS).url, "icao string, callsign string, latitude double")
    assert [tuple(row.values()) for row in found] == [("4b18", "SWR", 47.4), ("3c64", "DLH", None)]
    with pytest.raises(RecordError, match="record 0: .* nor an array of 2 values for the 2 columns"):
        rows(listing(*ARRAYS).url, "icao string, callsign string")


def test_records_that_are_arrays_whole(spark, listing):
    assert rows(listing(*ARRAYS).url, "value string")[0]["value"] == ARRAYS[0]
    assert rows(listing(*ARRAYS).url)[0]["value"] == ["4b18", "SWR", "47.4"]


def test_names_of_the_columns_from_the_envelope(spark, answers):
    page = {"fields": [{"name": "icao"}, {"name": "alt"}], "states": [["4b18", 47.5], ["3c64"]]}
    url = answers(page)
    assert rows(url, "alt double, icao string", paginate="none", records="states", columns_from="fields") == [
        {"alt": 47.5, "icao": "4b18"},
        {"alt": None, "icao": "3c64"},
    ]
    assert rows(url, paginate="none", records="states", columns_from="fields")[0] == {"icao": "4b18", "alt": 47.5}
    with pytest.raises(RecordError, match="columns_from: there is no list of names at names"):
        rows(url, paginate="none", records="states", columns_from="names")


def test_bare_values(listing):
    assert rows(listing("5", "7").url) == [{"value": 5}, {"value": 7}]
    assert rows(listing('"a"', "null").url) == [{"value": "a"}, {"value": None}]


def test_one_object(answers):
    url = answers({"station": 7, "now": {"temp": 11.5}})
    assert rows(url, paginate="none", records="") == [{"station": 7, "now": {"temp": 11.5}}]
    assert rows(url, paginate="none", records="now", object_is_record="true") == [{"temp": 11.5}]
    with pytest.raises(UnexpectedAnswer, match="no list of records"):
        rows(url, paginate="none")


def test_many_lists_in_one_load(spark, fault):
    lists = [fault(f"n={size}") for size in (150, 0, 7)]
    urls = [scenario.url for scenario in lists]
    reader = spark.read.format("rest-api").schema("i int, _url string").option("metadata_columns", "_url")
    for df in (reader.load(urls), reader.option("urls", "\n".join(urls)).load()):
        found = df.groupBy(F.substring_index("_url", "?", 1)).count().collect()
        assert dict(found) == {urls[0]: 150, urls[2]: 7}
        assert df.rdd.getNumPartitions() == 3
    assert not any("/count" in request["target"] for scenario in lists for request in scenario.log())


def test_many_lists_in_few_tasks(spark, fault):
    urls = [fault(f"n={size}").url for size in (3, 4, 5)]
    options = {"url": "\n".join(urls), "num_partitions": 2}
    assert len(rows(schema="i int", **options)) == 12
    assert [
        len(task.pieces) for task in partitions(Options({name: str(value) for name, value in options.items()}))
    ] == [2, 1]


@pytest.mark.parametrize("more", [{"limit": 5}, {"offset": 5}, {"partition_by": "key"}])
def test_what_is_for_one_list(spark, more):
    with pytest.raises(OptionError, match="are for one list, but there are several URLs"):
        rows("http://127.0.0.1:9/a\nhttp://127.0.0.1:9/b", "i int", **more)


def test_writes_and_streams_take_one_url(spark):
    source = RestApiDataSource({"urls": "http://127.0.0.1:9/a\nhttp://127.0.0.1:9/b"})
    for make in (lambda schema: source.writer(schema, False), source.streamReader):
        with pytest.raises(OptionError, match="takes one URL, but 2 are given"):
            make(_parse_datatype_string("i int"))


@pytest.mark.parametrize("said", ["libx.so.1: cannot open shared object file", "GLIBC_2.99 not found"])
def test_a_tool_that_does_not_run_keeps_the_loaders_words(tmp_path, said):
    program = tmp_path / "restsrc"
    program.write_text(f"#!/bin/sh\necho 'restsrc: {said}' >&2\nexit 127\n")
    program.chmod(0o755)
    with pytest.raises(ToolFailure, match=f"the tool does not run here: restsrc: {said}"):
        Options({"url": "http://127.0.0.1:9/", "restsrc_binary": str(program)})
    program.write_bytes(b"\x7fELF nothing of this machine")
    with pytest.raises(
        ToolFailure, match="the tool does not run here: Exec format error; it is for another kind of machine"
    ):
        Options({"url": "http://127.0.0.1:9/", "restsrc_binary": str(program)})
