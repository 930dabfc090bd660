"""Rows as lines of JSON: every type against Spark's to_json, and random tables against plain Python."""

import base64
import json
import re
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyspark.sql import functions as F
from pyspark.sql import types as t

from arrow_tool import lines
from restsrc.rows.decode import arrow_schema
from restsrc.rows.encode import Encoder


def written(df, sink, **options):
    """What a server gets of a DataFrame, as lines."""
    target = sink()
    df.coalesce(1).write.format("rest-api").mode("append").options(**options).save(target.url)
    return target.lines()


# ---- every type ----

SAME_AS_TO_JSON = {
    "byte": "cast(-128 as tinyint)",
    "short": "cast(32767 as smallint)",
    "int": "-2147483648",
    "long": "9007199254740993L",
    "long_least": "-9223372036854775807L - 1L",
    "float": "cast(0.1 as float)",
    "float_max": "float('3.4028235e38')",
    "float_whole": "cast(16777216 as float)",
    "double": "1e10D",
    "double_one": "1.0D",
    "double_small": "4.9e-324D",
    "double_big": "1.7976931348623157e308D",
    "double_zero": "-0.0D",
    "boolean": "true",
    "decimal": "cast('12345678901234567890.10' as decimal(30, 2))",
    "decimal_scale": "cast('-0.000000000000000001' as decimal(38, 18))",
    "decimal_zero": "cast(0 as decimal(38, 18))",
    "decimal_whole": "cast('99999999999999999999999999999999999999' as decimal(38, 0))",
    "decimal_all_scale": "cast('0.00000000000000000000000000000000000001' as decimal(38, 38))",
    "string": r"""concat('a"\\/', char(8), char(12), char(10), char(13), char(9), char(1), char(31), char(127), """
    "char(0), 'é€😀', char(8232))",
    "string_empty": "''",
    "char": "cast('ab' as char(5))",
    "varchar": "cast('ab' as varchar(5))",
    "binary": "unhex('00ff10')",
    "binary_empty": "unhex('')",
    "date": "date'2013-01-02'",
    "date_far": "date'12345-01-02'",
    "date_bc": "date'-0044-03-15'",
    "date_zero": "date'0000-12-31'",
    "timestamp": "timestamp'2013-01-02 03:04:05.123'",
    "timestamp_whole": "timestamp'1969-12-31 23:59:59'",
    "timestamp_far": "timestamp'+294247-01-10 04:00:54.775'",
    "timestamp_bc": "timestamp'-0044-03-15 03:04:05.001'",
    "ntz": "timestamp_ntz'2013-01-02 03:04:05.123'",
    "ntz_bc": "timestamp_ntz'-0044-03-15 03:04:05'",
    "day_to_second": "interval '1 02:03:04.567891' day to second",
    "day_to_second_negative": "interval -'1 02:03:04.5' day to second",
    "day": "interval '5' day",
    "day_to_hour": "interval '1 02' day to hour",
    "day_to_minute": "interval '1 02:03' day to minute",
    "hour": "interval '100' hour",
    "hour_to_minute": "interval '5:06' hour to minute",
    "hour_to_second": "interval '5:06:07' hour to second",
    "minute": "interval -'7' minute",
    "minute_to_second": "interval '3:4' minute to second",
    "second": "interval '5.5' second",
    "second_small": "interval -'0.000001' second",
    "null_int": "cast(null as int)",
    "null": "null",
    "array": "array(1, null, 2)",
    "array_empty": "cast(array() as array<int>)",
    "array_null": "cast(null as array<int>)",
    "array_nested": "array(array('a', null), null, array())",
    "array_structs": "array(named_struct('a', 1, 'b', cast(null as int)), null)",
    "map": "map('a', 1, 'b\"', null)",
    "map_empty": "cast(map() as map<string, int>)",
    "map_int": "map(1, named_struct('x', cast(null as int)))",
    "map_boolean": "map(true, 1)",
    "map_decimal": "map(1.50BD, 1)",
    "map_double": "map(0.5D, 1)",
    "struct": "named_struct('a', 1, 'b', cast(null as int), 'c', named_struct('d', cast(null as int)), "
    "'\u00e9\"', 'x')",
    "struct_null": "cast(null as struct<a int>)",
    "variant": """parse_json('{"b":[1,-1.5,1e10,"x\\\\u0041\\\\n",null,true,{}],"""
    """"a":12345678901234567890123456789012345678}')""",
    "variant_null": "parse_json('null')",
    "variant_typed": "to_variant_object(named_struct('f', cast(0.1 as float), 'd', 1.0D, 'n', 1.50BD, "
    "'b', unhex('00ff'), 'day', date'2013-01-02', "
    "'at', timestamp'2013-01-02 03:04:05.123456', 'local', timestamp_ntz'2013-01-02 03:04:05.123456'))",
    "variant_within": "array(named_struct('v', parse_json('[1]'), 'm', map('k', parse_json('null'), 'n', null)), null)",
    "variant_list": "cast(null as array<variant>)",
    "time": "time'03:04:05.12'",
    "time_whole": "time'03:04:00'",
}
MAY_BE_MISSING = ("variant", "time")  # in older PySparks


