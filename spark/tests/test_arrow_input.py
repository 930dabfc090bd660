"""`restsrc write --input arrow` against pyarrow's writer: rows of random types are sent as Python would write them."""

import base64
import io
import itertools
import json
import subprocess
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrow_tool import sent
from restsrc import tool

UNITS = {"s": 0, "ms": 3, "us": 6, "ns": 9}  # digits of a second
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
LEAST, MOST = (int(datetime(*day, tzinfo=timezone.utc).timestamp()) for day in ((1, 1, 3), (9999, 12, 29)))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NAMES = st.lists(TEXTS, min_size=1, max_size=4, unique=True)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda one: st.lists(one) | st.dictionaries(TEXTS, one),
    max_leaves=4,
)
INDICES = [pa.int8(), pa.uint8(), pa.int16(), pa.uint16(), pa.int32(), pa.uint32(), pa.int64()]


class Kind(NamedTuple):
    type: pa.DataType
    values: st.SearchStrategy
    build: callable  # a list of values, some of them None, to an array
    meant: callable  # a value to what Python's json reads of it
    is_key: bool = True


class Shown(NamedTuple):
    """What the options of the tool say."""

    zone: str = "UTC"
    ignores_nulls: bool = False


def nulls(some):
    return pa.array([value is None for value in some], pa.bool_())


def told(values, kind):
    return [None if value is None else kind.meant(value) for value in values]


def some_of(kind):
    return st.none() | kind.values


# ---- values ----


def leaf(kind, values, meant=lambda value: value, storage=None, is_key=True):
    """storage: the type of what values are, where Python has no value for all that the type holds."""

    def build(some):
        return pa.array(some, storage).view(kind) if storage else pa.array(some, kind)

    return Kind(kind, values, build, meant, is_key)


def integer(kind):
    signed = pa.types.is_signed_integer(kind)
    least, most = -(2 ** (kind.bit_width - 1)) if signed else 0, 2 ** (kind.bit_width - signed) - 1
    return leaf(kind, st.integers(least, most), Decimal)


def floating(kind):
    special = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}

    def meant(value):
        return special.get(repr(value)) or Decimal(str(pa.scalar(value, kind).cast(pa.string())))

    return leaf(kind, st.floats(width=kind.bit_width), meant, is_key=False)


def in_base64(kind, values):
    return leaf(kind, values, lambda value: base64.b64encode(value).decode())


@st.composite
def decimals(draw):
    """Their values are what a column holds: whole numbers, without the scale."""
    make, most = draw(st.sampled_from([(pa.decimal32, 9), (pa.decimal64, 18), (pa.decimal128, 38)]))
    kind = make(draw(st.integers(1, most)), draw(st.integers(-5, most)))
    limit = 10**kind.precision - 1

    def build(some):
        numbers = b"".join((value or 0).to_bytes(kind.byte_width, "little", signed=True) for value in some)
        there = pa.array([value is not None for value in some], pa.bool_()).buffers()[1]
        return pa.Array.from_buffers(kind, len(some), [there, pa.py_buffer(numbers)])

    return Kind(kind, st.integers(-limit, limit), build, lambda value: Decimal(value).scaleb(-kind.scale))


def digits(fraction, unit):
    return f".{fraction:0{UNITS[unit]}}" if UNITS[unit] else ""


def short(fraction, unit):
    return digits(fraction, unit).rstrip("0") if fraction else ""


def clock_time(seconds):
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def local(seconds):
    return (EPOCH + timedelta(seconds=seconds)).isoformat()[:19]


def offset_text(offset):
    text = clock_time(abs(offset)).removesuffix(":00")
    return ("-" if offset < 0 else "+") + text if offset else "Z"


def stamp(unit, zone, shown):
    size = 10 ** UNITS[unit]

    def meant(value):
        seconds, fraction = divmod(value, size)
        if not zone:
            return local(seconds) + digits(fraction, unit)
        at = (EPOCH + timedelta(seconds=seconds)).astimezone(ZoneInfo(shown))
        return at.isoformat()[:19] + digits(fraction, unit) + offset_text(round(at.utcoffset().total_seconds()))

    values = st.integers(max(-(2**63), LEAST * size), min(2**63 - 1, MOST * size))
    return leaf(pa.timestamp(unit, zone), values, meant, pa.int64())


