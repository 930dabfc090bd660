"""The exact path against Spark's own JSON reader, on values that are easy to get wrong."""

import json
import math

import pytest
from pyspark.sql import types as t

from restsrc.rows.exact import RecordParser

# Spark type -> JSON values. Each is read as the member "a" of a record, between two members that must survive.
VALUES = {
    "tinyint": ["1", "127", "256", "-129", "1.0", "-0", '"1"', '""', "true", "null", "1e2", "[1]"],
    "smallint": ["32767", "32768"],
    "int": ["2147483647", "2147483648", "-2147483648"],
    "bigint": ["9223372036854775807", "9223372036854775808", "-9223372036854775808", "1.0", "1e3", "-0", '"5"', "true"],
    "double": [
        *("1", "-0.0", "1e400", "-1e400", "9007199254740993", "123456789012345678901234567890", "true", "4.9e-324"),
        *('"NaN"', '"INF"', '"+INF"', '"-INF"', '"Infinity"', '"+Infinity"', '"-Infinity"', '"1.5"', '""', '"nan"'),
    ],
    "float": ["1e39", "16777217", "0.1", '"NaN"', "1.00000017881393432617187499", "1.000000178813934326171875", "true"],
    "boolean": ["true", "false", '"true"', "1", "null"],
    "string": [
        *("1", "1.10", "1e400", "true", "null", '""', r'"a\u0000b"', r'"\ud800"', r'"\ud83d\ude00"', '"é😀"'),
        *('{"a": 1,"b":[ 1 ,2]}', r'[1, "\u00e9"]', '{"x":1,"x":2}', "123456789012345678901234567890", r'"\/\n"'),
    ],
    "decimal(10,2)": [
        *("1", "1.1", "1.005", "1.015", "-1.005", "12345678901", "12345678.995", "99999999.994", "99999999.995"),
        *('"1,234.5"', '"1e3"', "1e3", "1e-5", '" 1"', '""', '"1_0"', '"+5"', '"٣"', '"0x1"', "1e400", '".5"', '"5."'),
        "true",
    ],
    "decimal(38,0)": ["9" * 38, "1" + "0" * 38, "1e37", "1e38"],
    "date": [
        *('"2020-01-01"', '"2020-1-1"', '"2020"', '"2020-02"', '"2020-02-30"', '"2020-02-29"', '"1900-02-29"'),
        *('"2020-01-01T05:00"', '"2020-01-01 x"', '"2020-01-01Tx"', '"20200101"', '"123"', '"18000"', '"0000-01-01"'),
        *('"-2020-01-01"', '"+2020-01-01"', '"12020-01-01"', '" 2020-01-01 "', '"01/02/2020"', '""', "5", '"0"'),
        *(
            '"2020-01-01x"',
            '"-5"',
            '"epoch"',
            '"2020-13-01"',
            '"9999999-01-01"',
            '"2020-00-01"',
            '"2020-01-"',
            '"2020 "',
        ),
    ],
    "timestamp": [
        *('"2020-01-01"', '"2020-01-01T05"', '"2020-01-01 5:6"', '"2020-01-01T05:06:07"', '"2020-01-01T05:06:07Z"'),
        *('"2020-01-01T05:06:07.1"', '"2020-01-01T05:06:07.123456789Z"', '"1969-12-31T23:59:59.999999Z"', '"2020"'),
        *('"2020-01-01T05:06:07+0100"', '"2020-01-01T05:06:07+01"', '"2020-01-01T05:06:07+1"', '"2020-05"', '""'),
        *('"2020-01-01T05:06:07+01:00"', '"2020-01-01T05:06:07+1:0"', '"2020-01-01T05:06:07+01:00:30"'),
        *('"2020-01-01T05:06:07+100"', '"2020-01-01T05:06:07+01:0030"', '"2020-01-01T05:06:07+010030"'),
        *('"2020-01-01T05:06:07 Europe/Paris"', '"2020-07-01T05:06:07Europe/Paris"', '"2020-01-01T05:06:07 UTC+1"'),
        *('"2020-01-01T05:06:07GMT+01:30"', '"2020-01-01T05:06:07 Nowhere/X"', '"2020-01-01T24:00:00"', '"now"'),
        *(
            '"2020-01-01T23:59:60"',
            '"1577836800"',
            "1577836800",
            "-1",
            "1577836800.5",
            "1e3",
            '"2020-01-01T05:06:07.Z"',
        ),
        *('"2020-01-01T05:06:07-00:30"', '"2020-01-01T05:06:07+19:00"', '"2020-01-01T05:06:07+18:00"'),
        *('"2020-01-01T05:06:07z"', '" 2020-01-01 05:06:07 "', '"0001-01-01T00:00:00Z"', '"-0001-01-01T00:00:00Z"'),
        *(
            '"20200101T050607Z"',
            '"12020-01-01T00:00:00Z"',
            '"2020-01-01T05:06Z"',
            '"2020-01-01Z"',
            '"2020-01-01T050607"',
        ),
        *(
            '"2020-01-01T05:06:07,123"',
            '"294247-01-10T04:00:54.775807Z"',
            '"294247-01-10T04:00:54.775808Z"',
            '"2020-01-01T"',
        ),
        *('"2021-03-28T02:30:00Europe/Paris"', '"2021-10-31T02:30:00Europe/Paris"'),
    ],
    "timestamp_ntz": [
        *('"2020-01-01T05:06:07"', '"2020-01-01T05:06:07Z"', '"2020-01-01T05:06:07+01:00"', '"2020-01-01"', "5"),
        *('"10:11:12"', '"2020-01-01T05:06:07.1234567"', '"2020-01-01 5"'),
    ],
    "binary": [
        *('"YWJj"', '"YQ=="', '"YQ"', '""', '"YW Jj"', '"YWJj YWJj"', '" YWJj"', '"YWJj "', r'"YWJj\nYWJj"', '"YR=="'),
        *('"-_=="', '"+/=="', "5", '"Y"', '"YQ=a"', '"YWJ="', '"YQ==YWJj"'),
    ],
    "struct<x:int,y:string>": [
        *("{}", '{"x":1}', '{"x":"a","y":5}', '{"x":1,"x":2}', "[]", '"a"', '""', '{"X":1}', '{"x":1,"x":"b"}'),
        *('{"x":"b","x":3}', '{"z":[{"x":1}],"y":{"x":[1, 2]}}'),
    ],
    "interval day to second": [
        *(
            "\"INTERVAL '1 02:03:04.5' DAY TO SECOND\"",
            '"1 02:03:04"',
            '"-1 02:03:04.000001"',
            '"1 24:00:00"',
            '"1"',
            "5",
        ),
        *("\"INTERVAL -'1 02:03:04' DAY TO SECOND\"", "\"interval '-1 02:03:04' day to second\"", '""', "null"),
    ],
    "interval hour to minute": ["\"INTERVAL '20:59' HOUR TO MINUTE\"", '"02:03"', '"02:60"', '"1 02:03:04"'],
    "void": ["null", "1", '"x"', "{}"],
    "variant": ["null", "1", "1.10", '"x"', '{"b":[1,{"c":null}],"a":true}', "1e3", "123456789012345678901234567890"],
    "array<int>": ["[]", "[1,null]", "{}", "1", '""', "[[1]]", "[1, 2]", "[1e0]"],
    "array<struct<x:int>>": ['[{"x":1},null,{}]', '[{"x":1},{"x":"b"}]', "[[]]"],
    "map<string,int>": ["{}", '{"a":1,"b":null}', '{"a":1,"a":2}', '{"a":"x","b":1}', "[]", r'{"\u00e9":1}'],
}


