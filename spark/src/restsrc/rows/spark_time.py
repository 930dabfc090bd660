"""Dates and timestamps in text, exactly as Spark's JSON reader takes them when no format is given.

Results are what Arrow stores: days and microseconds since 1970-01-01 in the proleptic Gregorian calendar, so that years
outside Python's 1..9999 work. A ValueError means that Spark would call the record malformed.

One difference, on purpose: Spark reads "10:11:12" as that time of the day of the query; here it is malformed.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

_TRIMMED = "".join(map(chr, range(33))) + "\x7f"
_DATE = re.compile(r"([+-])?([0-9]{4,7})(?:-([0-9]{1,2})(?:-([0-9]{1,2})(?:[ T].*)?)?)?", re.ASCII | re.DOTALL)
_DAYS = re.compile(r"[+-]?[0-9]+", re.ASCII)
_TIMESTAMP = re.compile(
    r"([+-])?([0-9]{4,6})(?:-([0-9]{1,2})(?:-([0-9]{1,2})"
    r"(?:[ T]([0-9]{1,2})(?::([0-9]{1,2})(?::([0-9]{1,2})(?:\.([0-9]*))?([^0-9.].*)?)?)?)?)?)?",
    re.ASCII | re.DOTALL,
)
_OFFSET = re.compile(r"([+-])([0-9]|[0-9]{2}(?:[0-9]{2}){0,2}|[0-9]{2}(?::[0-9]{2}){1,2})", re.ASCII)
_PREFIXED = re.compile(r"(?:UTC|GMT|UT)([+-].*)", re.ASCII)
_INT32, _INT64 = 2**31, 2**63
_DAY, _SECOND = 86_400_000_000, 1_000_000
_DAYS_IN_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def date_days(text: str) -> int:
    """Days since 1970."""
    match = _DATE.fullmatch(text.strip(_TRIMMED))
    if match:
        sign, year, month, day = match.groups()
        return _bounded(civil_days(_signed(sign, year), int(month or 1), int(day or 1)), _INT32)
    if _DAYS.fullmatch(text):  # Spark 1.5 wrote dates as days since 1970; its readers still take that
        return _bounded(int(text), _INT32)
    raise ValueError("not a date")


def timestamp_micros(text: str, zone_name: str | None) -> int:
    """Microseconds since 1970 UTC. `zone_name` is the zone of texts that name none.

    Without a `zone_name`, as for TIMESTAMP_NTZ, a text that names a zone is refused.
    """
    match = _TIMESTAMP.fullmatch(text.strip(_TRIMMED))
    if not match:
        raise ValueError("not a timestamp")
    sign, year, month, day, hour, minute, second, fraction, own_zone = match.groups()
    clock = int(hour or 0), int(minute or 0), int(second or 0)
    if clock[0] > 23 or clock[1] > 59 or clock[2] > 59:
        raise ValueError("no such time of day")
    days = civil_days(_signed(sign, year), int(month or 1), int(day or 1))
    local = days * _DAY + (clock[0] * 3600 + clock[1] * 60 + clock[2]) * _SECOND
    micros = int((fraction or "")[:6].ljust(6, "0"))
    if own_zone is not None and zone_name is None:
        raise ValueError("a time zone in a timestamp without time zone")
    zone = (own_zone or zone_name or "UTC").strip(_TRIMMED)
    return _bounded(local - zone_offset(zone, local) + micros, _INT64)


def check_zone(name: str) -> None:
    """ValueError unless `name` is a time zone."""
    zone_offset(name, 0)


def _signed(sign: str | None, digits: str) -> int:
    return -int(digits) if sign == "-" else int(digits)


def _bounded(value: int, bound: int) -> int:
    if not -bound <= value < bound:
        raise ValueError("out of range")
    return value


def civil_days(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01."""
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1 <= month <= 12 or not 1 <= day <= _DAYS_IN_MONTH[month - 1] + (leap and month == 2):
        raise ValueError("no such day")
    # Years are counted from March, so that the leap day is the last of its year.
    march_year = year - (month <= 2)
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return march_year * 365 + march_year // 4 - march_year // 100 + march_year // 400 + day_of_year - 719_468


def zone_offset(name: str, local_micros: int) -> int:
    """Microseconds to take from a local time of the zone to get UTC.

    In a gap the offset before it counts, in an overlap the earlier instant: as in java.time.
    """
    offset = fixed_offset(name)
    if offset is None:
        try:
            wall = datetime(1970, 1, 1) + timedelta(microseconds=local_micros)
            away = wall.replace(tzinfo=_zone(name)).utcoffset() or timedelta()
            offset = away // timedelta(microseconds=1)
        except OverflowError:
            raise ValueError("a named time zone outside the years 1 to 9999") from None
    return offset


@lru_cache(maxsize=64)
def fixed_offset(name: str) -> int | None:
    """The offset of "Z", "+01:00", "UTC+1" and the like in microseconds; None for a name such as Europe/Paris."""
    if name in ("Z", "UTC", "GMT", "UT"):
        return 0
    prefixed = _PREFIXED.fullmatch(name)
    name = prefixed.group(1) if prefixed else name
    name = re.sub(r"^([+-])([0-9]):", r"\g<1>0\2:", name)  # +1:00
    name = re.sub(r"^([+-][0-9]{2}):([0-9])$", r"\1:0\2", name)  # +01:0
    match = _OFFSET.fullmatch(name)
    if not match:
        if name[:1] in "+-":
            raise ValueError("not a time zone")
        return None
    sign, digits = match.group(1), match.group(2).replace(":", "")
    hours, minutes, seconds = (int(digits[at : at + 2] or 0) for at in (0, 2, 4))
    size = hours * 3600 + minutes * 60 + seconds
    if minutes > 59 or seconds > 59 or size > 18 * 3600:
        raise ValueError("not a time zone")
    return (-size if sign == "-" else size) * _SECOND


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo | timezone:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise ValueError(f"not a time zone: {name[:40]}") from None