def clock(unit):
    size = 10 ** UNITS[unit]
    small = unit in ("s", "ms")
    kind, storage = (pa.time32(unit), pa.int32()) if small else (pa.time64(unit), pa.int64())
    return leaf(
        kind, st.integers(0, 86400 * size - 1), lambda v: clock_time(v // size) + short(v % size, unit), storage
    )


def duration(unit):
    def meant(value):
        seconds, fraction = divmod(abs(value), 10 ** UNITS[unit])
        sign = "-" if value < 0 else ""
        text = f"{seconds // 86400} {clock_time(seconds % 86400)}{short(fraction, unit)}"
        return f"INTERVAL '{sign}{text}' DAY TO SECOND"

    return leaf(pa.duration(unit), st.integers(-(2**63), 2**63 - 1), meant, pa.int64())


def extension(kind, values, meant, is_key=True):
    def build(some):
        return pa.ExtensionArray.from_storage(kind, pa.array(some, kind.storage_type))

    return Kind(kind, values, build, meant, is_key)


def parsed(text):
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def leaves(shown):
    days = st.integers(LEAST // 86400, MOST // 86400)
    found = [integer(getattr(pa, f"{sign}int{bits}")()) for sign in ("", "u") for bits in (8, 16, 32, 64)]
    found += [floating(pa.float32()), floating(pa.float64()), leaf(pa.bool_(), st.booleans())]
    found += [leaf(kind, TEXTS) for kind in (pa.string(), pa.large_string(), pa.string_view())]
    found += [in_base64(kind, st.binary(max_size=20)) for kind in (pa.binary(), pa.large_binary(), pa.binary_view())]
    found += [in_base64(pa.binary(size), st.binary(min_size=size, max_size=size)) for size in (1, 16)]
    found += [clock(unit) for unit in UNITS] + [duration(unit) for unit in UNITS]
    found += [stamp(unit, zone, shown.zone) for unit in UNITS for zone in (None, "UTC", "Asia/Kolkata", "+05:30")]
    found += [leaf(pa.date32(), days, lambda day: local(day * 86400)[:10], pa.int32())]
    found += [leaf(pa.date64(), days.map(lambda day: day * 86400000), lambda v: local(v // 1000)[:10], pa.int64())]
    found += [
        leaf(pa.null(), st.none(), is_key=False),
        extension(pa.json_(), JSON.map(json.dumps), parsed, is_key=False),
    ]
    found += [extension(pa.bool8(), st.integers(-128, 127), bool)]
    found += [extension(pa.uuid(), st.uuids().map(lambda value: value.bytes), lambda value: str(UUID(bytes=value)))]
    return st.one_of(st.sampled_from(found), st.sampled_from(found), decimals())


# ---- values of values ----


@st.composite
def encoded(draw, inner):
    """A dictionary has values that are not used, one that is there twice, and null."""
    kind, index = draw(inner), draw(st.sampled_from(INDICES))
    unused = [None, *draw(st.lists(kind.values, max_size=2))]

    def build(some):
        places = [len(unused) + at if value is not None else (0 if at % 2 else None) for at, value in enumerate(some)]
        return pa.DictionaryArray.from_arrays(pa.array(places, index), kind.build([*unused, *some]))

    return Kind(pa.dictionary(index, kind.type), kind.values, build, kind.meant, kind.is_key)


def listing(array, make, inner, garbage):
    """garbage: the element that stands under each null."""

    def build(some):
        elements, offsets = [], [0]
        for value in some:
            elements += [garbage] if value is None else value
            offsets.append(len(elements))
        width = pa.int64() if array is pa.LargeListArray else pa.int32()
        return array.from_arrays(pa.array(offsets, width), inner.build(elements), mask=nulls(some))

    return Kind(make(inner.type), st.lists(some_of(inner), max_size=3), build, lambda v: told(v, inner), False)


def fixed(inner, size):
    def build(some):
        elements = [one for value in some for one in (value or [None] * size)]
        return pa.FixedSizeListArray.from_arrays(inner.build(elements), size, mask=nulls(some))

    values = st.lists(some_of(inner), min_size=size, max_size=size)
    return Kind(pa.list_(inner.type, size), values, build, lambda value: told(value, inner), False)


def mapping(key, inner):
    def name(value):
        found = key.meant(value)
        return f"{found:f}" if isinstance(found, Decimal) else found if isinstance(found, str) else json.dumps(found)

    def build(some):
        pairs = [pair for value in some for pair in value or []]
        offsets = [sum(len(value or []) for value in some[:at]) for at in range(len(some) + 1)]
        columns = key.build([k for k, _ in pairs]), inner.build([v for _, v in pairs])
        return pa.MapArray.from_arrays(pa.array(offsets, pa.int32()), *columns, mask=nulls(some))

    def meant(value):
        return dict(zip(map(name, (k for k, _ in value)), told([v for _, v in value], inner)))

    pairs = st.lists(st.tuples(key.values, some_of(inner)), max_size=3, unique_by=lambda pair: name(pair[0]))
    return Kind(pa.map_(key.type, inner.type), pairs, build, meant, False)


def structure(names, inner, garbage, shown):
    fields = [pa.field(name, kind.type) for name, kind in zip(names, inner)]

    def build(some):
        columns = zip(*(garbage if value is None else value for value in some)) if some else ([] for _ in inner)
        arrays = [kind.build(list(column)) for kind, column in zip(inner, columns)]
        return pa.StructArray.from_arrays(arrays, fields=fields, mask=nulls(some))

    def meant(value):
        members = zip(names, (None if one is None else kind.meant(one) for kind, one in zip(inner, value)))
        return {name: member for name, member in members if member is not None or not shown.ignores_nulls}

    return Kind(pa.struct(fields), st.tuples(*map(some_of, inner)), build, meant, False)


def shifted(kind, by):
    """Its arrays are slices of longer ones."""
    return kind._replace(build=lambda some: kind.build([*[None] * by, *some, None]).slice(by, len(some)))


@st.composite
def kinds(draw, shown, depth=2):
    ways = ["leaf", "leaf", "encoded", "list", "large", "fixed", "map", "struct"]
    way = draw(st.sampled_from(ways)) if depth else "leaf"
    keys = leaves(shown).filter(lambda kind: kind.is_key)
    if way == "leaf":
        kind = draw(leaves(shown))
    elif way == "encoded":
        kind = draw(encoded(keys))
    elif way == "fixed":
        kind = fixed(draw(kinds(shown, depth - 1)), draw(st.integers(1, 3)))
    elif way == "map":
        return mapping(draw(keys | encoded(keys)), draw(kinds(shown, depth - 1)))
    elif way == "struct":
        names = draw(NAMES)
        inner = [draw(kinds(shown, depth - 1)) for _ in names]
        kind = structure(names, inner, [draw(some_of(one)) for one in inner], shown)
    else:
        inner = draw(kinds(shown, depth - 1))
        array, make = (pa.ListArray, pa.list_) if way == "list" else (pa.LargeListArray, pa.large_list)
        kind = listing(array, make, inner, draw(some_of(inner)))
    return shifted(kind, draw(st.integers(0, 9)))


def stream(batches, schema=None, **options):
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema or batches[0].schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return sink.getvalue().to_pybytes()


def pieces(rows, places):
    edges = [0, *sorted(min(place, len(rows)) for place in places), len(rows)]
    return [rows[begin:end] for begin, end in itertools.pairwise(edges)]


@st.composite
def tables(draw, shown):
    """(a stream, what its rows mean)"""
    names = draw(NAMES)
    row = structure(names, [draw(kinds(shown)) for _ in names], None, shown)
    rows = draw(st.lists(row.values, max_size=8))
    places = draw(st.lists(st.integers(0, 8), max_size=2))
    batches = [pa.RecordBatch.from_struct_array(row.build(piece)) for piece in pieces(rows, places)]
    return stream(batches), [row.meant(one) for one in rows]


SHOWN = st.builds(Shown, st.sampled_from(["UTC", "Europe/Paris", "America/St_Johns", "Pacific/Apia"]), st.booleans())


def flags(shown):
    nulls = "--ignore-null-fields" if shown.ignores_nulls else "--no-ignore-null-fields"
    return ["--nan-as", "string", "--time-zone", shown.zone, nulls]


@settings(max_examples=100, deadline=None)
@given(st.data(), SHOWN)
def test_random_rows_are_what_python_makes_of_them(data, shown):
    written, rows = data.draw(tables(shown))
    assert [parsed(line) for line in sent(written, *flags(shown))] == rows


# ---- what is refused, and the other commands ----

COMMANDS = {"write": ["http://127.0.0.1:9/items"]}
COMMANDS |= {"lookup": ["http://127.0.0.1:9/{id}"], "read": ["--for-each", "-", "http://127.0.0.1:9/{id}"]}


def run(command, given, *arguments):
    words = [tool.find(), command, "--dry-run", *arguments, *COMMANDS[command]]
    done = subprocess.run(words, input=given, capture_output=True)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.mark.parametrize("command", ["lookup", "read"])
@pytest.mark.parametrize(
    "ids",
    [
        pa.array([2**64 - 1, 0], pa.uint64()),
        pa.array([Decimal("-0.10"), Decimal("99999999999999999999.00")]),
        pa.array(["a b", "é/"]).dictionary_encode(),
        pa.array([True, False]),
        pa.array([1, -1]).view(pa.timestamp("ns", "UTC")),
        pa.ExtensionArray.from_storage(pa.uuid(), pa.array([bytes(16), bytes(range(16))], pa.binary(16))),
    ],
    ids=lambda ids: str(ids.type),
)
def test_other_commands_read_the_same_rows(command, ids):
    written = stream([pa.record_batch({"id": part}) for part in (ids, ids.slice(1), ids.slice(2))])
    lines = "".join(f"{line}\n" for line in sent(written))
    assert lines.count("\n") == 3
    code, requests, errors = run(command, written, "--input", "arrow")
    assert (code, errors, requests.count("\n")) == (0, "", 2 if command == "lookup" else 3)
    assert (code, requests, errors) == run(command, lines.encode())


def union():
    return pa.UnionArray.from_dense(pa.array([0], pa.int8()), pa.array([0], pa.int32()), [pa.array([1])])


def opaque():
    return pa.ExtensionArray.from_storage(pa.opaque(pa.binary(), "geometry", "someone"), pa.array([b"x"]))


REFUSED = [
    (pa.array([1.5], pa.float16()), "is float16, which is not taken: cast it to float32"),
    (pa.array([Decimal(1)], pa.decimal256(50)), "is a decimal of 256 bits, which is not taken: cast it to decimal128"),
    (pa.array([(1, 2, 3)], pa.month_day_nano_interval()), "is an interval of months, which can't be written: cast it"),
    (pa.array([[1]], pa.list_view(pa.int8())), "is a list view, which is not taken: cast it to a list"),
    (pa.array([[1]], pa.large_list_view(pa.int8())), "is a list view, which is not taken: cast it to a list"),
    (pa.RunEndEncodedArray.from_arrays([1], ["a"]), "is run-end encoded, which is not taken: decode it"),
    (union(), "is a union, which can't be written: cast it to a string"),
    (opaque(), "is of a type of its writer's own (arrow.opaque), which is not taken: cast it to a string"),
    (pa.array([[({"a": 1}, 1)]], pa.map_(pa.struct({"a": pa.int8()}), pa.int8())), "is a map whose keys can't be"),
]
PLACES = {
    "x": lambda array: array,
    "x.y": lambda array: pa.StructArray.from_arrays([array], ["y"]),
    "x[].y": lambda array: pa.ListArray.from_arrays([0, 1], pa.StructArray.from_arrays([array], ["y"])),
    "x[]": lambda array: pa.FixedSizeListArray.from_arrays(array, 1),
    "x{}.value": lambda array: pa.MapArray.from_arrays([0, 1], ["k"], array),
}


@pytest.mark.parametrize("array, why", REFUSED, ids=lambda value: str(getattr(value, "type", "")))
def test_types_that_are_not_taken_are_named(array, why):
    for at, (place, within) in enumerate(PLACES.items()):
        command = list(COMMANDS)[at % len(COMMANDS)]
        batch = pa.record_batch({"id": pa.array([1]), "x": within(array)})
        code, _, errors = run(command, stream([batch]), "--input", "arrow")
        assert (code, errors.count("\n")) == (65, 1)
        assert f"the Arrow column {place} {why}" in errors


@pytest.mark.parametrize(
    "array, why",
    [
        (pa.array([float("inf")], pa.float32()), "NaN and infinity have no form in JSON (--nan-as null or string"),
        (pa.array([86400], pa.int32()).view(pa.time32("s")), "a time that no day has"),
        (pa.array([b"a\xff"]).view(pa.string()), "a string that is not valid UTF-8: cast it to binary"),
        (pa.ExtensionArray.from_storage(pa.json_(), pa.array(["[1"])), "a text that is not JSON"),
    ],
    ids=lambda value: str(getattr(value, "type", "")),
)
def test_values_that_are_not_taken_are_named(array, why):
    for place, within in {**PLACES, "x{}": PLACES["x{}.value"]}.items():
        if place != "x{}.value":
            code, _, errors = run("write", stream([pa.record_batch({"x": within(array)})]), "--input", "arrow")
            assert (code, errors.count("\n")) == (65, 1)
            assert f"input row 1: column {place}: {why}" in errors


def test_ways_of_writing_that_are_not_taken_are_named():
    words = [pa.record_batch({"x": pa.array(some).dictionary_encode()}) for some in (["a"], ["a", "b"])]
    for options, why in (
        ({"compression": "lz4"}, "the Arrow stream is compressed (LZ4), which is not taken: write it without"),
        ({"compression": "zstd"}, "the Arrow stream is compressed (ZSTD), which is not taken: write it without"),
        ({"emit_dictionary_deltas": True}, "the Arrow stream has deltas of dictionaries, which are not taken: write"),
        ({"use_legacy_format": True}, "the input is not an Arrow IPC stream"),
    ):
        code, _, errors = run("write", stream(words, **options), "--input", "arrow")
        assert (code, errors.count("\n")) == (65, 1)
        assert why in errors


# ---- other writers, where they are installed ----

OTHERS = {
    "i": [1, None, 2**63 - 1],
    "s": ["a", None, "longer than twelve bytes, é"],
    "f": [0.1, None, -1e300],
    "b": [True, None, False],
    "day": [date(2020, 2, 29), None, date(1, 1, 1)],
    "at": [datetime(2020, 1, 1, 1, 2, 3, 4), None, datetime(9999, 12, 31)],
    "l": [[1, None], None, []],
    "st": [{"a": 1, "b": ["x"]}, None, {"a": None, "b": []}],
}
TOLD = [
    '{"i":1,"s":"a","f":0.1,"b":true,"day":"2020-02-29","at":"2020-01-01T01:02:03.000004","l":[1,null],'
    '"st":{"a":1,"b":["x"]}}',
    "{}",
    '{"i":9223372036854775807,"s":"longer than twelve bytes, é","f":-1e+300,"b":false,"day":"0001-01-01",'
    '"at":"9999-12-31T00:00:00.000000","l":[],"st":{"b":[]}}',
]


def test_what_pandas_writes():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({**OTHERS, "i": pandas.array(OTHERS["i"], "Int64")})
    table = pa.Table.from_pandas(frame)
    assert sent(stream(table.to_batches(), table.schema)) == TOLD


def test_what_polars_writes():
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(OTHERS)
    categories = frame.with_columns(polars.col("s").cast(polars.Categorical))
    for level in (polars.CompatLevel.oldest(), polars.CompatLevel.newest()):
        for part, expected in ((frame, TOLD), (frame.slice(2), TOLD[2:]), (categories, TOLD)):
            to = io.BytesIO()
            part.write_ipc_stream(to, compat_level=level)
            assert sent(to.getvalue()) == expected


def test_what_duckdb_writes():
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect() as connection:
        connection.execute("set arrow_lossless_conversion = true")
        table = connection.sql(
            "select 18446744073709551615::ubigint u, 1.10::decimal(18, 2) d, "
            "map {'k': [1, null]} m, 'x'::enum('y', 'x') e, "
            "uuid '00010203-0405-0607-0809-0a0b0c0d0e0f' id, true b, '{\"n\": 1.10}'::json j"
        ).to_arrow_table()
    assert sent(stream(table.to_batches(), table.schema)) == [
        '{"u":18446744073709551615,"d":1.10,"m":{"k":[1,null]},"e":"x","id":"00010203-0405-0607-0809-0a0b0c0d0e0f",'
        '"b":true,"j":{"n":1.10}}'
    ]
