"""Columns and their types as Spark's DDL has them: `id long, tags map<string,string>`.

Spark's own parser needs the JVM, which the processes that plan a read do not have.
"""

from __future__ import annotations

import re

from pyspark.sql import types as t

_TOKEN = re.compile(r"\s*(?:`((?:[^`]|``)*)`|([A-Za-z0-9_.$@-]+)|([<>(),:]))\s*")

_SIMPLE: dict[str, type[t.DataType]] = {
    **dict.fromkeys(("boolean", "bool"), t.BooleanType),
    **dict.fromkeys(("tinyint", "byte"), t.ByteType),
    **dict.fromkeys(("smallint", "short"), t.ShortType),
    **dict.fromkeys(("int", "integer"), t.IntegerType),
    **dict.fromkeys(("bigint", "long"), t.LongType),
    **dict.fromkeys(("float", "real"), t.FloatType),
    **dict.fromkeys(("string", "text"), t.StringType),
    **dict.fromkeys(("decimal", "dec", "numeric"), t.DecimalType),
    "double": t.DoubleType,
    "binary": t.BinaryType,
    "date": t.DateType,
    "timestamp": t.TimestampType,
    "timestamp_ltz": t.TimestampType,
    "timestamp_ntz": t.TimestampNTZType,
    "variant": t.VariantType,
    "void": t.NullType,
}


def fields(text: str) -> dict[str, t.DataType]:
    """The columns of `text` and their types. ValueError, with what is wrong, where it is not DDL."""
    reader = _Reader(text)
    found = reader.members("")
    if reader.peek():
        raise ValueError(f"{reader.peek()!r} is not expected there")
    return found


class _Reader:
    def __init__(self, text: str):
        self._tokens: list[tuple[str, bool]] = []  # and whether it is quoted
        at = 0
        while at < len(text):
            match = _TOKEN.match(text, at)
            if not match:
                raise ValueError(f"{text[at : at + 10]!r} is not expected there")
            quoted, word, sign = match.groups()
            self._tokens.append((quoted.replace("``", "`"), True) if quoted is not None else (word or sign, False))
            at = match.end()
        self._at = 0

    def peek(self) -> str:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""

    def take(self, wanted: str = "") -> str:
        token = self.peek()
        if not token or (wanted and token != wanted):
            raise ValueError(f"{wanted or 'something'} is missing before {token!r}" if token else "its end is missing")
        self._at += 1
        return token

    def members(self, end: str) -> dict[str, t.DataType]:
        """NAME TYPE, NAME: TYPE ... up to `end`."""
        found: dict[str, t.DataType] = {}
        while not found or self.peek() == ",":
            if found:
                self.take(",")
            name = self.take()
            if self.peek() == ":":
                self.take(":")
            found[name] = self.type()
        if end:
            self.take(end)
        return found

    def type(self) -> t.DataType:
        name = self.take().lower()
        if name == "array":
            self.take("<")
            element = self.type()
            self.take(">")
            return t.ArrayType(element)
        if name == "map":
            self.take("<")
            key = self.type()
            self.take(",")
            value = self.type()
            self.take(">")
            return t.MapType(key, value)
        if name == "struct":
            self.take("<")
            return t.StructType([t.StructField(*field) for field in self.members(">").items()])
        if name not in _SIMPLE:
            raise ValueError(f"there is no type {name}")
        if self.peek() == "(" and _SIMPLE[name] is t.DecimalType:
            return self._decimal()
        return _SIMPLE[name]()

    def _decimal(self) -> t.DecimalType:
        self.take("(")
        precision, scale = int(self.take()), 0
        if self.peek() == ",":
            self.take(",")
            scale = int(self.take())
        self.take(")")
        return t.DecimalType(precision, scale)
