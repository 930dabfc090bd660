"""Lines of JSON to record batches by the exact path; and random schemas with records, for the tests of both paths."""

import json

import pyarrow as pa
import pytest
from hypothesis import strategies as st
from pyspark.sql import types as t

from restsrc.errors import OptionError, RecordError
from restsrc.rows.decode import BatchMaker

# ---- records: JSON text, never through a serializer that would tidy it up


def text_of(strings):
    return strings.map(lambda s: json.dumps(s, ensure_ascii=False)) | strings.map(json.dumps)


digits = st.text("0123456789", min_size=1, max_size=25).map(lambda d: d.lstrip("0") or "0")
numbers = st.builds(
    lambda sign, whole, fraction, exponent: sign + whole + fraction + exponent,
    st.sampled_from(["", "-"]),
    digits | st.sampled_from(["0", "127", "128", "32768", "2147483648", "9223372036854775807", "9223372036854775808"]),
    st.just("") | st.text("0123456789", min_size=1, max_size=25).map(lambda d: "." + d),
    st.just("")
    | st.builds("{}{}{}".format, st.sampled_from("eE"), st.sampled_from(["", "+", "-"]), st.integers(0, 400)),
)
two = st.integers(0, 62).map("{:02}".format)
dates = st.builds("{}-{}-{}".format, st.integers(0, 10001).map("{:04}".format), two, two)
clocks = st.builds(
    "{}:{}:{}{}".format, two, two, two, st.just("") | st.text("0123456789", max_size=8).map(lambda f: "." + f)
)
zones = st.sampled_from(
    ["", "Z", "+01:00", "-00:30", "+17:59", "+18:00", "+18:01", "+23:00", "+01", "+0100", "z", " UTC"]
)
moments = st.builds("{}{}{}{}".format, dates, st.sampled_from("T Xt"), clocks, zones)
real_moments = st.datetimes().flatmap(
    lambda d: st.sampled_from([d.isoformat(), d.isoformat(" ") + "Z", d.date().isoformat()])
)
short = st.text(max_size=8) | st.sampled_from(
    ["", "NaN", "INF", "-Infinity", "1.5", "1,5", " 1", "true", "null", "YQ=="]
)
strings = text_of(short | dates | moments | real_moments | numbers) | st.sampled_from([r'"\ud800"', r'"\ud83d\ude00x"'])
scalars = st.sampled_from(["null", "true", "false", "{}", "[]"]) | numbers | strings
names = st.sampled_from(["a", "b", "c", "d", r"\u0061", "A", "", "a.b", "é"])


def object_of(values):
    return st.lists(st.tuples(names, values), max_size=4).map(
        lambda members: "{" + ",".join(f'"{name}":{value}' for name, value in members) + "}"
    )


def array_of(values):
    return st.lists(values, max_size=3).map(lambda values: "[" + ",".join(values) + "]")


values = st.recursive(scalars, lambda inner: array_of(inner) | object_of(inner), max_leaves=6)
any_record = object_of(values) | values

# ---- schemas, and records that mostly fit them

leaf_types = st.sampled_from(
    [
        *(t.ByteType(), t.ShortType(), t.IntegerType(), t.LongType(), t.FloatType(), t.DoubleType(), t.BooleanType()),
        *(t.StringType(), t.DecimalType(10, 2), t.DecimalType(38, 0), t.DecimalType(38, 20), t.DecimalType(5, 5)),
        *(t.DateType(), t.TimestampType(), t.TimestampNTZType(), t.BinaryType()),
    ]
)


def struct_of(types):
    return st.lists(
        st.tuples(st.sampled_from("abcd"), types, st.booleans()), min_size=1, max_size=4, unique_by=lambda f: f[0]
    ).map(
        lambda fields: t.StructType(
            [t.StructField(name, kind, nullable or name != "a") for name, kind, nullable in fields]
        )
    )


column_types = st.recursive(
    leaf_types,
    lambda inner: (
        st.builds(t.ArrayType, inner, st.sampled_from([True, True, True, False]))
        | struct_of(inner)
        | inner.map(lambda kind: t.MapType(t.StringType(), kind))
    ),
    max_leaves=3,
)
schemas = struct_of(column_types)


def fitting(kind):
    """Values that `kind` can hold, with a few that it can't."""
    if isinstance(kind, t.StructType):
        members = st.tuples(*(st.just("") | fitting(f.dataType).map(f'"{f.name}":{{}}'.format) for f in kind.fields))
        body = members.map(lambda members: "{" + ",".join(filter(None, members)) + "}")
    elif isinstance(kind, t.ArrayType):
        body = array_of(fitting(kind.elementType))
    elif isinstance(kind, t.MapType):
        body = st.dictionaries(st.sampled_from("xy"), fitting(kind.valueType), max_size=2).map(
            lambda m: "{" + ",".join(f'"{k}":{v}' for k, v in m.items()) + "}"
        )
    elif isinstance(kind, t.StringType):
        body = strings
    elif isinstance(kind, (t.DateType, t.TimestampType, t.TimestampNTZType)):
        body = text_of(dates | moments | real_moments)
    elif isinstance(kind, t.BooleanType):
        body = st.sampled_from(["true", "false"])
    elif isinstance(kind, t.BinaryType):
        body = st.sampled_from(['"YQ=="', '"YWJj"', '""'])
    elif isinstance(kind, (t.DecimalType, t.DoubleType, t.FloatType)):
        body = numbers | st.floats(allow_nan=False, allow_infinity=False).map(repr)
    else:
        body = st.integers(-130, 130).map(str) | st.integers(-(2**63), 2**63 - 1).map(str)
    return st.one_of(body, body, body, body, body, st.just("null"))


