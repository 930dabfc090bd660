"""Schemas from samples, and that what they are inferred from can be read with them."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from restsrc.errors import InputError, RecordError
from restsrc.rows.decode import BatchMaker
from restsrc.rows.infer import schema_of


@pytest.mark.parametrize(
    "values, kind",
    [
        (["1", "null", "-9223372036854775808"], "bigint"),
        (["1", "9223372036854775808"], "decimal(19,0)"),
        (["9" * 38], "decimal(38,0)"),
        (["9" * 39], "string"),
        (["1.5", "1e3"], "double"),
        (["1", "1.5"], "double"),
        (["9007199254740993", "1.5"], "string"),
        (["1e400"], "string"),
        (["true", "null"], "boolean"),
        (["true", "1"], "string"),
        (['"2020-01-01"', "null"], "string"),
        (["null"], "string"),
        (["{}"], "string"),
        (["{}", '{"x":1}', '{"y":[]}'], "struct<x:bigint,y:array<string>>"),
        (['{"x":1}', "5"], "string"),
        (["[1,null]", "[2.5]", "[]"], "array<double>"),
        (["[1]", '["x"]'], "array<string>"),
        (["[[1],[[2]]]"], "array<array<string>>"),
        (['[{"x":1},{"y":true}]'], "array<struct<x:bigint,y:boolean>>"),
    ],
)
def test_column_type(values, kind):
    schema = schema_of([f'{{"a":{value}}}' for value in values])
    assert schema["a"].dataType.simpleString() == kind


def test_columns_stand_in_the_order_of_their_appearance():
    assert schema_of(['{"b":1}', '{"a":1,"b":2}']).names == ["b", "a"]


@pytest.mark.parametrize("lines", [[], ["{}", "{}"]])
def test_nothing_to_infer_from(lines):
    with pytest.raises(InputError, match=r"give one with .schema\(...\)"):
        schema_of(lines)


def test_record_that_is_no_object():
    with pytest.raises(RecordError, match="record 1 of the sample is not a JSON object"):
        schema_of(['{"a":1}', "[1]"])
    assert schema_of(['{"a":1}', "[1]"], failfast=False).names == ["a"]
    assert schema_of(['{"a":1}', "[1]"], failfast=False, corrupt_column="bad").names == ["a", "bad"]
    assert schema_of(['{"a":1}'], failfast=False, corrupt_column="bad").names == ["a"]


integers = st.integers(-(10**40), 10**40) | st.integers(-(2**63), 2**63 - 1) | st.integers(-5, 5)
scalars = st.none() | st.booleans() | integers | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
    max_leaves=5,
)


def lossless(value, read):
    """Whether `read`, from a row, says all that the JSON `value` did."""
    if isinstance(read, str) and not isinstance(value, str):
        return json.loads(read) == value
    if isinstance(value, dict):
        return all(lossless(member, read[name]) for name, member in value.items())
    if isinstance(value, list):
        return len(value) == len(read) and all(map(lossless, value, read))
    return value == read


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.dictionaries(st.sampled_from("abc"), values, max_size=3), min_size=1, max_size=4).filter(any))
def test_sample_is_read_without_loss(records):
    lines = [json.dumps(record) for record in records]
    block = "".join(line + "\n" for line in lines).encode()
    rows = BatchMaker(schema_of(lines)).batch_of_lines(block).to_pylist()
    assert all(map(lossless, records, rows))