def columns(spark):
    """The expressions that this PySpark knows."""
    for name, expression in SAME_AS_TO_JSON.items():
        try:
            one = spark.sql(f"select {expression} as `{name}`")
            if name.startswith(MAY_BE_MISSING):
                one.select(F.to_json(F.struct("*"))).collect()
            yield f"{expression} as `{name}`"
        except Exception:
            assert name.startswith(MAY_BE_MISSING), name


def numbers_alike(text):
    """JSON as Python values: numbers by their value, six digits of a second cut to the three of to_json."""
    cut = re.sub(r"(T[0-9:]{8}\.[0-9]{3})000", r"\1", text)
    return json.loads(cut, parse_float=Decimal, parse_int=Decimal, object_pairs_hook=lambda pairs: pairs)


@pytest.mark.parametrize("ignore", ["true", "false"])
def test_every_type_is_written_as_to_json_writes_it(spark, sink, ignore):
    spark.conf.set("spark.sql.timeType.enabled", "true")
    one = spark.range(1).selectExpr(*columns(spark))
    nothing = spark.range(1).join(one, F.lit(False), "left").select(*one.columns)
    df = one.unionByName(nothing).unionByName(one)
    expected = [row.j for row in df.select(F.to_json(F.struct("*"), {"ignoreNullFields": ignore}).alias("j")).collect()]
    found = written(df, sink, ignore_null_fields=ignore)
    assert len(found) == 3 and (ignore == "false" or found[1] == "{}")
    for ours, sparks in zip(found, expected):
        for (name, value), spark_member in zip(numbers_alike(ours), numbers_alike(sparks)):
            if name.startswith("double_") and value:  # Java writes 4.9E-324 for what others call 5e-324
                value, spark_member = repr(float(value)), (spark_member[0], repr(float(spark_member[1])))
            assert (name, value) == spark_member
        assert len(numbers_alike(ours)) == len(numbers_alike(sparks))


def text(df, sink, **options):
    (line,) = written(df, sink, **options)
    return line


def test_what_differs_from_to_json(spark, sink):
    df = spark.sql(
        "select timestamp'2013-01-02 03:04:05.123456' as at, timestamp_ntz'2013-01-02 03:04:05.000001' as local, "
        "cast(0 as decimal(38, 9)) as zero, map(date'2013-01-02', 1) as days, map(unhex('00ff'), 1) as raw, "
        "map(timestamp'2013-01-02 03:04:05', 1) as times"
    )
    assert text(df, sink) == (
        '{"at":"2013-01-02T03:04:05.123456Z","local":"2013-01-02T03:04:05.000001","zero":0.000000000,'
        '"days":{"2013-01-02":1},"raw":{"AP8=":1},"times":{"2013-01-02T03:04:05.000000Z":1}}'
    )


def test_time_zone(spark, sink):
    times = (
        "timestamp'2013-07-02 03:04:05.5' as summer, timestamp'2013-01-02 03:04:05' as winter, "
        "timestamp'1890-01-01 00:00:00' as old"
    )
    assert text(spark.sql(f"select {times}"), sink, time_zone="Europe/Paris") == (
        '{"summer":"2013-07-02T05:04:05.500000+02:00","winter":"2013-01-02T04:04:05.000000+01:00",'
        '"old":"1890-01-01T00:09:21.000000+00:09:21"}'
    )