def line(value):
    return f'{{"first":1,"a":{value},"last":2}}'


def schema_of(spark, kind):
    return spark.createDataFrame([], f"first int, a {kind}, last int").schema


# What of a column is compared: numbers instead of Python's dates and datetimes, which know neither year 0 nor 10000.
COMPARED = {
    "date": "unix_date(a)",
    "interval day to second": "cast(extract(second from a) * 1000000 as bigint) + 60000000L * (extract(minute from a)"
    " + 60 * (extract(hour from a) + 24 * extract(day from a)))",
    "interval hour to minute": "60000000L * (extract(minute from a) + 60 * extract(hour from a))",
    "variant": "to_json(a)",
    "timestamp": "unix_micros(a)",
    "timestamp_ntz": "unix_micros(convert_timezone('UTC', 'UTC', a)::string::timestamp)",
}


@pytest.fixture(scope="module")
def by_spark(spark, tmp_path_factory):
    """What Spark reads for the values of each type: rows of column a and the record's text if it is malformed."""
    found = {}
    for kind, values in VALUES.items():
        path = tmp_path_factory.mktemp("odd") / "odd.json"
        path.write_text("".join(line(value) + "\n" for value in values))
        schema = f"first int, a {kind}, last int, _corrupt_record string"
        column = COMPARED.get(kind, "map_entries(a)" if kind.startswith("map") else "a")
        rows = spark.read.schema(schema).json(str(path)).selectExpr(f"{column} as a", "_corrupt_record as bad")
        found[kind] = rows.collect()
    return found


