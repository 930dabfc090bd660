"""A schema from sample records, as Spark's JSON inference, but never a type in which a read would lose something.

Integers become BIGINT, beyond 64 bits DECIMAL, and beyond 38 digits STRING. Numbers with a fraction or an exponent
become DOUBLE; mixed with integers that a double can't hold, or beyond its range, STRING. Texts become STRING, never
dates. Where kinds are mixed, the column is STRING and holds the JSON text as it came; so it is where there was only
null, an empty object, or elements of empty arrays. Columns stand in the order in which they first appear.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from pyspark.sql import types as t

from restsrc.errors import InputError, RecordError, cut

EXACT_IN_DOUBLE = 2**53


def schema_of(
    lines: list[str],
    failfast: bool = True,
    corrupt_column: str | None = None,
    hints: Mapping[str, t.DataType] | None = None,
) -> t.StructType:
    """The schema that all records fit; `lines` has one JSON text for each.

    `hints` has the types of columns, or of members by their paths (`a.b`), whatever the sample says; those that it does
    not have come last. InputError where there is nothing to infer from, or where two names differ only in case. A
    record that is not an object is a RecordError with `failfast`; otherwise it is passed over, and `corrupt_column`,
    if there is one, is added for it.
    """
    found = _Kind()
    malformed = 0
    for number, line in enumerate(lines):
        record = json.loads(line, parse_int=_integer)
        if isinstance(record, dict):
            found.add(record)
        elif failfast:
            raise RecordError(f"record {number} of the sample is not a JSON object: {cut(line, 60)}")
        else:
            malformed += 1
    for path, kind in (hints or {}).items():
        found.hint(path, kind)
    if not found.members:
        why = "its records have no members" if lines else "no record came"
        raise InputError(f"no schema can be inferred, because {why}: give one with .schema(...)")
    schema = found.struct()
    _check_case(schema, "")
    return schema.add(corrupt_column, t.StringType()) if corrupt_column and malformed else schema


def _check_case(schema: t.StructType, path: str) -> None:
    """As Spark's own inference, which takes such names for one."""
    first: dict[str, str] = {}
    for field in schema.fields:
        other = first.setdefault(field.name.lower(), field.name)
        if other != field.name:
            raise InputError(
                f"the records have the members {path}{other} and {path}{field.name}, whose names differ only in case: "
                "give a schema with .schema(...), or keep one of them as text with raw_column"
            )
        kind = field.dataType
        while isinstance(kind, t.ArrayType):
            kind = kind.elementType
        if isinstance(kind, t.StructType):
            _check_case(kind, f"{path}{field.name}.")


def _integer(text: str) -> int | str:
    """An integer with more digits than any DECIMAL stays text: it becomes a STRING."""
    return int(text) if len(text.lstrip("-")) <= 38 else text


class _Kind:
    """What the values seen in one place have in common."""

    def __init__(self) -> None:
        self.kinds: set[str] = set()
        self.largest = 0  # of the integers, by absolute value
        self.fits_long = True
        self.members: dict[str, _Kind] = {}
        self.elements: _Kind | None = None
        self.told: t.DataType | None = None  # by a hint

    def add(self, value: Any) -> None:
        if isinstance(value, dict):
            self.kinds.add("object")
            for name, member in value.items():
                self.members.setdefault(name, _Kind()).add(member)
        elif isinstance(value, list):
            self.kinds.add("array")
            self.elements = self.elements or _Kind()
            for element in value:
                self.elements.add(element)
        elif isinstance(value, bool):
            self.kinds.add("boolean")
        elif isinstance(value, int):
            self.kinds.add("integer")
            self.largest = max(self.largest, abs(value))
            self.fits_long = self.fits_long and -(2**63) <= value < 2**63
        elif isinstance(value, float):
            self.kinds.add("fraction" if math.isfinite(value) else "text")
        elif value is not None:
            self.kinds.add("text")

    def hint(self, path: str, kind: t.DataType) -> None:
        """The member at `path` is of that type: a name, or names with dots between where no member has all of it."""
        name, dot, rest = path.partition(".")
        if dot and path not in self.members and name in self.members:
            inner = self.members[name]
            while inner.elements:
                inner = inner.elements
            inner.hint(rest, kind)
        else:
            self.members.setdefault(path, _Kind()).told = kind

    def struct(self) -> t.StructType:
        return t.StructType([t.StructField(name, kind.spark_type()) for name, kind in self.members.items()])

    def spark_type(self) -> t.DataType:
        if self.told:
            return self.told
        if self.kinds == {"object"} and self.members:
            return self.struct()
        if self.kinds == {"array"} and self.elements:
            return t.ArrayType(self.elements.spark_type())
        if self.kinds == {"boolean"}:
            return t.BooleanType()
        if self.kinds == {"integer"}:
            return t.LongType() if self.fits_long else t.DecimalType(len(str(self.largest)), 0)
        if self.kinds == {"fraction"} or (self.kinds == {"fraction", "integer"} and self.largest <= EXACT_IN_DOUBLE):
            return t.DoubleType()
        return t.StringType()
