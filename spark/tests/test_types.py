"""The table of types in spark/README is what is seen here, beside Spark's JSON reader and `to_json`."""

import json

import pytest
from pyspark.sql import functions as F
from pyspark.sql import types as t

from arrow_tool import lines
from conftest import REPO
from restsrc.errors import OptionError
from restsrc.option_table import PERMISSIVE
from restsrc.rows.encode import Encoder
from restsrc.rows.from_tool import MISFIT, ArrowMaker
from test_exact import VALUES, by_spark, line, python_value, same, schema_of  # noqa: F401  # a fixture
from test_write_values import columns

# What differs when it is read: value -> in words. Each must differ.
READ = {
    "tinyint": {"200": "128 to 255 are malformed (Spark: negative)"},
    "string": {
        '{"a": 1,"b":[ 1 ,2]}': "an object or array has no white space between its parts (Spark: as it was sent)"
    },
    "double": {"-0": "`-0` is -0.0 (Spark: 0.0)"},
    "timestamp": {
        "9223372036854775": "seconds beyond its range are malformed (Spark wraps around)",
        '"10:11:12"': "a time of the day alone is malformed (Spark: today)",
    },
}
# The same for what is written: expression -> in words.
WRITTEN = {
    "timestamp": {"timestamp'2013-01-02 03:04:05.123456'": "six digits of a second, not three"},
    "timestamp_ntz": {"timestamp_ntz'2013-01-02 03:04:05.123456'": "six digits of a second, not three"},
    "decimal(10,2)": {"cast(0 as decimal(38, 9))": "no exponent"},
    "double": {"4.9e-324D": "the fewest digits"},
    "map<string,int>": {"map(date'2013-01-02', 1)": "keys that are dates or times, as such values"},
}


def numbers_of(array):
    """Dates, times and intervals as numbers, because Python's know neither year 0 nor 10000."""
    import pyarrow as pa

    kind = array.type
    if pa.types.is_date32(kind):
        return array.cast(pa.int32()).to_pylist()
    if pa.types.is_timestamp(kind) or pa.types.is_duration(kind):
        return array.cast(pa.int64()).to_pylist()
    return array.to_pylist()


def read(spark, tool_made, kind, values):
    """(what is read, whether it fits, how many the tool has made columns of)."""
    fields = schema_of(spark, kind).fields
    schema = t.StructType([*fields, t.StructField("_corrupt_record", t.StringType())])
    maker = ArrowMaker(schema, PERMISSIVE, corrupt_column="_corrupt_record")
    fast = []

    def choose(made):
        texts = made.column(MISFIT) if MISFIT in made.schema.names else None
        fast.append(0 if texts is None else texts.null_count)
        return range(made.num_rows)

    made = tool_made(maker, "".join(line(value) + "\n" for value in values).encode(), 0, choose)
    found = [value for batch in made for value in numbers_of(batch.column("a"))]
    bad = [text for batch in made for text in batch.column("_corrupt_record").to_pylist()]
    return found, [text is None for text in bad], sum(fast)


def test_each_type_is_read_as_the_table_says(spark, tool_made, by_spark, kinds_written):  # noqa: F811
    table = (REPO / "spark" / "README.md").read_text()
    missing = [
        row for kind in VALUES if (row := row_of(spark, tool_made, by_spark[kind], kind, kinds_written)) not in table
    ]
    assert missing == []


def spaceless(value):
    """Objects in a STRING without the white space of READ."""
    if isinstance(value, dict):
        return {name: spaceless(member) for name, member in value.items()}
    return json.loads(value, object_pairs_hook=list) if isinstance(value, str) and value[:1] in ("{", "[") else value


def row_of(spark, tool_made, rows_of_spark, kind, kinds_written):
    values = VALUES[kind]
    found, fits, fast = read(spark, tool_made, kind, values)
    for value, ours, good, row in zip(values, found, fits, rows_of_spark, strict=True):
        theirs = python_value(row.a)
        if kind.startswith("map") and theirs is not None:
            theirs = [(entry["key"], entry["value"]) for entry in theirs]
        assert (value, good) == (value, row.bad is None)
        assert kind == "variant" or same(spaceless(ours), spaceless(theirs)), (value, ours, theirs)
    assert type(schema_of(spark, kind)["a"].dataType) in kinds_written
    differs = ["; ".join(words.get(kind, {}).values()) or "nothing" for words in (READ, WRITTEN)]
    return f"| `{kind.upper()}` | {len(values)} | {fast} | {' | '.join(differs)} |"


@pytest.mark.parametrize("kind, value", [(kind, value) for kind, values in READ.items() for value in values])
def test_what_differs_when_it_is_read(spark, tool_made, tmp_path, kind, value):
    path = tmp_path / "one.json"
    path.write_text(line(value) + "\n")
    schema = f"first int, a {kind}, last int, _corrupt_record string"
    theirs = (
        spark.read.schema(schema).json(str(path)).selectExpr("a is null as missing", "cast(a as string) as a").first()
    )
    (ours,), (good,), _ = read(spark, tool_made, kind, [value])
    assert not theirs.missing and (not good or str(ours) != theirs.a)


@pytest.mark.parametrize(
    "kind, expression", [(kind, expression) for kind, values in WRITTEN.items() for expression in values]
)
def test_what_differs_when_it_is_written(spark, kind, expression):
    df = spark.sql(f"select {expression} as a")
    (batch,) = df.toArrow().to_batches()
    (ours,) = lines([batch], df.schema)
    assert ours != df.select(F.to_json(F.struct("a"))).first()[0]
    json.loads(ours)


def test_a_type_that_is_refused():
    schema = t.StructType([t.StructField("a", t.YearMonthIntervalType())])
    for refuse in (ArrowMaker, Encoder):
        with pytest.raises(OptionError, match="a"):
            refuse(schema)


@pytest.fixture(scope="module")
def kinds_written(spark):
    """The types that test_write_values compares with to_json."""
    spark.conf.set("spark.sql.timeType.enabled", "true")
    return {type(field.dataType) for field in spark.range(1).selectExpr(*columns(spark)).schema.fields}
