"""Makes the Arrow IPC streams beside it, with pyarrow: make.py [FOLDER]. `restsrc write --input arrow` makes the lines of
NAME.ndjson of NAME.arrow; it refuses those that have no such file.
"""

import sys
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

FOLDER = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent)


def save(name, batches, **options):
    with pa.ipc.new_stream(FOLDER / f"{name}.arrow", batches[0].schema, options=pa.ipc.IpcWriteOptions(**options)) as to:
        for batch in batches:
            to.write_batch(batch)


def column(kind, *values):
    return pa.array([*values, None], kind)


def numbers():
    columns = {str(kind): column(kind, 0, 127) for kind in (pa.int8(), pa.uint16(), pa.int32(), pa.uint8())}
    columns["least"] = column(pa.int64(), -(2**63), 2**63 - 1)
    columns["most"] = column(pa.uint64(), 2**64 - 1, 0)
    columns["float"] = column(pa.float32(), 0.1, 3.4028235e38)
    columns["double"] = column(pa.float64(), 5e-324, 1e10)
    columns["bool"] = column(pa.bool_(), True, False)
    for kind in (pa.decimal32(9, 2), pa.decimal64(18, 2), pa.decimal128(38, 2)):
        columns[str(kind)] = column(kind, Decimal("-0.05"), Decimal("1234567.80"))
    columns["thousands"] = column(pa.decimal128(5, -3), Decimal("-12000"), Decimal(0))
    columns["null"] = column(pa.null(), None, None)
    return pa.record_batch(columns)


def texts():
    kinds = (pa.string(), pa.large_string(), pa.string_view())
    columns = {str(kind): column(kind, 'a"\\/\b\f\n\r\t\x01\x7f', "é€😀, more than twelve bytes") for kind in kinds}
    for kind in (pa.binary(), pa.large_binary(), pa.binary_view()):
        columns[str(kind)] = column(kind, b"\0\xff", b"more than twelve bytes")
    columns["fixed"] = column(pa.binary(4), b"abcd", b"\0\1\2\3")
    columns["json"] = pa.ExtensionArray.from_storage(pa.json_(), column(pa.string(), '{"n": 1.10, "l": [ ]}', "null"))
    columns["uuid"] = pa.ExtensionArray.from_storage(pa.uuid(), column(pa.binary(16), bytes(range(16)), b"\xff" * 16))
    columns["bool8"] = pa.ExtensionArray.from_storage(pa.bool8(), column(pa.int8(), 0, -1))
    columns["category"] = column(pa.string(), "x", "y").dictionary_encode()
    columns["in the view"] = column(pa.string_view(), "twelve bytes", "a view has 13")
    columns['na"me\n'] = column(pa.int8(), 1, 2)
    return pa.record_batch(columns)