@pytest.mark.parametrize(
    "expression, where",
    [
        ("if(id = 7, double('nan'), id)", "row 8 of the partition: column x: NaN and infinity have no form in JSON"),
        ("if(id = 7, float('-infinity'), 0)", "row 8 of the partition: column x: NaN"),
        (
            "named_struct('y', array(if(id = 9, double('infinity'), null)))",
            r"row 10 of the partition: column x.y\[\]: NaN",
        ),
        ("map('k', if(id = 0, double('nan'), 1))", "row 1 of the partition: column x{}: NaN"),
        (
            "if(id = 3, cast(unhex('ff41') as string), 'fine')",
            "row 4 of the partition: column x: a string that is not valid UTF-8",
        ),
        (
            "if(id = 5, to_variant_object(named_struct('d', double('nan'))), null)",
            "row 6 of the partition: column x: NaN",
        ),
    ],
)
def test_what_json_cannot_hold_is_refused(spark, sink, expression, where):
    target = sink()
    df = spark.range(0, 20, 1, 1).selectExpr("id", f"{expression} as x")
    with pytest.raises(Exception, match=f"RecordError: {where}"):
        df.write.format("rest-api").mode("append").save(target.url)
    assert target.stored() == []


def test_nan_as_null_or_as_to_json_has_it(spark, sink):
    values = (
        "double('nan') as a, float('-infinity') as b, array(1D, double('infinity')) as c, map('k', float('nan')) as d"
    )
    df = spark.sql(f"select {values}, named_struct('e', double('nan'), 'f', 0.5D) as g, map(double('nan'), 1) as h")
    assert json.loads(text(df, sink, nan_as="string")) == json.loads(df.toJSON().first())
    rest = df.drop("h")
    assert text(rest, sink, nan_as="null") == '{"c":[1.0,null],"d":{"k":null},"g":{"f":0.5}}'
    with pytest.raises(Exception, match="column h{}: NaN or infinity as a key can't be null"):
        text(df, sink, nan_as="null")


def test_values_under_a_null_are_not_looked_at(spark, sink):
    df = spark.sql("select if(id = 0, null, named_struct('d', double('nan'))) as s from range(1)")
    assert text(df, sink) == "{}"


@pytest.mark.parametrize(
    "columns, message",
    [
        (
            "interval '1-2' year to month as m",
            "the column m is interval year to month, which can't be written: cast it",
        ),
        ("array(named_struct('y', interval '3' year)) as a", r"the column a\[\].y is interval year"),
        ("map(struct(1), 1) as m", "the column m has map keys of type struct"),
        ("1 as a, 2 as a", "two columns have the name a"),
    ],
)
def test_types_that_cannot_be_written_are_refused_at_planning(spark, sink, columns, message):
    target = sink()
    with pytest.raises(Exception, match=f"OptionError: {message}"):
        spark.sql(f"select {columns}").write.format("rest-api").mode("append").save(target.url)
    assert target.log() == []


# ---- random tables ----

EPOCH = datetime(1970, 1, 1)
LEAVES = {
    t.LongType(): st.integers(-(2**63), 2**63 - 1),
    t.BooleanType(): st.booleans(),
    t.DoubleType(): st.floats(allow_nan=False, allow_infinity=False),
    t.StringType(): st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    t.BinaryType(): st.binary(max_size=8),
    t.DateType(): st.dates(),
    t.TimestampType(): st.datetimes(timezones=st.just(timezone.utc)),
    t.TimestampNTZType(): st.datetimes(),
    t.DecimalType(38, 18): st.decimals(-(10**20) + 1, 10**20 - 1, places=18),
    t.DecimalType(20, 4): st.decimals(-(10**16) + 1, 10**16 - 1, places=4),
}


@st.composite
def kinds(draw, depth=2):
    leaf = st.sampled_from(list(LEAVES))
    if depth == 0 or draw(st.booleans()):
        return draw(leaf)
    inner = kinds(depth - 1)
    names = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=4), min_size=1, max_size=4, unique=True)
    return draw(
        st.one_of(
            inner.map(t.ArrayType),
            inner.map(lambda kind: t.MapType(t.StringType(), kind)),
            names.flatmap(lambda found: st.tuples(*[inner] * len(found)).map(lambda types: structure(found, types))),
        )
    )


def structure(names, types):
    return t.StructType([t.StructField(name, kind) for name, kind in zip(names, types)])


def values(kind):
    """For Arrow: maps are lists of pairs."""
    if isinstance(kind, t.StructType):
        some = st.fixed_dictionaries({field.name: values(field.dataType) for field in kind.fields})
    elif isinstance(kind, t.ArrayType):
        some = st.lists(values(kind.elementType), max_size=3)
    elif isinstance(kind, t.MapType):
        some = st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"]), max_size=3), values(kind.valueType), max_size=3
        )
        some = some.map(lambda found: list(found.items()))
    else:
        some = LEAVES[kind]
    return st.none() | some


