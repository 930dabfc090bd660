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

import re
from collections.abc import Callable
from decimal import DecimalException
from json import decoder
from typing import Any

from pyspark.sql import types as t

from restsrc.errors import OptionError, cut
from restsrc.rows.scalars import SCALARS, Converter, Formats, Refused

Row = list[Any]
Parser = Callable[[str, int], tuple[Any, int]]
Unknown = list[tuple[str, str]]

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
        reason = f" ({self.why})" if self.why else ""
        return f"{self.path or 'the record'}: {cut(self.json_text, 60)} is not a valid {self.type_name}{reason}"


class RecordParser:
    """Turns one line of JSON into a row: a list of what pyarrow takes for the columns of `schema`."""

    def __init__(
        self, schema: t.StructType, time_zone: str, formats: Formats | None = None, unknown: Unknown | None = None
    ):
        """`unknown` gets, for the record parsed last, each member that is not null and has no column.

        It gets the member's path and its JSON text; in arrays and maps the path has [] and {}.
        """
        self._errors: list[BadValue] = []
        self._unknown = unknown
        self._parse = _Builder(time_zone, formats or Formats(), self._errors, unknown).members(schema, "")
        self._width = len(schema.fields)

    def parse(self, line: str) -> tuple[Row, BadValue | None]:
        """The row, and the first thing that is wrong with it, if any.

        Columns with bad values are None, as in mode PERMISSIVE.
        """
        self._errors.clear()
        if self._unknown is not None:
            self._unknown.clear()
        start = _skip_space(line, 0)
        if line[start : start + 1] != "{":
            return [None] * self._width, BadValue(line, "record", _not_an_object(line[start : start + 1], self._width))
        try:
            row, _ = self._parse(line, start)
        except (ValueError, IndexError, StopIteration):  # not JSON: the tool writes no such line
            return [None] * self._width, BadValue(line, "record", "not JSON")
        return row, self._errors[0] if self._errors else None


def _not_an_object(first: str, columns: int) -> str:
    if first == "[":
        return f"not a JSON object, nor an array of {columns} values for the {columns} columns"
    return "not a JSON object"


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


# Numbers stay the text they are. The first character of the value shows whether it is a number or a string.
_json = decoder.JSONDecoder(parse_int=str, parse_float=str, parse_constant=_no_constant)
_scan: Parser = _json.scan_once  # type: ignore[attr-defined]
_space: Callable[[str, int], re.Match[str]] = re.compile(r"[ \t\r\n]*").match  # type: ignore[assignment]  # never None
_SPACE = frozenset(" \t\r\n")


def _skip_space(text: str, at: int) -> int:
    return _space(text, at).end()


def elements(text: str) -> list[str]:
    """The texts of the elements of the JSON array that `text` is."""
    found, at = [], _skip_space(text, 1)
    while text[at] != "]":
        end = _scan(text, at)[1]
        found.append(text[at:end])
        at = _next(text, end)
    return found


def member(text: str, name: str) -> tuple[int, int] | None:
    """Where the value of the member `name` is in the JSON text; None where there is none, or `text` is no object."""
    if text[:1] != "{":
        return None
    at, found = _skip_space(text, 1), None
    while text[at] != "}":
        key, at = _member(text, at)
        end = _scan(text, at)[1]
        found = (at, end) if key == name else found
        at = _next(text, end)
    return found


class _Builder:
    """Makes parsers. Those of structs catch the errors of fields, so that the other fields still get their values."""

    def __init__(self, time_zone: str, formats: Formats, errors: list[BadValue], unknown: Unknown | None):
        self._time_zone = time_zone
        self._formats = formats
        self._errors = errors
        self._unknown = unknown

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
        if isinstance(kind, t.VariantType):
            return _variant
        if isinstance(kind, t.NullType):
            return _void
        for spark_type, make in SCALARS.items():
            if isinstance(kind, spark_type):
                return _scalar(kind.simpleString().upper(), make(kind, self._time_zone, self._formats))
        way = "; read it as STRING and cast it" if isinstance(kind, t.YearMonthIntervalType) else ""
        raise OptionError(f"column {path}: the type {kind.simpleString()} can't be read from JSON records{way}")

    def members(self, kind: t.StructType, path: str) -> Callable[[str, int], tuple[Row, int]]:
        """The parser of an object's members by the fields of `kind`, as a list; the text must be at its `{`."""
        inside = path + "." if path else ""
        fields = {f.name: (place, self.parser(f.dataType, inside + f.name)) for place, f in enumerate(kind.fields)}
        required = [(place, f) for place, f in enumerate(kind.fields) if not f.nullable]
        width, errors, unknown = len(kind.fields), self._errors, self._unknown

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
                    elif unknown is not None and value is not None:
                        unknown.append((inside + name, text[value_at:at]))
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


def _variant(text: str, at: int) -> tuple[dict[str, bytes] | None, int]:
    _value, end = _scan(text, at)
    try:
        made = t.VariantVal.parseJson(text[at:end])
    except Exception:  # it is a PySparkException for a value that is too large
        raise BadValue(text[at:end], "VARIANT") from None
    return {"value": bytes(made.value), "metadata": bytes(made.metadata)}, end


def _void(text: str, at: int) -> tuple[None, int]:
    return None, _scan(text, at)[1]


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
