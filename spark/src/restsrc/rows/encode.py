"""Rows to what `restsrc ... --input arrow` reads: an Arrow IPC stream, of which the tool makes lines of JSON.

The tool writes the values that Spark's to_json writes. On purpose, these differ:

- timestamps have six digits of a second (to_json cuts to three), and an offset with seconds keeps them;
- NaN and infinity, for which JSON has no number, are a RecordError unless `nan_as` says otherwise (to_json makes
  strings of them), and so are strings that are not UTF-8 (to_json puts U+FFFD);
- decimals are plain numbers (to_json writes 0E-18), as equal texts as fit: 1e+10 and 1.0E10 are the same double;
- map keys that are dates, times, intervals or binary are written as such values are (to_json shows Spark's inner
  numbers).

Python only says what Arrow's types don't: from which to which field an interval is told. And it makes JSON of variants,
which Arrow does not know.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

from pyspark.sql import types as t

from restsrc.errors import OptionError, RecordError

PIECE_BYTES = 1 << 20  # of Arrow data in one message: the tool can send while the next one is made
END = b"\xff\xff\xff\xff\0\0\0\0"  # of a stream, which its writer says, so that the tool knows that it has all
FLAGS = {"input": "arrow"}  # of the tool
JSON = {"ARROW:extension:name": "arrow.json", "ARROW:extension:metadata": ""}
FIELDS = ("DAY", "HOUR", "MINUTE", "SECOND")


class Encoder:
    """The rows of one schema as one stream, which END ends."""

    def __init__(self, schema: t.StructType):
        """OptionError where the schema has a type that can't be written."""
        self._schema = schema
        self._has_variants = False
        self._begun = False
        self._rows = 0
        if not schema.fields:
            raise OptionError("there are no columns to write")
        self._check(schema, "")

    def messages(self, batch: Any) -> Iterator[memoryview]:
        """The next `pyarrow.RecordBatch` as messages of about PIECE_BYTES.

        RecordError, with the row and the column, for a variant that JSON can't hold; of other values the tool says so.
        """
        if not self._begun:
            self._begun = True
            yield self._head(batch.schema)
        rows = max(1, batch.num_rows * PIECE_BYTES // max(batch.nbytes, 1))
        for start in range(0, batch.num_rows, rows):
            piece = batch.slice(start, rows)
            yield memoryview((self._plain(piece) if self._has_variants else piece).serialize())
            self._rows += piece.num_rows

    def _head(self, schema: Any) -> memoryview:
        import pyarrow as pa

        fields = [_told(field, kind.dataType).with_name(kind.name) for field, kind in zip(schema, self._schema)]
        return memoryview(pa.schema(fields).serialize())

    def _check(self, kind: t.DataType, column: str) -> None:
        """OptionError for what can't be written, with what to do instead."""
        kind = _inner(kind)
        if isinstance(kind, t.StructType):
            twice = {name for name in kind.names if kind.names.count(name) > 1}
            if twice:
                raise OptionError(f"two columns have the name {column and column + '.'}{min(twice)}")
            for field in kind.fields:
                self._check(field.dataType, f"{column}.{field.name}" if column else field.name)
        elif isinstance(kind, t.ArrayType):
            self._check(kind.elementType, column + "[]")
        elif isinstance(kind, t.MapType):
            if isinstance(kind.keyType, (t.StructType, t.ArrayType)):
                raise OptionError(
                    f"the column {column} has map keys of type {kind.keyType.simpleString()}, "
                    "which can't be names in JSON"
                )
            self._check(kind.keyType, column + "{}")
            self._check(kind.valueType, column + "{}")
        elif type(kind).__name__ not in WRITABLE:
            raise OptionError(
                f"the column {column} is {kind.simpleString()}, which can't be written: cast it, to STRING for example"
            )
        self._has_variants |= type(kind).__name__ == "VariantType"

    # ---- variants ----

    def _plain(self, piece: Any) -> Any:
        """The rows with JSON texts for variants."""
        import pyarrow as pa

        try:
            columns = [
                _with_texts(array, field.dataType, field.name) for array, field in zip(piece.columns, self._schema)
            ]
        except _Unwritable as problem:
            row = self._rows + self._first_unwritable(piece) + 1
            raise RecordError(f"row {row} of the partition: column {problem}") from None
        return pa.RecordBatch.from_arrays(columns, [field.name for field in self._schema])

    def _first_unwritable(self, piece: Any) -> int:
        """The place of the first row that can't be written."""
        for place in range(piece.num_rows):
            row = piece.slice(place, 1)
            try:
                for array, field in zip(row.columns, self._schema):
                    _with_texts(array, field.dataType, field.name)
            except _Unwritable:
                return place
        return 0


WRITABLE = (
    *("NullType", "StringType", "CharType", "VarcharType", "BinaryType", "BooleanType"),
    *("ByteType", "ShortType", "IntegerType", "LongType", "FloatType", "DoubleType", "DecimalType"),
    *("DateType", "TimestampType", "TimestampNTZType", "TimeType", "DayTimeIntervalType", "VariantType"),
)


class _Unwritable(Exception):
    def __init__(self, column: str, why: str):
        super().__init__(f"{column}: {why}")


def _inner(kind: t.DataType) -> t.DataType:
    return kind.sqlType() if isinstance(kind, t.UserDefinedType) else kind


def _told(field: Any, kind: t.DataType) -> Any:
    """The Arrow field, with what the tool must know of it beside its type."""
    import pyarrow as pa

    kind, arrow = _inner(kind), field.type
    if isinstance(kind, t.DayTimeIntervalType):
        first, last = FIELDS[kind.startField], FIELDS[kind.endField]
        return field.with_metadata({"restsrc": first if first == last else f"{first} TO {last}"})
    if type(kind).__name__ == "VariantType":
        return pa.field(field.name, pa.string(), metadata=JSON)
    if isinstance(kind, t.ArrayType):
        of = pa.large_list if pa.types.is_large_list(arrow) else pa.list_
        return field.with_type(of(_told(arrow.value_field, kind.elementType)))
    if isinstance(kind, t.MapType):
        return field.with_type(pa.map_(_told(arrow.key_field, kind.keyType), _told(arrow.item_field, kind.valueType)))
    if isinstance(kind, t.StructType):
        return field.with_type(pa.struct([_told(arrow.field(at), one.dataType) for at, one in enumerate(kind)]))
    return field


def _has_variants(kind: t.DataType) -> bool:
    return "variant" in _inner(kind).simpleString()  # or a column of that name, which is gone through for nothing


def _with_texts(array: Any, kind: t.DataType, column: str) -> Any:
    """The Arrow array with a JSON text for each variant in it."""
    import pyarrow as pa

    kind = _inner(kind)
    if not _has_variants(kind):
        return array
    if isinstance(kind, t.ArrayType):
        values, offsets = _children(array, array.values)
        made = pa.ListArray if pa.types.is_list(array.type) else pa.LargeListArray
        return made.from_arrays(offsets, _with_texts(values, kind.elementType, column + "[]"))
    if isinstance(kind, t.MapType):
        (keys, offsets), (values, _) = _children(array, array.keys), _children(array, array.items)
        return pa.MapArray.from_arrays(offsets, keys, _with_texts(values, kind.valueType, column + "{}"))
    if isinstance(kind, t.StructType):
        arrays = [
            _with_texts(one, field.dataType, f"{column}.{field.name}") for one, field in zip(array.flatten(), kind)
        ]
        return pa.StructArray.from_arrays(arrays, kind.names, mask=array.is_null())
    return _variant_texts(array, column)


def _children(array: Any, values: Any) -> tuple[Any, Any]:
    """The part of a list's or map's values that the array really shows, and where each list begins in it: null where
    there is no list.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    offsets = array.offsets
    first, last = offsets[0].as_py(), offsets[-1].as_py()
    there = pa.concat_arrays([array.is_valid(), pa.array([True])])
    return values.slice(first, last - first), pc.if_else(there, pc.subtract(offsets, offsets[0]), None)


def _variant_texts(array: Any, column: str) -> Any:
    import pyarrow as pa

    write = _variant_writer()

    def text(value: dict[str, bytes]) -> str:
        try:
            return str(write(value["value"], value["metadata"]))
        except (ValueError, OverflowError) as error:
            raise _Unwritable(column, str(error)) from None

    return pa.array([None if value is None else text(value) for value in array.to_pylist()], pa.string())


def _variant_writer() -> Any:
    """(value, metadata) -> JSON text.

    PySpark's own writer, corrected: it rounds decimals to 28 digits and shows floats with the digits of doubles.
    """
    import decimal

    from pyspark.sql.variant_utils import VariantUtils

    class Exact(VariantUtils):
        @classmethod
        def _get_double(cls, value: bytes, pos: int) -> float:
            number = super()._get_double(value, pos)
            if number - number != 0:
                raise ValueError("NaN and infinity have no form in JSON")
            is_float = cls._get_type_info(value, pos)[1] == VariantUtils.FLOAT
            return _shortest_float(number) if is_float else number

    def write(value: bytes, metadata: bytes) -> str:
        with decimal.localcontext(decimal.Context(prec=80)):
            return Exact.to_json(value, metadata)

    return write


def _shortest_float(number: float) -> float:
    """The double with the fewest digits that is this 32-bit float."""
    texts = (f"{number:.{digits}g}" for digits in range(6, 10))
    return next(float(text) for text in texts if struct.pack("<f", float(text)) == struct.pack("<f", number))
