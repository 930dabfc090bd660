"""Columns of a given schema that the records do not have, and malformed records that no mode keeps: null or left out,
but not without a word.
"""

import json
import re

import pytest
from pyspark.sql.types import _parse_datatype_string

from restsrc import RestApiDataSource
from restsrc.errors import UnexpectedAnswer

WRAPPED = '{"data":{"id":#,"name":"x"}}'


def rows(url, schema, **options):
    """What the source's own reader gives, in this process."""
    source = RestApiDataSource({"url": url, **options})
    reader = source.reader(_parse_datatype_string(schema))
    return [row for part in reader.partitions() for batch in reader.read(part) for row in batch.to_pylist()]


@pytest.fixture
def told(caplog):
    """The warnings about columns."""
    return lambda: [text for text in caplog.messages if "on_new_members=ignore" in text]


@pytest.fixture
def of(spark, listing):
    """The URL of a list of records like this one; # is their number."""
    return lambda record, n=30: listing(*(record.replace("#", str(number)) for number in range(n))).url


@pytest.mark.parametrize(
    "record, schema, options, message",
    [
        (WRAPPED, "id long", {}, r"\(id\), but they have data.id: let records point inside .*\[\*\].data\)"),
        ('{"edge":{"node":{"id":#,"name":"x"}}}', "id long, name string, note string", {}, "edge.node.id, edge.node.n"),
        ('{"cursor":#,"node":{"id":#,"name":"x"}}', "id long, name string", {}, "node.id, node.name: .* struct<id"),
        ('{"ID":#,"Name":"x"}', "id long, note string", {}, "ID: names are the same only in the same case"),
        (WRAPPED, "id long, _corrupt_record string", {"mode": "PERMISSIVE"}, "data.id"),
        (WRAPPED, "id long", {"mode": "DROPMALFORMED"}, "data.id"),
        (WRAPPED, "id long, at date", {"date_format": "dd.MM.yyyy"}, "data.id"),  # which the tool does not take
        (WRAPPED, "id long, _raw string", {"raw_column": "_raw"}, "data.id"),
        (WRAPPED, "id long, _offset long", {"metadata_columns": "_offset"}, "data.id"),
    ],
)
def test_columns_that_are_elsewhere_are_an_error(of, record, schema, options, message):
    with pytest.raises(UnexpectedAnswer, match="no member for any column of the schema.*" + message):
        rows(of(record), schema, **options)


def test_it_is_an_error_in_spark_at_the_first_look(of, read):
    df = read(of(WRAPPED, 1000)).schema("id long").load()
    with pytest.raises(Exception, match="UnexpectedAnswer: the records have no member for any column of the schema"):
        df.show(5)


def test_the_ways_out_that_the_error_names(of):
    url = of(WRAPPED)
    assert rows(url, "id long", records="$.results[*].data") == [{"id": n} for n in range(30)]
    assert rows(url, "data struct<id: long>") == [{"data": {"id": n}} for n in range(30)]
    assert rows(url, "id long", on_new_members="ignore") == [{"id": None}] * 30


@pytest.mark.parametrize(
    "record, schema, warning",
    [
        ('{"a":#,"b":2}', "id long, name string", "no column of the schema has a value in 30 rows; .* has a, b"),
        ('{"id":#,"owner":{"name":"x"}}', "name string", "the first record has owner.name"),
        ('{"id":#,"Name":"x"}', "id long, name string", r"name \(the first record has Name\)"),
        ('{"id":#,"attributes":{"title":"x"}}', "id long, title string", r"title \(the first .* attributes.title\)"),
    ],
)
def test_columns_without_a_value_are_a_warning(of, told, record, schema, warning):
    assert len(rows(of(record), schema, num_partitions="1")) == 30
    (text,) = told()
    assert re.search(warning, text)


@pytest.mark.parametrize(
    "records, schema, options",
    [
        ([{"id": 1, "x": 1}, {"id": 2, "note": "late"}], "id long, note string", {}),  # sparse
        ([{"id": 1}, {"id": 2, "x": 5}], "id long, note string", {}),  # nothing like it
        ([{"id": 1, "data": {"note": "x"}}, {"note": "late"}], "note string", {}),
        ([{"id": None, "data": {"id": 1}}, {"id": None}], "id long", {}),  # it is there, and null
        ([{"id": 1, "data": {"note": "x"}}], "id long, note string, more string", {"rescued_data_column": "more"}),
        ([{"id": 1, "data": {"note": "x"}}], "id long, note string", {"on_new_members": "ignore"}),
        ([{"id": "x", "data": {"id": 1}}], "id long, _corrupt_record string", {"mode": "PERMISSIVE"}),
        ([{}], "id long", {}),
        ([], "id long", {}),
        ([5, 6], "value long", {}),
        ([[1, 2], [3, 4]], "a long, b long", {}),
    ],
)
def test_no_word_where_it_may_be_right(spark, listing, told, records, schema, options):
    assert len(rows(listing(*map(json.dumps, records)).url, schema, **options)) == len(records)
    assert not told()


MALFORMED = ['{"a":1}', '{"a":"x"}', '{"a":2}', '{"a":[]}']


@pytest.mark.parametrize(
    "schema, options, warning",
    [
        (
            "a long",
            {"mode": "DROPMALFORMED"},
            'mode DROPMALFORMED: 2 malformed records are left out: .* record 1: a: "x"',
        ),
        (
            "a long",
            {"mode": "PERMISSIVE"},
            "mode PERMISSIVE: 2 malformed records have nulls, .* column _corrupt_record",
        ),
        ("a long, bad string", {"mode": "PERMISSIVE", "column_name_of_corrupt_record": "bad"}, None),
        ("a long, text string", {"mode": "PERMISSIVE", "raw_column": "text"}, None),
        ("a string", {"mode": "DROPMALFORMED"}, None),
    ],
)
def test_malformed_records_that_nobody_keeps_are_counted(spark, listing, caplog, schema, options, warning):
    found = rows(listing(*MALFORMED).url, schema, num_partitions="1", **options)
    assert len(found) == (2 if warning and "left out" in warning else 4)
    said = [text for text in caplog.messages if "malformed" in text]
    assert bool(said) == bool(warning)
    assert not warning or re.search(warning, said[0])


def test_arrays_whose_names_are_not_those_of_the_columns(spark, api):
    server = api('answer = lambda r: {"fields": ["ICAO", "ALT"], "rows": [["4b18", 1], ["3c66", 2]]}')
    with pytest.raises(UnexpectedAnswer, match="they have ICAO, ALT: names are the same only in the same case"):
        rows(server.url, "icao string, alt long", paginate="none", columns_from="fields")