def python_value(value):
    """A value of a row in the form that the exact path gives it."""
    if isinstance(value, t.Row):
        return {name: python_value(value[name]) for name in value.__fields__}
    if isinstance(value, bytearray):
        return bytes(value)
    return [python_value(v) for v in value] if isinstance(value, list) else value


def single(value):
    """Rounded to single precision, as the column will be."""
    import pyarrow as pa

    return pa.array([value], pa.float32())[0].as_py()


def same(ours, theirs):
    if isinstance(ours, float) and isinstance(theirs, float) and math.isnan(ours):
        return math.isnan(theirs)
    if isinstance(ours, float) and isinstance(theirs, float):
        return ours == theirs and math.copysign(1, ours) == math.copysign(1, theirs)
    return ours == theirs


@pytest.mark.parametrize("kind", VALUES)
def test_like_spark(spark, by_spark, kind):
    parser = RecordParser(schema_of(spark, kind), "UTC")
    wrong = []
    for value, row in zip(VALUES[kind], by_spark[kind], strict=True):
        (first, a, last), error = parser.parse(line(value))
        theirs = python_value(row.a)
        if kind.startswith("map") and theirs is not None:
            theirs = [(entry["key"], entry["value"]) for entry in theirs]
        if kind == "float" and a is not None:
            a = single(a)
        if kind == "variant" and a is not None:
            a, theirs = (
                json.loads(text, parse_int=float)
                for text in (t.VariantVal(a["value"], a["metadata"]).toJson("UTC"), theirs)
            )
        if (first, last) != (1, 2) or (error is None) != (row.bad is None) or not same(a, theirs):
            wrong.append((value, "ours", a, str(error), "Spark's", theirs, row.bad is not None))
    assert not wrong


@pytest.mark.parametrize(
    "kind, value, ours",
    [
        ("tinyint", "200", None),  # Spark: -56
        ("timestamp", "9223372036854775", None),  # Spark: wraps around to 1969
        ("timestamp", '"10:11:12"', None),  # Spark: today
        ("double", "-0", -0.0),  # Spark: 0.0
    ],
)
def test_stricter_than_spark(spark, kind, value, ours):
    (_, a, _), error = RecordParser(schema_of(spark, kind), "UTC").parse(line(value))
    assert same(a, ours) and (error is None) == (ours is not None)


def test_error_names_column_and_value(spark):
    schema = spark.createDataFrame([], "a struct<b: int>").schema
    _, error = RecordParser(schema, "UTC").parse('{"a":{"b":1.5}}')
    assert str(error) == "a.b: 1.5 is not a valid INT"


def test_time_zone_of_the_option(spark):
    from restsrc.rows import spark_time

    winter, summer = "2021-01-31T02:30:00", "2021-07-31T02:30:00"
    hours = [
        (spark_time.timestamp_micros(text, "UTC") - spark_time.timestamp_micros(text, "Europe/Paris")) // 3_600_000_000
        for text in (winter, summer)
    ]
    assert hours == [1, 2]


@pytest.mark.parametrize("record", ["null", "5", '"text"', "[]", "[{}]"])
def test_record_that_is_no_object_is_malformed(spark, record):
    row, error = RecordParser(schema_of(spark, "int"), "UTC").parse(record)
    assert row == [None] * 3 and "not a JSON object" in str(error)


def test_white_space_is_no_matter(spark):
    schema = spark.createDataFrame([], "a array<int>, b map<string,struct<x:int>>, c string").schema
    text = json.dumps({"a": [1, 2], "b": {"k": {"x": 1}}, "c": {"d": 1}, "e": [1]}, indent="\t").replace("\n", " \r")
    row, error = RecordParser(schema, "UTC").parse(text)
    assert error is None and row[:2] == [[1, 2], [("k", {"x": 1})]]
