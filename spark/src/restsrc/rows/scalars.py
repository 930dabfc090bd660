"""What a JSON value that is neither object nor array becomes in a column of each type, as Spark's JSON reader has it.

A converter gets the value as the C scanner of Python's json gives it, with numbers still the text they are, and
whether it was a JSON string. It raises ValueError for what the type can't hold.
"""

from __future__ import annotations

import math
import re
import struct
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_UP, Context, Decimal
from typing import Any

from pyspark.sql import types as t

from restsrc.rows import spark_time
from restsrc.rows.time_pattern import TimePattern


@dataclass(frozen=True)
class Formats:
    """How times are written where it is not as Spark takes them unasked. `unit` is a key of UNITS, for numbers."""

    timestamp: TimePattern | None = None
    date: TimePattern | None = None
    unit: str = ""


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


def _date(formats: Formats) -> Converter:
    read = formats.date.days if formats.date else spark_time.date_days

    def convert(value: Any, is_string: bool) -> int:
        if not is_string:
            raise ValueError
        return read(value)

    return convert


LAST_SECOND = 253_402_300_799  # the end of the year 9999: larger numbers are hardly seconds
UNITS = {"s": Decimal(1_000_000), "ms": Decimal(1000), "us": Decimal(1), "ns": Decimal("0.001")}  # microseconds in one
_NET_DATE = re.compile(r"/Date\((-?[0-9]+)(?:[+-][0-9]{4})?\)/", re.ASCII)


def _timestamp(zone: str, formats: Formats) -> Converter:
    text = _text_time(zone, formats)

    def convert(value: Any, is_string: bool) -> int:
        if type(value) is not str:
            raise ValueError
        if not is_string:
            return _seconds(value) if not formats.unit else _epoch(value, formats.unit)
        if formats.unit:
            net = _NET_DATE.fullmatch(value)
            if (net and formats.unit == "ms") or _DECIMAL.fullmatch(value):
                return _epoch(net[1] if net else value, formats.unit)
        return text(value)

    return convert


def _seconds(value: str) -> int:
    """As Spark takes a number where nothing is said, if it can be seconds."""
    seconds = int(_integer(64)(value, False))
    if abs(seconds) > LAST_SECOND:
        raise Refused("in seconds that is after the year 9999; the option timestamp_unit says if it is ms, us or ns")
    return seconds * 1_000_000


def _epoch(value: str, unit: str) -> int:
    micros = int(Decimal(value) * UNITS[unit])
    if not -(2**63) <= micros < 2**63:
        raise Refused("out of range")
    return micros


def _text_time(zone: str | None, formats: Formats) -> Callable[[str], int]:
    read = formats.timestamp.micros if formats.timestamp else spark_time.timestamp_micros
    return lambda text: read(text, zone)


def _timestamp_ntz(formats: Formats) -> Converter:
    text = _text_time(None, formats)

    def convert(value: Any, is_string: bool) -> int:
        if not is_string:
            raise ValueError
        return text(value)

    return convert


_UNITS_OF_DAY = ("DAY", "HOUR", "MINUTE", "SECOND")
_SIZES = (86_400, 3600, 60, 1)
_SHAPES = ("([0-9]{1,9})", "([0-9]{1,10})", "([0-9]{1,12})", r"([0-9]{1,13})(?:\.([0-9]{1,9}))?")


def _day_time_interval(kind: t.DayTimeIntervalType) -> Converter:
    """As Spark writes and reads them: INTERVAL '1 02:03:04.5' DAY TO SECOND, or what is in the quotes."""
    first, last = int(kind.startField or 0), int(kind.endField if kind.endField is not None else 3)
    body, between = _SHAPES[first], (" ", ":", ":")
    for at in range(first + 1, last + 1):
        body += between[at - 1] + (_SHAPES[3] if at == 3 else "([0-9]{1,2})").replace("{1,13}", "{1,2}")
    name = _UNITS_OF_DAY[first] + (f" TO {_UNITS_OF_DAY[last]}" if last > first else "")
    whole = re.compile(rf"(?:INTERVAL\s+([+-])?'([+-])?{body}'\s+{name}|([+-])?{body})", re.IGNORECASE | re.ASCII)
    parts = last - first + 1 + (last == 3)

    def convert(value: Any, is_string: bool) -> int:
        match = whole.fullmatch(value.strip()) if is_string else None
        if not match:
            raise ValueError
        groups = match.groups()
        inside = groups[2] is not None
        signs, numbers = (
            (groups[:2], groups[2 : 2 + parts]) if inside else (groups[2 + parts : 3 + parts], groups[3 + parts :])
        )
        fields = [int(number) for number in numbers[: last - first + 1]]
        if any(field >= bound for field, bound in zip(fields[1:], (24, 60, 60)[first:])):
            raise Refused("no such time of day")
        micros = sum(field * size for field, size in zip(fields, _SIZES[first:])) * 1_000_000
        micros += int(((numbers[-1] or "") + "000000")[:6]) if last == 3 else 0
        return -micros if signs.count("-") % 2 else micros

    return convert


_BASE64 = re.compile(r"(?:[\x00-\x20]*[A-Za-z0-9+/]{2}(?:[A-Za-z0-9+/]{2}|[A-Za-z0-9+/]=|==))*[\x00-\x20]*")


def _binary(value: Any, is_string: bool) -> bytes:
    """Base64 with padding; white space only between groups of four, as Jackson has it."""
    if not is_string:
        raise ValueError
    if not _BASE64.fullmatch(value):
        raise Refused("not base64")
    # Padding may also stand inside: each run that ends in it is decoded alone.
    return b"".join(map(b64decode, re.findall(r"[^=]+={0,2}", value)))


# Type -> its converter, made from the type, the time zone and the formats.
SCALARS: dict[type, Callable[[Any, str, Formats], Converter]] = {
    t.ByteType: lambda kind, zone, formats: _integer(8),
    t.ShortType: lambda kind, zone, formats: _integer(16),
    t.IntegerType: lambda kind, zone, formats: _integer(32),
    t.LongType: lambda kind, zone, formats: _integer(64),
    t.FloatType: lambda kind, zone, formats: _single,
    t.DoubleType: lambda kind, zone, formats: _double,
    t.BooleanType: lambda kind, zone, formats: _boolean,
    t.DecimalType: lambda kind, zone, formats: _decimal(kind),
    t.DateType: lambda kind, zone, formats: _date(formats),
    t.TimestampType: lambda kind, zone, formats: _timestamp(zone, formats),
    t.TimestampNTZType: lambda kind, zone, formats: _timestamp_ntz(formats),
    t.BinaryType: lambda kind, zone, formats: _binary,
    t.DayTimeIntervalType: lambda kind, zone, formats: _day_time_interval(kind),
}
