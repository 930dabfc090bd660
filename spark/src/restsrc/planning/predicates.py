"""Spark's filters as what a server may be asked: never less than Spark itself lets through.

A server may keep more digits than a column has, times of day where the column has dates, or fractions of a second that
it does not show. So bounds of such values are moved outward. What can't be asked safely is left out: order of strings
(servers sort by language, Spark by bytes), floating point numbers, and NOT of anything but numbers and booleans.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal, localcontext
from typing import Any

from pyspark.sql import types as t

from restsrc.errors import cut
from restsrc.planning.dialects import MOST_LISTED, Moment
from restsrc.times import TimeForm

INTEGERS = (t.ByteType, t.ShortType, t.IntegerType, t.LongType)
COMPARISONS = {
    "GreaterThan": ">",
    "GreaterThanOrEqual": ">=",
    "LessThan": "<",
    "LessThanOrEqual": "<=",
}
PATTERNS = {"StringStartsWith": "startsWith", "StringEndsWith": "endsWith", "StringContains": "contains"}
EXACT = 2**53  # whole numbers beyond are not all different as doubles


@dataclass(frozen=True)
class Predicate:
    """What a record that is asked for fulfils; `filter` is the text of what Spark filters by."""

    path: tuple[str, ...]
    operator: str
    value: Any
    filter: str

    def holds(self, value: Any) -> bool:
        """Whether a value of the column fulfils it, as far as a server is sure to agree."""
        if self.operator in ("is null", "is not null"):
            return (value is None) == (self.operator == "is null")
        if isinstance(value, Decimal) and self.operator[0] in "<>" and self.operator != "<>":
            half = Decimal(5).scaleb(int(value.as_tuple().exponent) - 1)  # Spark has rounded it
            value = _sum(value, half if self.operator[0] == ">" else -half)
        return value is not None and _TESTS[self.operator](_comparable(value), _comparable(self.value))


_TESTS: dict[str, Any] = {
    "=": lambda one, other: one == other,
    "<>": lambda one, other: one != other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
    "in": lambda one, others: one in others,
    "not in": lambda one, others: one not in others,
    "startsWith": lambda one, other: one.startswith(other),
    "endsWith": lambda one, other: one.endswith(other),
    "contains": lambda one, other: other in one,
}


def _comparable(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_comparable, value))
    if isinstance(value, str):
        return value.strip().casefold()
    if isinstance(value, datetime):
        return value.replace(tzinfo=value.tzinfo or timezone.utc).timestamp() * 1000
    return value.ms if isinstance(value, Moment) else value


@dataclass(frozen=True)
class Reading:
    """How filters are read: the columns by their paths, how times are written, and whether a null may be a misfit."""

    schema: t.StructType
    form: TimeForm
    misfits_are_null: bool = False

    def predicates(self, filters: Sequence[Any]) -> list[Predicate]:
        """All that the filters, which Spark joins by AND, let a server be asked."""
        found = [one for each in filters for one in self._of(each)]
        tested = {one.path for one in found if one.operator != "is not null"}
        return [one for one in found if one.operator != "is not null" or one.path not in tested]

    def _of(self, given: Any) -> Iterator[Predicate]:
        negated = type(given).__name__ == "Not"
        inner = given.child if negated else given
        kind = self.type_of(inner.attribute)
        if kind is None:
            return
        text = f"NOT ({_text(inner)})" if negated else _text(inner)
        try:
            asked = list(self._negated(inner, kind) if negated else self._asked(inner, kind))
        except (OverflowError, ValueError):  # times near the ends of the calendar
            return
        for operator, value in asked:
            yield Predicate(tuple(inner.attribute), operator, value, text)

    def type_of(self, path: Sequence[str]) -> t.DataType | None:
        """The type of a column or of a field in one; None where there is none, or that is no simple value."""
        kind: t.DataType = self.schema
        for name in path:
            if not isinstance(kind, t.StructType) or name not in kind.names:
                return None
            kind = kind[name].dataType
        simple = (*INTEGERS, t.DecimalType, t.BooleanType, t.DateType, t.TimestampType)
        return kind if isinstance(kind, simple) or kind.simpleString() == "string" else None

    def _asked(self, given: Any, kind: t.DataType) -> Iterator[tuple[str, Any]]:
        name = type(given).__name__
        value: Any = getattr(given, "value", None)
        if name == "IsNull" or (name == "EqualNullSafe" and value is None):
            # A null of Spark's may be a member that does not fit, or a part of something that is not there.
            if not self.misfits_are_null and len(given.attribute) == 1:
                yield "is null", None
        elif name == "IsNotNull":
            yield "is not null", None
        elif name in ("EqualTo", "EqualNullSafe"):
            yield from self._between(kind, value, value)
        elif name == "In":
            yield from self._one_of(kind, [one for one in value if one is not None])
        elif name in PATTERNS and kind.simpleString() == "string":
            yield PATTERNS[name], value
        elif name in COMPARISONS and kind.simpleString() not in ("string", "boolean"):
            yield from self._compared(kind, COMPARISONS[name], value)

    def _compared(self, kind: t.DataType, operator: str, value: Any) -> Iterator[tuple[str, Any]]:
        if isinstance(kind, INTEGERS) and abs(value) < EXACT:
            yield operator, int(value)
        elif operator[0] == ">":
            yield from self._between(kind, value, None)
        else:
            yield from self._between(kind, None, value)

    def _between(self, kind: t.DataType, low: Any, high: Any) -> Iterator[tuple[str, Any]]:
        """From `low` to `high`, both included, moved outward as far as the type needs it. None: no bound."""
        if low is not None and low == high and isinstance(kind, (t.StringType, t.BooleanType, *INTEGERS)):
            yield "=", low
            return
        if low is not None:
            yield ">=", self._bound(kind, low, False)
        if high is not None:
            yield ("<" if isinstance(kind, t.DateType) else "<="), self._bound(kind, high, True)

    def _bound(self, kind: t.DataType, value: Any, upper: bool) -> Any:
        if isinstance(kind, t.DecimalType):
            half = Decimal(5).scaleb(-kind.scale - 1)
            return _sum(value, half if upper else -half)
        if isinstance(kind, t.DateType):  # the API may keep a time, in another zone
            return value + timedelta(days=2 if upper else -1)
        if isinstance(kind, t.TimestampType):
            ms = self.form.floor((value - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(milliseconds=1))
            return self._moment(self.form.after(ms) if upper else self.form.before(ms))
        return value

    def _moment(self, ms: int) -> Moment:
        datetime.fromtimestamp(ms / 1000, timezone.utc)  # OverflowError or ValueError where there is no such year
        return Moment(ms, self.form.text(ms))

    def _one_of(self, kind: t.DataType, values: list[Any]) -> Iterator[tuple[str, Any]]:
        if not values:
            return
        if isinstance(kind, t.StringType) or (isinstance(kind, INTEGERS) and len(values) <= MOST_LISTED):
            yield "in", tuple(sorted(values))
        elif not isinstance(kind, t.BooleanType):
            yield from self._between(kind, min(values), max(values))

    def _negated(self, given: Any, kind: t.DataType) -> Iterator[tuple[str, Any]]:
        """NOT is asked only where the server's equality can't be wider than Spark's."""
        name = type(given).__name__
        value: Any = getattr(given, "value", None)
        if name == "IsNull" or (name == "EqualNullSafe" and value is None):
            yield "is not null", None
        elif name == "EqualTo" and isinstance(kind, t.BooleanType):
            yield "=", not value
        elif name == "EqualTo" and _distinct(kind, [value]):
            yield "<>", value
        elif name == "In" and _distinct(kind, value):
            yield "not in", tuple(sorted(value))


def _distinct(kind: t.DataType, values: Sequence[Any]) -> bool:
    """Whether no server takes another number for one of these."""
    if isinstance(kind, INTEGERS):
        return all(value is not None and abs(value) < EXACT for value in values)
    return isinstance(kind, t.DecimalType) and all(
        value is not None and len(value.normalize().as_tuple().digits) <= 15 for value in values
    )


def _sum(one: Decimal, other: Decimal) -> Decimal:
    """Exactly: Spark has 38 digits, Decimal's own + rounds to 28."""
    with localcontext() as context:
        context.prec = 80
        return one + other


def _text(given: Any) -> str:
    """A filter for messages."""
    name = ".".join(given.attribute)
    operator = COMPARISONS.get(type(given).__name__) or PATTERNS.get(type(given).__name__)
    operator = operator or {"EqualTo": "=", "EqualNullSafe": "<=>", "In": "IN", "IsNull": "IS NULL"}.get(
        type(given).__name__, "IS NOT NULL"
    )
    value: Any = getattr(given, "value", None)
    shown = repr(value) if isinstance(value, str) else str(value)
    return f"{name} {operator}" + ("" if operator.startswith("IS") else f" {cut(shown, 60)}")
