"""The exact path: one record at a time, with the semantics of Spark's own JSON reader.

A parser is built once from the schema: a function `(text, at) -> (value, end)` for each type. It walks the record's
text, so that a string column can take any JSON value as it is written, numbers are seen as they are written, and both
of two members of one name are seen. The C scanner of Python's json reads scalars and skips what the schema does not
want.

Where Spark's reader would silently change a value, the value is malformed here: 128 to 255 in a TINYINT (Spark:
negative numbers), and seconds beyond the range of TIMESTAMP (Spark: wraps around). And -0 in a DOUBLE stays -0.0
(Spark: 0.0). A lone surrogate, which no Spark string can hold, becomes `?` as in Spark.
"""

from __future__ import annotations

import math
import re
import struct
from base64 import b64decode
from collections.abc import Callable
from decimal import (
    MAX_EMAX,
    MIN_EMIN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DecimalException,
)
from json import decoder
from typing import Any

from pyspark.sql import types as t

from restsrc.errors import OptionError
from restsrc.rows import spark_time

Row = list[Any]
Parser = Callable[[str, int], tuple[Any, int]]

scanstring: Callable[[str, int], tuple[str, int]] = decoder.scanstring  # type: ignore[attr-defined]


class BadValue(ValueError):
    """A JSON value that its column can't hold."""

    def __init__(self, json_text: str, type_name: str, why: str = ""):
        super().__init__()
        self.json_text, self.type_name, self.why, self.path = json_text, type_name, why, ""

    def at(self, path: str) -> BadValue:
        self.path = path
        return self

    def __str__(self) -> str:
        shown = self.json_text if len(self.json_text) <= 60 else self.json_text[:57] + "..."
        reason = f" ({self.why})" if self.why else ""
        return f"{self.path or 'the record'}: {shown} is not a valid {self.type_name}{reason}"


class RecordParser:
    """Turns one line of JSON into a row: a list of what pyarrow takes for the columns of `schema`."""

    def __init__(self, schema: t.StructType, time_zone: str):
        self._errors: list[BadValue] = []
        self._parse = _Builder(time_zone, self._errors).members(schema, "")
        self._width = len(schema.fields)

    def parse(self, line: str) -> tuple[Row, BadValue | None]:
        """The row, and the first thing that is wrong with it, if any.

        Columns with bad values are None, as in mode PERMISSIVE.
        """
        self._errors.clear()
        start = _skip_space(line, 0)
        if line[start : start + 1] != "{":
            return [None] * self._width, BadValue(line, "record", "not a JSON object")
        try:
            row, _ = self._parse(line, start)
        except (ValueError, IndexError, StopIteration):  # not JSON: the tool writes no such line
            return [None] * self._width, BadValue(line, "record", "not JSON")
        return row, self._errors[0] if self._errors else None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


# Numbers stay the text they are. The first character of the value shows whether it is a number or a string.
_json = decoder.JSONDecoder(parse_int=str, parse_float=str, parse_constant=_no_constant)
_scan: Parser = _json.scan_once  # type: ignore[attr-defined]
_space: Callable[[str, int], re.Match[str]] = re.compile(r"[ \t\r\n]*").match  # type: ignore[assignment]  # never None
_SPACE = frozenset(" \t\r\n")


def _skip_space(text: str, at: int) -> int:
    return _space(text, at).end()


