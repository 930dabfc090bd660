"""`restsrc read --output arrow`: what it writes is what the exact path makes of the same records, or it is a misfit."""

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import types as t

from arrow_tool import Listing
from restsrc.rows.decode import arrow_schema
from restsrc.rows.exact import RecordParser
from restsrc.rows.shape import reshape
from test_decode import rows, schema_and_block

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
    max_examples=300,
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
