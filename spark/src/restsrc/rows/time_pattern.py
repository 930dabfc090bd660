"""Dates and timestamps in a form that the user gives as a pattern, with the letters of Spark's datetime patterns."""

from __future__ import annotations

import re

from restsrc.rows.spark_time import civil_days, zone_offset

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MICROS = 1_000_000

# Letter -> (what it gives, the text that it takes once, the text that it takes twice or more often).
_NUMBERS = {
    "d": ("day", "[0-9]{1,2}", "[0-9]{2}"),
    **dict.fromkeys("Hk", ("hour", "[0-9]{1,2}", "[0-9]{2}")),
    **dict.fromkeys("hK", ("half_hour", "[0-9]{1,2}", "[0-9]{2}")),
    "m": ("minute", "[0-9]{1,2}", "[0-9]{2}"),
    "s": ("second", "[0-9]{1,2}", "[0-9]{2}"),
    "S": ("fraction", "[0-9]{1,9}", "[0-9]{1,9}"),
    "a": ("half", "AM|PM", "AM|PM"),
    **dict.fromkeys("Xx", ("zone", "Z|[+-][0-9]{2}(?::?[0-9]{2})?", "Z|[+-][0-9]{2}:?[0-9]{2}")),
    "Z": ("zone", "Z|[+-][0-9]{2}:?[0-9]{2}", "Z|[+-][0-9]{2}:?[0-9]{2}"),
    **dict.fromkeys("zVO", ("zone", "[A-Z][A-Z0-9/_+:-]*", "[A-Z][A-Z0-9/_+:-]*")),
}
_TOKEN = re.compile(r"'((?:[^']|'')*)'|(\[|\])|([A-Za-z])\3*|([^A-Za-z'\[\]]+)", re.DOTALL)


class TimePattern:
    """A pattern such as `MM/dd/yyyy HH:mm[:ss]`, `EEE, dd MMM yyyy HH:mm:ss z` or `yyyyMMdd`."""

    def __init__(self, pattern: str):
        """ValueError where the pattern has a letter that is not known here, or no day."""
        self._groups: list[str] = []  # what the groups of the regular expression give
        made, at = "", 0
        while at < len(pattern):
            token = _TOKEN.match(pattern, at)
            if not token:
                raise ValueError(f"a quote in {pattern!r} has no end")
            made += self._part(token)
            at = token.end()
        try:
            self._regex = re.compile(made, re.IGNORECASE | re.ASCII)
        except re.error:
            raise ValueError(f"the brackets in {pattern!r} do not match") from None
        if "day" not in self._groups:
            raise ValueError(f"{pattern!r} has no day (d) in it")

    def micros(self, text: str, zone: str | None) -> int:
        """Microseconds since 1970 UTC; `zone` is for texts that name none. ValueError for a text of another form."""
        found = self._parts(text)
        local = self._days(found) * 86_400 + self._seconds(found)
        micros = local * _MICROS + int((found.get("fraction", "") + "000000")[:6])
        named = found.get("zone", zone or "Z")
        return micros - zone_offset(named.upper() if len(named) <= 3 else named, micros)

    def days(self, text: str) -> int:
        """Days since 1970. ValueError for a text of another form."""
        return self._days(self._parts(text))

    def _part(self, token: re.Match[str]) -> str:
        literal, bracket, letter, plain = token.groups()
        if letter:
            return self._letters(letter, len(token[0]))
        if bracket:
            return "(?:" if bracket == "[" else ")?"
        return re.escape(plain or (literal.replace("''", "'") if literal else "'"))

    def _letters(self, letter: str, count: int) -> str:
        if letter == "E":
            return "[A-Z]+"
        if letter in "yu":
            return self._group("short_year" if count == 2 else "year", "[0-9]{2}" if count == 2 else "[0-9]{4}")
        if letter in "ML":
            if count >= 3:
                return self._group("month_name", "[A-Z]{3}" if count == 3 else "[A-Z]{3,9}")
            return self._group("month", "[0-9]{1,2}" if count == 1 else "[0-9]{2}")
        if letter not in _NUMBERS:
            raise ValueError(f"the letter {letter} of the pattern is not known here")
        name, once, more = _NUMBERS[letter]
        return self._group(name, once if count == 1 else more)

    def _group(self, name: str, text: str) -> str:
        self._groups.append(name)
        return f"({text})"

    def _parts(self, text: str) -> dict[str, str]:
        match = self._regex.fullmatch(text.strip())
        if not match:
            raise ValueError("not of the form that the option says")
        return {name: value for name, value in zip(self._groups, match.groups()) if value is not None}

    @staticmethod
    def _days(found: dict[str, str]) -> int:
        year = 2000 + int(found["short_year"]) if "short_year" in found else int(found.get("year", 1970))
        month = int(found.get("month", 1))
        if "month_name" in found:
            month = MONTHS.index(found["month_name"][:3].lower()) + 1
        return civil_days(year, month, int(found["day"]))

    @staticmethod
    def _seconds(found: dict[str, str]) -> int:
        hour, minute, second = (int(found.get(name, 0)) for name in ("hour", "minute", "second"))
        if "half_hour" in found:
            hour = int(found["half_hour"]) % 12 + (12 if found.get("half", "").lower() == "pm" else 0)
        if hour > 23 or minute > 59 or second > 59:
            raise ValueError("no such time of day")
        return hour * 3600 + minute * 60 + second
