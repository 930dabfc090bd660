"""Arrow record batches to NDJSON: the values that Spark's to_json writes, column by column instead of row by row.

Each column becomes an Arrow array of JSON texts (null stays null), and these are joined to lines; there is no loop
over rows in Python, except for binary, intervals, variants and years beyond 1 to 9999. On purpose, these differ from
to_json:

- timestamps have six digits of a second (to_json cuts to three), and an offset with seconds keeps them;
- NaN and infinity, for which JSON has no number, are a RecordError unless `nan_as` says otherwise (to_json makes
  strings of them), and so are strings that are not UTF-8 (to_json puts U+FFFD);
- decimals are plain numbers (to_json writes 0E-18), as equal texts as fit: 1e+10 and 1.0E10 are the same double;
- map keys that are dates, times, intervals or binary are written as such values are (to_json shows Spark's inner
  numbers).
"""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Iterator
from datetime import date
from typing import Any

from pyspark.sql import types as t

from restsrc.errors import OptionError, RecordError

PIECE_BYTES = 1 << 20  # of Arrow data turned into lines at a time: the tool can send while the next piece is made
UTC = ("UTC", "Z")
ERROR, NULL, STRING = "error", "null", "string"  # of nan_as
NO_FORM = "NaN and infinity have no form in JSON (nan_as=null or string gives them one)"
_DAY = 86_400_000_000  # microseconds
_DAYS = (-719_162, 2_932_896)  # the years 1 to 9999, in which Arrow and Spark write dates alike