def times():
    columns = {"day": column(pa.int32(), 15707, -735000).view(pa.date32())}
    columns["far"] = column(pa.int32(), 2**31 - 1, 2932897).view(pa.date32())
    columns["date64"] = column(pa.int64(), 86400000 * 15707, -86400000).view(pa.date64())
    for unit, size in (("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9)):
        some = column(pa.int64(), 1357095845 * size + size // 8, -1)
        columns[f"instant {unit}"] = some.view(pa.timestamp(unit, "Europe/Paris"))
        columns[f"local {unit}"] = some.view(pa.timestamp(unit))
        columns[f"lasts {unit}"] = some.view(pa.duration(unit))
        time = pa.time32(unit) if unit in ("s", "ms") else pa.time64(unit)
        columns[f"time {unit}"] = column(time.bit_width == 32 and pa.int32() or pa.int64(), 11045 * size, size * 86400 - 1).view(time)
    batch = pa.record_batch(columns)
    fields = [pa.field("hours", pa.duration("us"), metadata={"restsrc": "HOUR TO MINUTE"})]
    hours = column(pa.int64(), 360_000_000_000, -60_000_000).view(pa.duration("us"))
    return pa.RecordBatch.from_arrays([*batch.columns, hours], schema=pa.schema([*batch.schema, *fields]))


def nested():
    inner = pa.struct([("a", pa.int8()), ("b", pa.list_(pa.string()))])
    columns = {"struct": column(inner, {"a": 1, "b": ["x", None]}, {"a": None, "b": []})}
    columns["list"] = column(pa.list_(inner), [{"a": None, "b": None}, None], [])
    columns["large"] = column(pa.large_list(pa.float64()), [0.5, None], [1])
    columns["fixed"] = column(pa.list_(pa.int16(), 2), [1, None], [3, 4])
    columns["map"] = column(pa.map_(pa.string(), inner), [("k", None), ('q"', {"a": 2, "b": None})], [])
    columns["numbers"] = column(pa.map_(pa.int64(), pa.float64()), [(1, 1), (-2, None)], [])
    columns["days"] = column(pa.map_(pa.date32(), pa.bool_()), [(15707, True)], [])
    columns["empty"] = column(pa.struct([]), {}, {})
    columns["categories"] = pa.ListArray.from_arrays(
        pa.array([0, 2, None, 3], pa.int32()), pa.DictionaryArray.from_arrays(pa.array([1, 0, None], pa.int8()), ["u", "v"])
    )
    return pa.record_batch(columns)


def refused():
    one = pa.record_batch({"x": column(pa.int64(), 1, 2)})
    save("compressed", [one], compression="zstd")
    with pa.ipc.new_file(FOLDER / "file.arrow", one.schema) as to:
        to.write_batch(one)
    twice = pa.RecordBatch.from_arrays([one.column(0)] * 2, ["x", "x"])
    save("twice", [twice])
    save("union", [pa.record_batch({"u": pa.UnionArray.from_dense(pa.array([0], pa.int8()), pa.array([0], pa.int32()), [pa.array([1])])})])
    save("keys", [pa.record_batch({"m": column(pa.map_(pa.struct([("a", pa.int8())]), pa.int8()), [({"a": 1}, 1)], [])})])
    lists = column(pa.map_(pa.list_(pa.int8()), pa.int8()), [([1], 1)], [])
    save("list_keys", [pa.record_batch({"m": lists})])
    texts = pa.ExtensionArray.from_storage(pa.json_(), pa.array(["1"]))
    save("json_keys", [pa.record_batch({"m": pa.MapArray.from_arrays([0, 1], texts, pa.array([1]))})])
    own = pa.ExtensionArray.from_storage(pa.opaque(pa.binary(), "shape", "someone"), pa.array([b"x"]))
    save("opaque", [pa.record_batch({"l": pa.ListArray.from_arrays([0, 1], pa.StructArray.from_arrays([own], ["o"]))})])
    words = [pa.record_batch({"w": pa.array(some).dictionary_encode()}) for some in (["a"], ["a", "b"])]
    save("deltas", words, emit_dictionary_deltas=True)
    save("nan", [pa.record_batch({"s": column(pa.list_(pa.float64()), [1.0], [float("nan")])})])
    latin = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"a\xe9")])
    save("latin", [pa.record_batch({"s": latin})])
    save("not_json", [pa.record_batch({"j": pa.ExtensionArray.from_storage(pa.json_(), column(pa.string(), "[1,2]", "[1"))})])
    months = pa.array([(1, 2, 3)], pa.month_day_nano_interval())
    save("months", [pa.record_batch({"m": months})])


def rows(*bad):
    """As `plain_but 130 BAD...` of tests/sink.bash has them, in batches of 60, 60, 0 and 10."""
    some = range(1, 131)
    columns = {"i": pa.array(some), "name": [f"record {i}" for i in some]}
    if bad:
        columns["bad"] = [f"no good: {i}" if i in bad else None for i in some]
    batch = pa.record_batch(columns)
    return [batch.slice(0, 60), batch.slice(60, 60), batch.slice(7, 0), batch.slice(120)]


def replaced():
    """A dictionary that is replaced by another one."""
    words = [pa.DictionaryArray.from_arrays(pa.array([1, 0, None]), some) for some in (["u", "v"], ["w", "é"])]
    return [pa.record_batch({"c": array}) for array in words]


if __name__ == "__main__":
    for name, batch in (("numbers", numbers()), ("texts", texts()), ("times", times()), ("nested", nested())):
        save(name, [batch, batch.slice(1, 2), batch.slice(0, 0)])
    save("replaced", replaced())
    save("rows", rows())
    save("no_columns", [pa.RecordBatch.from_struct_array(pa.array([{}] * 3, pa.struct([])))])
    save("bad", rows(7, 100))
    refused()
