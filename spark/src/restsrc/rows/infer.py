"""A schema from sample records: as Spark's JSON inference, except that nothing a later read would lose is chosen.

Integers are BIGINT, beyond 64 bits DECIMAL, beyond 38 digits STRING; numbers with a fraction or exponent DOUBLE, mixed with integers
that a double can't hold STRING (so are numbers beyond its range); texts STRING, never dates. What mixes kinds is STRING, which
holds the JSON text as it came; so is what was only null, an empty object or an element of empty arrays. Columns stand in the
order of their first appearance.
"""

from __future__ import annotations

import json
import math
from typing import Any

from pyspark.sql import types as t

from restsrc.errors import InputError, RecordError

EXACT_IN_DOUBLE = 2**53


def schema_of(lines: "list[str]", failfast: bool = True, corrupt_column: "str | None" = None) -> t.StructType:
    """The schema that all records fit. InputError where there is nothing to infer from.

    A record that is no object is an error with `failfast`; else it is passed over, and `corrupt_column` is added for it.
    """
    found = _Kind()
    malformed = 0
    for number, line in enumerate(lines):
        record = json.loads(line, parse_int=_integer)
        if isinstance(record, dict):
            found.add(record)
        elif failfast:
            raise RecordError(f"record {number} of the sample is not a JSON object: {line[:60]}")
        else:
            malformed += 1
    if not found.members:
        why = "its records have no members" if lines else "no record came"
        raise InputError(f"no schema can be inferred, for {why}: give one with .schema(...)")
    schema = found.spark_type()
    return schema.add(corrupt_column, t.StringType()) if corrupt_column and malformed else schema


def _integer(text: str) -> "int | str":
    """Beyond the digits of any DECIMAL the text is good enough: it will be a STRING."""
    return int(text) if len(text.lstrip("-")) <= 38 else text


class _Kind:
    """What the values seen in one place have in common."""

    def __init__(self) -> None:
        self.kinds: "set[str]" = set()
        self.largest = 0  # of the integers, by absolute value
        self.fits_long = True
        self.members: "dict[str, _Kind]" = {}
        self.elements: "_Kind | None" = None

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

    def spark_type(self) -> t.DataType:
        if self.kinds == {"object"} and self.members:
            return t.StructType([t.StructField(name, kind.spark_type()) for name, kind in self.members.items()])
        if self.kinds == {"array"}:
            return t.ArrayType(self.elements.spark_type())
        if self.kinds == {"boolean"}:
            return t.BooleanType()
        if self.kinds == {"integer"}:
            return t.LongType() if self.fits_long else t.DecimalType(len(str(self.largest)), 0)
        if self.kinds == {"fraction"} or (self.kinds == {"fraction", "integer"} and self.largest <= EXACT_IN_DOUBLE):
            return t.DoubleType()
        return t.StringType()