def meant(value, kind, ignore):
    """The value as Python's json reads it back, numbers as Decimal."""
    if value is None:
        return None
    if isinstance(kind, t.StructType):
        members = {field.name: meant(value[field.name], field.dataType, ignore) for field in kind.fields}
        return {name: member for name, member in members.items() if member is not None or not ignore}
    if isinstance(kind, t.ArrayType):
        return [meant(element, kind.elementType, ignore) for element in value]
    if isinstance(kind, t.MapType):
        return {key: meant(one, kind.valueType, ignore) for key, one in value}
    if isinstance(kind, (t.LongType, t.DecimalType)):
        return Decimal(value)
    if isinstance(kind, t.DoubleType):
        return Decimal(repr(value))
    if isinstance(kind, t.BinaryType):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(timespec="microseconds") + ("Z" if value.tzinfo else "")
    return value.isoformat() if isinstance(value, date) else value


@settings(max_examples=300, deadline=None)
@given(st.data(), st.booleans())
def test_random_rows_are_what_python_makes_of_them(data, ignore):
    import pyarrow as pa

    schema = t.StructType(
        [t.StructField(f"c{at}", kind) for at, kind in enumerate(data.draw(st.lists(kinds(), min_size=1, max_size=4)))]
    )
    rows = data.draw(st.lists(values(schema).filter(bool), max_size=8))
    start = data.draw(st.integers(0, 3))
    batch = pa.RecordBatch.from_pylist(rows, schema=arrow_schema(schema)).slice(start)
    found = [
        json.loads(line, parse_float=Decimal, parse_int=Decimal)
        for line in lines([batch], schema, *([] if ignore else ["--no-ignore-null-fields"]))
    ]
    assert found == [meant(row, schema, ignore) for row in rows[start:]]


def test_pieces_of_a_large_batch(monkeypatch):
    import pyarrow as pa

    import restsrc.rows.encode

    monkeypatch.setattr(restsrc.rows.encode, "PIECE_BYTES", 100)
    schema = t.StructType([t.StructField("i", t.LongType()), t.StructField("l", t.ArrayType(t.StringType()))])
    rows = [{"i": i, "l": [f"é{i}"] * (i % 4) if i % 5 else None} for i in range(1000)]
    batch = pa.RecordBatch.from_pylist(rows, schema=arrow_schema(schema))
    assert len(list(Encoder(schema).messages(batch))) > 100
    found = lines([batch, batch.slice(990)], schema, "--no-ignore-null-fields")
    assert [json.loads(line) for line in found] == rows + rows[990:]


def test_a_value_that_json_cannot_hold_is_named_in_a_later_message(spark, sink):
    df = spark.range(0, 30_000, 1, 1).selectExpr("if(id = 25000, double('nan'), id) as d", "repeat('x', 300) as text")
    with pytest.raises(Exception, match="RecordError: row 25001 of the partition: column d: NaN"):
        df.write.format("rest-api").mode("append").option("batch_size", 1000).save(sink().url)


def test_intervals_of_many_sizes():
    import pyarrow as pa

    schema = t.StructType([t.StructField("a", t.DayTimeIntervalType(0, 3))])
    micros = timedelta(days=106751991, seconds=14454, microseconds=775807) // timedelta(microseconds=1)
    batch = pa.record_batch({"a": pa.array([micros]).view(pa.duration("us"))})
    assert lines([batch], schema) == ['{"a":"INTERVAL \'106751991 04:00:54.775807\' DAY TO SECOND"}']


def test_columns_with_64_bit_offsets(spark, sink):
    rows = "select 'a' as s, array(map('k', interval '1' hour)) as l, unhex('00') as b, parse_json('[1]') as v"
    try:
        df = spark.sql(rows)
        assert df.schema
    except Exception:
        pytest.skip("this PySpark has no variants")
    spark.conf.set("spark.sql.execution.arrow.useLargeVarTypes", "true")
    try:
        assert text(df, sink) == '{"s":"a","l":[{"k":"INTERVAL \'01\' HOUR"}],"b":"AA==","v":[1]}'
    finally:
        spark.conf.unset("spark.sql.execution.arrow.useLargeVarTypes")