class _Builder:
    """Makes parsers. Those of structs catch the errors of fields, so that the other fields still get their values."""

    def __init__(self, time_zone: str, errors: list[BadValue]):
        self._time_zone = time_zone
        self._errors = errors

    def parser(self, kind: t.DataType, path: str) -> Parser:
        """The parser of a value of type `kind` in the column or nested field `path`."""
        if isinstance(kind, t.StructType):
            return self._struct(kind, path)
        if isinstance(kind, t.ArrayType):
            return self._array(kind, path)
        if isinstance(kind, t.MapType):
            return self._map(kind, path)
        if isinstance(kind, t.StringType):
            return _string
        for spark_type, make in _SCALARS.items():
            if isinstance(kind, spark_type):
                return _scalar(kind.simpleString().upper(), make(kind, self._time_zone))
        raise OptionError(f"column {path}: the type {kind.simpleString()} can't be read from JSON records")

    def members(self, kind: t.StructType, path: str) -> Callable[[str, int], tuple[Row, int]]:
        """The parser of an object's members by the fields of `kind`, as a list; the text must be at its `{`."""
        inside = path + "." if path else ""
        fields = {f.name: (place, self.parser(f.dataType, inside + f.name)) for place, f in enumerate(kind.fields)}
        required = [(place, f) for place, f in enumerate(kind.fields) if not f.nullable]
        width, errors = len(kind.fields), self._errors

        def parse(text: str, at: int) -> tuple[Row, int]:
            row: Row = [None] * width
            at += 1
            if text[at] in _SPACE:
                at = _skip_space(text, at)
            while text[at] != "}":
                name, value_at = scanstring(text, at + 1)
                value_at = value_at + 1 if text[value_at] == ":" else _skip_space(text, value_at) + 1
                if text[value_at] in _SPACE:
                    value_at = _skip_space(text, value_at)
                place, parse_value = fields.get(name, _UNKNOWN)
                try:
                    value, at = parse_value(text, value_at)
                    if place is not None:
                        row[place] = value
                except BadValue as error:
                    errors.append(error.at(inside + name))
                    at = _scan(text, value_at)[1]
                if text[at] == "," and text[at + 1] == '"':
                    at += 1
                else:
                    at = _next(text, at)
            for place, field in required:
                if row[place] is None:
                    type_name = f"{field.dataType.simpleString().upper()} NOT NULL"
                    errors.append(BadValue("null", type_name).at(inside + field.name))
            return row, at + 1

        return parse

    def _struct(self, kind: t.StructType, path: str) -> Parser:
        members, names, type_name = self.members(kind, path), kind.names, kind.simpleString().upper()

        def parse(text: str, at: int) -> tuple[dict[str, Any] | None, int]:
            if text[at] != "{":
                return _null(text, at, type_name)
            row, end = members(text, at)
            return dict(zip(names, row)), end

        return parse

    def _array(self, kind: t.ArrayType, path: str) -> Parser:
        element, type_name = self.parser(kind.elementType, path + "[]"), kind.simpleString().upper()

        def parse(text: str, at: int) -> tuple[Row | None, int]:
            if text[at] != "[":
                return _null(text, at, type_name)
            values = []
            at = _skip_space(text, at + 1)
            while text[at] != "]":
                value, at = element(text, at)
                values.append(value)
                at = _next(text, at)
            if not kind.containsNull and None in values:
                raise BadValue("null", "element of an ARRAY without nulls")
            return values, at + 1

        return parse

    def _map(self, kind: t.MapType, path: str) -> Parser:
        if not isinstance(kind.keyType, t.StringType):
            raise OptionError(f"column {path}: the keys of a map read from JSON must be strings")
        value_parser, type_name = self.parser(kind.valueType, path + "{}"), kind.simpleString().upper()

        def parse(text: str, at: int) -> tuple[Row | None, int]:
            if text[at] != "{":
                return _null(text, at, type_name)
            entries = []
            at = _skip_space(text, at + 1)
            while text[at] != "}":
                name, at = _member(text, at)
                value, at = value_parser(text, at)
                if value is None and not kind.valueContainsNull:
                    raise BadValue("null", "value of a MAP without nulls")
                entries.append((_storable(name), value))
                at = _next(text, at)
            return entries, at + 1

        return parse


_UNKNOWN = (None, _scan)


def _member(text: str, at: int) -> tuple[str, int]:
    """A member's name and where its value starts; `at` is its opening quote."""
    name, at = scanstring(text, at + 1)
    return name, _skip_space(text, _skip_space(text, at) + 1)


def _next(text: str, at: int) -> int:
    """From the end of a member or element to the start of the next or to the closing bracket."""
    at = _skip_space(text, at)
    return _skip_space(text, at + 1) if text[at] == "," else at


def _null(text: str, at: int, type_name: str) -> tuple[None, int]:
    value, end = _scan(text, at)
    if value is not None:
        raise BadValue(text[at:end], type_name)
    return None, end


def _storable(value: str) -> str:
    """`value` as a Spark string can hold it."""
    if value.isascii():
        return value
    return value.encode("utf-8", "replace").decode("utf-8")


def _string(text: str, at: int) -> tuple[str | None, int]:
    if text[at] == '"':
        value, end = scanstring(text, at + 1)
        return _storable(value), end
    value, end = _scan(text, at)
    return (None if value is None else text[at:end]), end


def _scalar(type_name: str, convert: Converter) -> Parser:
    """The parser of a value that is not a container; `convert` raises ValueError for what the type can't hold."""

    def parse(text: str, at: int) -> tuple[Any, int]:
        value, end = _scan(text, at)
        if value is None:
            return None, end
        try:
            return convert(value, text[at] == '"'), end
        except (ValueError, DecimalException) as error:
            why = str(error) if type(error) is Refused else ""
            raise BadValue(text[at:end], type_name, why) from None

    return parse