# What a JSON string can't hold as it is.
_ESCAPES = {chr(code): f"\\u{code:04X}" for code in range(32)}
_ESCAPES |= {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_UNESCAPED = bytes(code for code in range(256) if chr(code) not in _ESCAPES)


class Encoder:
    """Makes JSON lines of the rows of one schema."""

    def __init__(
        self, schema: t.StructType, time_zone: str = "UTC", ignore_null_fields: bool = True, nan_as: str = ERROR
    ):
        """OptionError where the schema has a type that can't be written.

        Timestamps are written in `time_zone`. Members that are null are left out with `ignore_null_fields`. `nan_as`:
        what NaN and infinity become, ERROR, NULL or STRING.
        """
        self._schema = schema
        self._time_zone = time_zone
        self._ignore_null_fields = ignore_null_fields
        self._nan_as = nan_as
        if not schema.fields:
            raise OptionError("there are no columns to write")
        _check(schema, "")
        if time_zone not in UTC:  # most are, and Arrow's functions take a quarter of a second to load
            self._check_zone()

    def lines(self, batch: Any, first_row: int = 1) -> Iterator[memoryview]:
        """The rows of a `pyarrow.RecordBatch` as bytes of whole lines, about PIECE_BYTES at a time.

        `first_row` is the number of its first row in messages. RecordError, with the row and the column, for a value
        that JSON can't hold.
        """
        rows = max(1, batch.num_rows * PIECE_BYTES // max(batch.nbytes, 1))
        for start in range(0, batch.num_rows, rows):
            piece = batch.slice(start, rows)
            try:
                yield _bytes(self._lines(piece))
            except _Unwritable as problem:
                row = first_row + start + self._first_unwritable(piece)
                raise RecordError(f"row {row} of the partition: column {problem}") from None

    def _lines(self, batch: Any) -> Any:
        return self._object(batch.columns, self._schema, "", "}\n")

    def _first_unwritable(self, piece: Any) -> int:
        """The place of the first row that can't be written, found by halving."""
        place = 0
        while piece.num_rows > 1:
            half = piece.slice(0, piece.num_rows // 2)
            try:
                self._lines(half)
            except _Unwritable:
                piece = half
            else:
                place += half.num_rows
                piece = piece.slice(half.num_rows)
        return place

    def _check_zone(self) -> None:
        import pyarrow as pa

        try:
            self._timestamp(pa.array([0], pa.timestamp("us", "UTC")), t.TimestampType(), "")
        except pa.ArrowException:
            raise OptionError(f"timestamps can't be written in the time_zone {self._time_zone!r}") from None

    # ---- each takes an Arrow array and gives one of JSON texts, with null where there is null ----

    def _text(self, array: Any, kind: t.DataType, column: str) -> Any:
        if isinstance(kind, t.UserDefinedType):
            kind = kind.sqlType()
        return getattr(self, _METHODS[type(kind).__name__])(array, kind, column)

    def _as_cast(self, array: Any, kind: t.DataType, column: str) -> Any:
        return _cast_text(array)

    def _null(self, array: Any, kind: t.DataType, column: str) -> Any:
        import pyarrow as pa

        return pa.nulls(len(array), pa.string())

    def _string(self, array: Any, kind: t.DataType, column: str) -> Any:
        import pyarrow as pa

        try:
            array.validate(full=True)
        except pa.ArrowInvalid:
            raise _Unwritable(column, "a string that is not valid UTF-8") from None
        return _quoted(array.cast(pa.string()))

    def _floating(self, array: Any, kind: t.DataType, column: str) -> Any:
        import pyarrow.compute as pc

        # 1 is written 1.0, so that readers who look at the text still see a double.
        text = pc.replace_substring_regex(_cast_text(array), r"^(-?[0-9]+)$", r"\1.0")
        finite = pc.is_finite(array)
        if pc.all(finite).as_py() is not False:
            return text
        if self._nan_as == ERROR:
            raise _Unwritable(column, NO_FORM)
        names = pc.if_else(pc.is_nan(array), '"NaN"', pc.if_else(pc.greater(array, 0), '"Infinity"', '"-Infinity"'))
        return pc.if_else(finite, text, names if self._nan_as == STRING else None)

    def _decimal(self, array: Any, kind: t.DecimalType, column: str) -> Any:
        """Arrow writes an exponent where more than six zeros would follow the point; here there is never one."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if kind.scale <= 6:
            return _cast_text(array)
        digits = pa.Array.from_buffers(pa.decimal128(38, 0), len(array), array.buffers(), offset=array.offset)
        text = _cast_text(digits)
        unsigned = pc.utf8_lpad(pc.replace_substring(text, "-", ""), kind.scale + 1, "0")
        plain = pc.replace_substring_regex(unsigned, f"([0-9]{{{kind.scale}}})$", r".\1")
        return _join(pc.if_else(pc.starts_with(text, "-"), "-", ""), plain)

    def _binary(self, array: Any, kind: t.DataType, column: str) -> Any:
        return _each(array, lambda value: base64.b64encode(value).decode())

    def _date(self, array: Any, kind: t.DataType, column: str) -> Any:
        days = _integers(array, "int32")
        return _join('"', _cast_text(array) if _within(days, *_DAYS) else _each(days, _far_date, quote=False), '"')

    def _timestamp_ntz(self, array: Any, kind: t.DataType, column: str) -> Any:
        return _join('"', _wall_clock(array), '"')

    def _timestamp(self, array: Any, kind: t.DataType, column: str) -> Any:
        import pyarrow as pa
        import pyarrow.compute as pc

        utc = array.cast(pa.timestamp("us"))
        if self._time_zone in UTC:
            return _join('"', _wall_clock(utc), 'Z"')
        local = pc.local_timestamp(array.cast(pa.timestamp("us", self._time_zone)))
        offsets = pc.subtract(_integers(local, "int64"), _integers(utc, "int64")).dictionary_encode()
        texts = pa.array([_offset(micros) for micros in offsets.dictionary.to_pylist()], pa.string())
        return _join('"', _wall_clock(local), texts.take(offsets.indices), '"')

    def _time(self, array: Any, kind: t.DataType, column: str) -> Any:
        import pyarrow.compute as pc

        return _join('"', pc.replace_substring_regex(_cast_text(array), r"\.?0*$", ""), '"')

    def _interval(self, array: Any, kind: t.DayTimeIntervalType, column: str) -> Any:
        return _each(_integers(array, "int64"), lambda micros: _day_time(micros, kind))

    def _variant(self, array: Any, kind: t.DataType, column: str) -> Any:
        write = _variant_writer()

        def text(value: dict[str, bytes]) -> str:
            try:
                return str(write(value["value"], value["metadata"]))
            except (ValueError, OverflowError) as error:
                raise _Unwritable(column, str(error)) from None

        return _each(array, text, quote=False)

    def _array(self, array: Any, kind: t.ArrayType, column: str) -> Any:
        elements, offsets = _children(array, array.values)
        texts = self._text(elements, kind.elementType, column + "[]").fill_null("null")
        return _joined_lists("[", texts, offsets, array, "]")

    def _map(self, array: Any, kind: t.MapType, column: str) -> Any:
        import pyarrow.compute as pc

        (keys, offsets), (values, _) = _children(array, array.keys), _children(array, array.items)
        names = self._text(keys, kind.keyType, column + "{}")
        if isinstance(kind.keyType, (t.NumericType, t.BooleanType)):
            if names.null_count:
                raise _Unwritable(column + "{}", "NaN or infinity as a key can't be null (nan_as=string is possible)")
            names = _join('"', pc.replace_substring(names, '"', ""), '"')
        texts = self._text(values, kind.valueType, column + "{}").fill_null("null")
        return _joined_lists("{", _join(names, ":", texts), offsets, array, "}")

    def _struct(self, array: Any, kind: t.StructType, column: str) -> Any:
        import pyarrow as pa

        text = self._object(array.flatten(), kind, column + ".") if kind.fields else pa.repeat("{}", len(array))
        return _null_as(array, text)

    def _object(self, arrays: list[Any], kind: t.StructType, prefix: str, end: str = "}") -> Any:
        import pyarrow.compute as pc

        texts = [self._text(array, field.dataType, prefix + field.name) for array, field in zip(arrays, kind.fields)]
        if not self._ignore_null_fields:
            texts = [text.fill_null("null") for text in texts]
        parts = []  # each member begins with a comma
        for field, text in zip(kind.fields, texts):
            name = f",{json.dumps(field.name, ensure_ascii=False)}:"
            parts += [_join(name, text)] if text.null_count else [name, text]
        if not any(text.null_count for text in texts):
            return _join("{" + parts[0][1:], *parts[1:], end)
        # Not null_handling="skip", with which Arrow drops the rows that have nothing but nulls.
        members = _join(*parts, null_handling="replace", null_replacement="")
        return _join(pc.binary_replace_slice(members, 0, 1, "{"), end)


_METHODS = {
    "NullType": "_null",
    "StringType": "_string",
    "CharType": "_string",
    "VarcharType": "_string",
    "BinaryType": "_binary",
    "BooleanType": "_as_cast",
    "ByteType": "_as_cast",
    "ShortType": "_as_cast",
    "IntegerType": "_as_cast",
    "LongType": "_as_cast",
    "FloatType": "_floating",
    "DoubleType": "_floating",
    "DecimalType": "_decimal",
    "DateType": "_date",
    "TimestampType": "_timestamp",
    "TimestampNTZType": "_timestamp_ntz",
    "TimeType": "_time",
    "DayTimeIntervalType": "_interval",
    "VariantType": "_variant",
    "ArrayType": "_array",
    "MapType": "_map",
    "StructType": "_struct",
}


class _Unwritable(Exception):
    def __init__(self, column: str, why: str):
        super().__init__(f"{column}: {why}")


def _check(kind: t.DataType, column: str) -> None:
    """OptionError for what can't be written, with what to do instead."""
    if isinstance(kind, t.UserDefinedType):
        kind = kind.sqlType()
    if isinstance(kind, t.StructType):
        twice = {name for name in kind.names if kind.names.count(name) > 1}
        if twice:
            raise OptionError(f"two columns have the name {column and column + '.'}{min(twice)}")
        for field in kind.fields:
            _check(field.dataType, f"{column}.{field.name}" if column else field.name)
    elif isinstance(kind, t.ArrayType):
        _check(kind.elementType, column + "[]")
    elif isinstance(kind, t.MapType):
        if isinstance(kind.keyType, (t.StructType, t.ArrayType)):
            raise OptionError(
                f"the column {column} has map keys of type {kind.keyType.simpleString()}, which can't be names in JSON"
            )
        _check(kind.keyType, column + "{}")
        _check(kind.valueType, column + "{}")
    elif type(kind).__name__ not in _METHODS:
        raise OptionError(
            f"the column {column} is {kind.simpleString()}, which can't be written: cast it, to STRING for example"
        )


# ---- Arrow ----


def _join(*parts: Any, **options: Any) -> Any:
    """Arrays and texts side by side: null where one of them is null."""
    import pyarrow.compute as pc

    return pc.binary_join_element_wise(*parts, "", **options)


def _cast_text(array: Any) -> Any:
    import pyarrow as pa

    return array.cast(pa.string())


def _integers(array: Any, name: str) -> Any:
    """The numbers inside of dates, times and intervals."""
    import pyarrow as pa

    return array.view(pa.type_for_alias(name))


def _within(numbers: Any, least: int, most: int) -> bool:
    import pyarrow.compute as pc

    bounds = pc.min_max(numbers).as_py()
    return bounds["min"] is None or (least <= bounds["min"] and bounds["max"] <= most)


def _each(array: Any, text: Any, quote: bool = True) -> Any:
    """`text` of each value that is not null, in Python."""
    import pyarrow as pa

    texts = pa.array([None if value is None else text(value) for value in array.to_pylist()], pa.string())
    return _join('"', texts, '"') if quote else texts


def _bytes(array: Any) -> memoryview:
    """What all strings of the array hold, one after the other, without a copy."""
    _, offsets, data = array.buffers()
    if data is None or not len(array):
        return memoryview(b"")
    bounds = memoryview(offsets).cast("i")
    return memoryview(data)[bounds[array.offset] : bounds[array.offset + len(array)]]


def _quoted(array: Any) -> Any:
    """JSON strings. Which characters have to be escaped is looked up first: mostly none."""
    import pyarrow.compute as pc

    found = set(bytes(_bytes(array)).translate(None, _UNESCAPED).decode())
    for character in sorted(
        found, key=lambda one: one != "\\"
    ):  # the backslash first, because the others bring new ones
        array = pc.replace_substring(array, character, _ESCAPES[character])
    return _join('"', array, '"')


def _children(array: Any, values: Any) -> tuple[Any, Any]:
    """The part of a list's or map's values that the array really shows, and where each list begins in it."""
    import pyarrow.compute as pc

    offsets = array.offsets
    first, last = offsets[0].as_py(), offsets[-1].as_py()
    return values.slice(first, last - first), pc.subtract(offsets, offsets[0]) if first else offsets


def _joined_lists(left: str, texts: Any, offsets: Any, array: Any, right: str) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    lists = pa.ListArray.from_arrays(offsets, texts)
    return _null_as(array, _join(left, pc.binary_join(lists, ","), right))


def _null_as(array: Any, texts: Any) -> Any:
    """`texts`, but null where `array` is."""
    import pyarrow.compute as pc

    return pc.if_else(array.is_valid(), texts, None) if array.null_count else texts


# ---- dates and times ----


def _wall_clock(array: Any) -> Any:
    """Timestamps without a zone as 2013-01-02T03:04:05.123456."""
    import pyarrow.compute as pc

    micros = _integers(array, "int64")
    if not _within(micros, _DAYS[0] * _DAY, (_DAYS[1] + 1) * _DAY - 1):
        return _each(micros, _far_timestamp, quote=False)
    return pc.binary_replace_slice(_cast_text(array), 10, 11, "T")


def _far_date(days: int) -> str:
    """Any day, in the proleptic Gregorian calendar, which repeats itself every 400 years."""
    eras, rest = divmod(days - _DAYS[0], 146_097)
    day = date.fromordinal(rest + 1)
    year = day.year + 400 * eras
    sign = "+" if year > 9999 else "-" if year < 0 else ""
    return f"{sign}{abs(year):04}-{day.month:02}-{day.day:02}"


def _far_timestamp(micros: int) -> str:
    days, micros = divmod(micros, _DAY)
    minutes, micros = divmod(micros, 60_000_000)
    seconds, micros = divmod(micros, 1_000_000)
    return f"{_far_date(days)}T{minutes // 60:02}:{minutes % 60:02}:{seconds:02}.{micros:06}"


def _offset(micros: int) -> str:
    if micros == 0:
        return "Z"
    minutes, seconds = divmod(abs(micros) // 1_000_000, 60)
    text = f"{'-' if micros < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"
    return f"{text}:{seconds:02}" if seconds else text


_UNITS = (("DAY", _DAY), ("HOUR", 3_600_000_000), ("MINUTE", 60_000_000), ("SECOND", 1_000_000))


def _day_time(micros: int, kind: t.DayTimeIntervalType) -> str:
    """As an SQL literal: INTERVAL '1 02:03:04.5' DAY TO SECOND. The first field takes all that is above it."""
    first, last = kind.startField, kind.endField
    rest, text = abs(micros), ""
    for field in range(first, last + 1):
        size = _UNITS[field][1]
        amount, rest = divmod(rest, size)
        between = "" if field == first else " " if field == first + 1 and first == 0 else ":"
        text += between + (str(amount) if field == 0 else f"{amount:02}")
    if last == 3 and rest:
        text += f".{rest:06}".rstrip("0")
    fields = _UNITS[first][0] if first == last else f"{_UNITS[first][0]} TO {_UNITS[last][0]}"
    return f"INTERVAL '{'-' if micros < 0 else ''}{text}' {fields}"


# ---- variants ----


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