@st.composite
def schema_and_block(draw):
    schema = draw(schemas)
    record = st.one_of(fitting(schema), fitting(schema), fitting(schema), any_record)
    lines = draw(st.lists(record, min_size=1, max_size=3))
    return schema, "".join(line + "\n" for line in lines).encode()


def rows(batch):
    """The values of a batch in a form in which NaN equals itself and -0.0 differs from 0.0.

    Dates and times as numbers, for Python's know neither year 0 nor year 10000.
    """
    return [repr(as_numbers(column).to_pylist()) for column in batch.columns]


def as_numbers(array):
    kind = array.type
    if pa.types.is_date(kind):
        return array.cast(pa.int32())
    if pa.types.is_timestamp(kind):
        return array.cast(pa.int64())
    if pa.types.is_struct(kind):
        children = [as_numbers(array.field(at)) for at in range(kind.num_fields)]
        return pa.StructArray.from_arrays(children, [f.name for f in kind], mask=array.is_null())
    if pa.types.is_list(kind):
        return pa.ListArray.from_arrays(array.offsets, as_numbers(array.values), mask=array.is_null())
    return array


def schema(**columns):
    return t.StructType([t.StructField(name, kind) for name, kind in columns.items()])


ORDINARY_VALUES = pytest.mark.parametrize(
    "kind, value",
    [
        *(
            (t.LongType(), "9007199254740993"),
            (t.DoubleType(), "1.5"),
            (t.BooleanType(), "true"),
            (t.StringType(), '"x"'),
        ),
        *(
            (t.DecimalType(10, 2), "1.10"),
            (t.DateType(), '"2013-01-01"'),
            (t.TimestampType(), '"2013-01-01T05:06:07Z"'),
        ),
        *((t.TimestampType(), '"2013-01-01 05:06:07.5"'), (t.TimestampNTZType(), '"2013-01-01T05:06:07"')),
        *((t.ArrayType(t.DateType()), '["2013-01-01"]'), (schema(x=t.TimestampType()), '{"x":"2013-01-01T05:06:07Z"}')),
    ],
)


BAD_SECOND = b'{"a":1,"b":"x"}\n{"a":1.5,"b":"y"}\n{"a":3}\n'
WITH_CORRUPT = schema(a=t.LongType(), bad=t.StringType(), b=t.StringType())


def read(block, schema, **options):
    return BatchMaker(schema, **options).batch_of_lines(block, 100).to_pylist()


def test_failfast_names_record_and_column():
    with pytest.raises(RecordError, match=r"record 101: a: 1.5 is not a valid BIGINT"):
        read(BAD_SECOND, WITH_CORRUPT, corrupt_column="bad")


def test_permissive_keeps_what_is_good():
    assert read(BAD_SECOND, WITH_CORRUPT, mode="PERMISSIVE", corrupt_column="bad") == [
        {"a": 1, "bad": None, "b": "x"},
        {"a": None, "bad": '{"a":1.5,"b":"y"}', "b": "y"},
        {"a": 3, "bad": None, "b": None},
    ]


def test_dropmalformed_drops_the_record():
    assert [row["a"] for row in read(BAD_SECOND, schema(a=t.LongType()), mode="DROPMALFORMED")] == [1, 3]


def test_corrupt_column_is_null_where_nothing_is_corrupt():
    block = b'{"a":1,"bad":"not this"}\n'
    assert read(block, WITH_CORRUPT, corrupt_column="bad") == [{"a": 1, "bad": None, "b": None}]


@pytest.mark.parametrize("record", ['{"a":null}', "{}", '{"a":[1,null]}'])
def test_null_where_the_schema_says_not_null(record):
    strict = t.StructType([t.StructField("a", t.ArrayType(t.LongType(), False), False)])
    with pytest.raises(RecordError, match="null is not a valid"):
        read((record + "\n").encode(), strict)


@pytest.mark.parametrize(
    "columns, options, message",
    [
        (t.StructType([]), {}, "no columns"),
        (schema(a=t.MapType(t.LongType(), t.StringType())), {}, "keys of a map"),
        (schema(a=t.YearMonthIntervalType()), {}, "column a: the type interval"),
        (t.StructType([t.StructField("a", t.LongType(), False)]), {"mode": "PERMISSIVE"}, "NOT NULL"),
        (schema(bad=t.LongType()), {"corrupt_column": "bad"}, "must be a nullable STRING"),
    ],
)
def test_schema_that_cannot_be_read_is_refused(columns, options, message):
    with pytest.raises(OptionError, match=message):
        BatchMaker(columns, **options)


def test_doubles_beyond_the_range_and_minus_zero():
    block = b"".join(b'{"a":%s}\n' % n for n in (b"1e400", b"-1e400", b"0.1", b"-0"))
    assert repr([row["a"] for row in read(block, schema(a=t.DoubleType()))]) == "[inf, -inf, 0.1, -0.0]"


@pytest.mark.parametrize("value", ['{"x":' * 510 + "1" + "}" * 510, "[" * 510 + "]" * 510])
def test_records_as_deep_as_the_tool_lets_through(value):
    block = f'{{"a":{value},"b":1.0}}\n'.encode()
    assert read(block, schema(a=t.StringType(), b=t.DoubleType())) == [{"a": value, "b": 1.0}]
    assert read(block, schema(b=t.DoubleType())) == [{"b": 1.0}]