class Refused(ValueError):
    """Says why a value is malformed, where that can't be seen at once."""


# From a scanned value to what the column gets. The second argument says whether it is a JSON string: a number is
# a str here too.
Converter = Callable[[Any, bool], Any]


def _integer(bits: int) -> Converter:
    bound = 1 << (bits - 1)

    def convert(value: Any, is_string: bool) -> int:
        if is_string or type(value) is not str:
            raise ValueError
        if len(value) > 20 and value.lstrip("-").isdigit():
            raise Refused("out of range")
        number = int(value)
        if not -bound <= number < bound:
            raise Refused("out of range")
        return number

    return convert


_NOT_FINITE = {
    "NaN": math.nan,
    "Infinity": math.inf,
    "+Infinity": math.inf,
    "+INF": math.inf,
    "-Infinity": -math.inf,
    "-INF": -math.inf,
}


def _double(value: Any, is_string: bool) -> float:
    if type(value) is not str:
        raise ValueError
    if not is_string:
        return float(value)
    if value not in _NOT_FINITE:
        raise ValueError
    return _NOT_FINITE[value]


def _single(value: Any, is_string: bool) -> float:
    """A double that rounds to the nearest single-precision number of what is written.

    Rounding the nearest double again can miss it, so a double that is not exact is made odd in its last bit.
    """
    number = _double(value, is_string)
    if is_string or number == 0 or math.isinf(number):
        return number
    error = Decimal(number) - Decimal(value)
    if not error:
        return number
    if (error > 0) == (number > 0):
        number = math.nextafter(number, 0.0)
    bits: int = struct.unpack("<Q", struct.pack("<d", number))[0]
    odd: float = struct.unpack("<d", struct.pack("<Q", bits | 1))[0]
    return odd


def _boolean(value: Any, is_string: bool) -> bool:
    if value is True or value is False:
        return value
    raise ValueError


_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def _decimal(kind: t.DecimalType) -> Converter:
    context = Context(prec=kind.precision, rounding=ROUND_HALF_UP, Emax=MAX_EMAX, Emin=MIN_EMIN)
    unit = Decimal(1).scaleb(-kind.scale)

    def convert(value: Any, is_string: bool) -> Decimal:
        if type(value) is not str:
            raise ValueError
        if is_string:
            value = value.replace(",", "")
            if not _DECIMAL.fullmatch(value):
                raise ValueError
        return context.quantize(Decimal(value), unit)

    return convert


def _date(value: Any, is_string: bool) -> int:
    if not is_string:
        raise ValueError
    return spark_time.date_days(value)


def _timestamp(time_zone: str) -> Converter:
    seconds = _integer(64)

    def convert(value: Any, is_string: bool) -> int:
        if is_string:
            return spark_time.timestamp_micros(value, time_zone)
        micros = int(seconds(value, False)) * 1_000_000  # a number is seconds since 1970
        if not -(2**63) <= micros < 2**63:
            raise Refused("out of range")
        return micros

    return convert


def _timestamp_ntz(value: Any, is_string: bool) -> int:
    if not is_string:
        raise ValueError
    return spark_time.timestamp_micros(value, None)


_BASE64 = re.compile(r"(?:[\x00-\x20]*[A-Za-z0-9+/]{2}(?:[A-Za-z0-9+/]{2}|[A-Za-z0-9+/]=|==))*[\x00-\x20]*")


def _binary(value: Any, is_string: bool) -> bytes:
    """Base64 with padding; white space only between groups of four, as Jackson has it."""
    if not is_string:
        raise ValueError
    if not _BASE64.fullmatch(value):
        raise Refused("not base64")
    # Padding may also stand inside: each run that ends in it is decoded alone.
    return b"".join(map(b64decode, re.findall(r"[^=]+={0,2}", value)))


# Type -> its converter, made from the type and the time zone.
_SCALARS: dict[type, Callable[[Any, str], Converter]] = {
    t.ByteType: lambda kind, zone: _integer(8),
    t.ShortType: lambda kind, zone: _integer(16),
    t.IntegerType: lambda kind, zone: _integer(32),
    t.LongType: lambda kind, zone: _integer(64),
    t.FloatType: lambda kind, zone: _single,
    t.DoubleType: lambda kind, zone: _double,
    t.BooleanType: lambda kind, zone: _boolean,
    t.DecimalType: lambda kind, zone: _decimal(kind),
    t.DateType: lambda kind, zone: _date,
    t.TimestampType: lambda kind, zone: _timestamp(zone),
    t.TimestampNTZType: lambda kind, zone: _timestamp_ntz,
    t.BinaryType: lambda kind, zone: _binary,
}
