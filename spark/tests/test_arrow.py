"""`restsrc read --output arrow`: what it writes is what the exact path makes of the same records, or it is a misfit."""

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyspark.sql import types as t

from arrow_tool import Listing
from restsrc.errors import RecordError
from restsrc.option_table import DROPMALFORMED
from restsrc.rows.decode import Special, arrow_schema
from restsrc.rows.exact import RecordParser
from restsrc.rows.from_tool import ArrowMaker, texts_of
from restsrc.rows.shape import reshape
from test_decode import ORDINARY_VALUES, rows, schema, schema_and_block

SPECIAL = Special(raw="raw", page=("_offset",))
MISFIT = t.StructField("misfit", t.StringType(), True, {"restsrc": "misfit"})


@pytest.fixture(scope="module")
def listing():
    with Listing() as listing:
        yield listing


@pytest.fixture
def schema_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("schema") / "schema.json"

    def write(schema):
        path.write_text(schema.json())
        return str(path)

    return write


def by_exact_path(schema, lines, shaped, time_zone):
    """(rows of the records that fit, the others) by the exact path."""
    parser = RecordParser(schema, time_zone)
    good, bad = [], []
    for line in lines:
        row, error = parser.parse(shaped(line) if shaped else line)
        (bad if error else good).append(line if error else row)
    columns = zip(*good) if good else [[] for _ in schema.fields]
    wanted = arrow_schema(schema)
    return pa.RecordBatch.from_arrays([pa.array(c, f.type) for c, f in zip(columns, wanted)], schema=wanted), bad


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
@given(schema_and_block(), st.sampled_from(["UTC", "Europe/Paris", "+05:30"]))
def test_like_the_exact_path(listing, schema_file, case, time_zone):
    schema, block = case
    records = block.split(b"\n")[:-1]
    file = schema_file(t.StructType([*schema.fields, MISFIT]))
    table = listing.table(records, "--schema", file, "--time-zone", time_zone)
    misfits = table.column("misfit").to_pylist()
    fitting = table.filter(pc.is_null(table.column("misfit"))).drop_columns("misfit")
    taken = [line.decode() for line, misfit in zip(records, misfits) if misfit is None]
    assert all(misfit in (None, line.decode()) for line, misfit in zip(records, misfits, strict=True))
    wanted = arrow_schema(schema)
    assert [f.type for f in fitting.schema] == [f.type for f in wanted]
    ours = pa.RecordBatch.from_arrays([c.combine_chunks() for c in fitting.columns], schema=wanted)
    shaped = reshape(records[0].decode(), schema.names, None)
    exact, bad = by_exact_path(schema, taken, shaped, time_zone)
    assert not bad
    assert rows(ours) == rows(exact)


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
@given(schema_and_block(), st.sampled_from(["UTC", "Europe/Paris", "+05:30"]))
@example((t.StructType([t.StructField("a", t.LongType())]), b"null\n"), "UTC")
@example((t.StructType([t.StructField("a", t.LongType())]), b'{"a":1.5}\n{"a":2}\n{"a":3e0}\n{"a":4}\n'), "UTC")
@example((t.StructType([t.StructField("value", t.ArrayType(t.LongType()))]), b"[1]\n[2,3]\n"), "UTC")
def test_fast_path_gives_the_rows_of_the_exact_path(tool_made, case, time_zone):
    schema, block = case
    maker = ArrowMaker(schema, DROPMALFORMED, time_zone=time_zone)
    (made,) = tool_made(maker, block)
    assert made.schema == arrow_schema(schema)
    made.validate(full=True)
    reference = ArrowMaker(schema, DROPMALFORMED, time_zone=time_zone)
    exact = reference.batch_of_lines(block)
    assert rows(made) == rows(exact)


def test_chosen_records_keep_their_numbers(tool_made):
    block = b'{"a":1}\n{"a":"x"}\n{"a":2,"b":0}\n{"a":"y"}\n{"a":3}\n'
    maker = ArrowMaker(schema(a=t.LongType(), raw=t.StringType(), _offset=t.LongType()), special=SPECIAL)
    made, texts = [], []

    def choose(batch):
        texts.extend(texts_of(batch))
        made.append(batch)
        return [0, 2, 4]

    (batch,) = tool_made(maker, block, 7, choose)
    assert texts == block.split(b"\n")[:-1]
    assert batch.to_pylist() == [
        {"a": 1, "raw": '{"a":1}', "_offset": 7},
        {"a": 2, "raw": '{"a":2,"b":0}', "_offset": 9},
        {"a": 3, "raw": '{"a":3}', "_offset": 11},
    ]
    with pytest.raises(RecordError, match='record 10: a: "y" is not'):
        maker.batch(made[0], 7, None, [0, 3])


@ORDINARY_VALUES
def test_ordinary_values_take_the_fast_path(tool_made, monkeypatch, kind, value):
    maker = ArrowMaker(schema(a=kind), time_zone="Europe/Paris")
    monkeypatch.setattr(maker, "_read", None)
    (made,) = tool_made(maker, f'{{"a":{value}}}\n{{"a":null}}\n{{}}\n'.encode())
    assert made.num_rows == 3


def test_only_odd_records_take_the_exact_path(tool_made, monkeypatch):
    lines = [b'{"a":%d}\n' % i for i in range(50_000)]
    lines[12_345] = b'{"a":1e3}\n'
    maker = ArrowMaker(schema(a=t.DecimalType(9, 0), b=t.LongType()))
    lines[12_346] = b'{"a":" 5","a":5,"b":1.0}\n'
    parsed, parse = [], maker._records.parse
    monkeypatch.setattr(maker._records, "parse", lambda line: parsed.append(line) or parse(line))
    with pytest.raises(RecordError, match=r'record 12346: a: " 5" is not'):
        tool_made(maker, b"".join(lines))
    assert len(parsed) == 1
    lines[12_346] = b"{}\n"
    table = pa.Table.from_batches(tool_made(maker, b"".join(lines)))
    assert table.column("a").to_pylist() == [{12_345: 1000, 12_346: None}.get(i, i) for i in range(50_000)]


def test_batches_are_neither_tiny_nor_huge(tool_made):
    line = b'{"a":"' + b"x" * 93 + b'"}\n'
    sizes = [batch.num_rows for batch in tool_made(ArrowMaker(schema(a=t.StringType())), line * 25_000)]
    assert sizes == [10_000, 10_000, 5_000]
    sizes = [
        batch.num_rows
        for batch in tool_made(ArrowMaker(schema(a=t.StringType())), line * 20 + line.replace(b"x", b"x" * 1000) * 100)
    ]
    assert len(sizes) == 3 and sum(sizes) == 120
