"""Times in strftime's notation, written and read alike, and with parts of a second: `%Y-%m-%d %H:%M:%S.%3N`."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CODE = re.compile(r"%([-_0^#]?)([1-9]?)(:?)([A-Za-z%])")
_LONG = {"T": "%H:%M:%S", "R": "%H:%M", "F": "%Y-%m-%d", "D": "%m/%d/%y", "h": "%b", "r": "%I:%M:%S %p"}
_LONG |= {"c": "%a %b %e %H:%M:%S %Y", "x": "%m/%d/%y", "X": "%H:%M:%S", "n": "\n", "t": "\t"}
_DIGITS = {"f": 6, "L": 3, "N": 9}  # of fractions of a second, where no number says it, as in %3f and %3N
_STEPS = {**dict.fromkeys(_DIGITS, 1), **dict.fromkeys("Ss", 1000), "M": 60_000, **dict.fromkeys("HIkl", 3_600_000)}
_TWO = " ?[0-9]{1,2}"
# Code -> (what it gives, the text that it takes); what is already known gives nothing.
_READ = {
    "Y": ("year", "[0-9]{4}"),
    "y": ("short_year", "[0-9]{2}"),
    "m": ("month", _TWO),
    **dict.fromkeys("bB", ("month_name", "[A-Za-z]{3,9}")),
    **dict.fromkeys("de", ("day", _TWO)),
    "j": ("day_of_year", "[0-9 ]{1,3}"),
    **dict.fromkeys("Hk", ("hour", _TWO)),
    **dict.fromkeys("Il", ("half_hour", _TWO)),
    **dict.fromkeys("pP", ("half", "[AaPp][Mm]")),
    "M": ("minute", _TWO),
    "S": ("second", _TWO),
    **dict.fromkeys(_DIGITS, ("fraction", "[0-9]{1,9}")),
    "s": ("seconds", "-?[0-9]+"),
    "z": ("zone", "Z|[+-][0-9]{2}:?[0-9]{2}"),
    "Z": ("", "[A-Za-z+-][A-Za-z0-9+:-]*"),
    **dict.fromkeys("aA", ("", "[A-Za-z]+")),
    **dict.fromkeys("uw", ("", "[0-7]")),
    "%": ("", "%"),
}


class Notation:
    """A pattern. A code that can't be read is a ValueError, because records have times in it."""

    def __init__(self, pattern: str):
        self._pattern = _CODE.sub(lambda code: _LONG.get(code[4], code[0]), pattern)
        codes = list(_CODE.finditer(self._pattern))
        letters = {code[4] for code in codes}
        if unknown := letters - _READ.keys():
            raise ValueError(f"the code %{min(unknown)} can't be read")
        self.step = min((_STEPS.get(letter, 86_400_000) for letter in letters), default=86_400_000)
        self._names = [_READ[code[4]][0] for code in codes]
        made, at = "", 0
        for code in codes:
            made += f"{re.escape(self._pattern[at : code.start()])}({_taken(code, 's' in letters)})"
            at = code.end()
        self._regex = re.compile(made + re.escape(self._pattern[at:]), re.ASCII)

    def write(self, when: datetime) -> str:
        """A time, in its zone."""
        return _CODE.sub(lambda code: _written(code, when), self._pattern)

    def read(self, text: str) -> tuple[int, int | None]:
        """Milliseconds since 1970 of the clock, and what that clock is ahead of UTC; None: the text does not say.

        ValueError for a text of another form.
        """
        match = self._regex.fullmatch(text)
        if not match:
            raise ValueError(text)
        found = dict(zip(self._names, match.groups(), strict=True))
        fraction = int((found.get("fraction", "") + "000")[:3])
        if "seconds" in found:
            return int(found["seconds"]) * 1000 + fraction, 0
        seconds = (_day(found) - datetime(1970, 1, 1)) // timedelta(seconds=1) + _of_day(found)
        return seconds * 1000 + fraction, _away(found["zone"]) if "zone" in found else None


def _taken(code: re.Match[str], beside_seconds: bool) -> str:
    if code[4] in _DIGITS and beside_seconds:  # 1704067200123: only the number of digits says which are whose
        return f"[0-9]{{{code[2] or _DIGITS[code[4]]}}}"
    return _READ[code[4]][1]


def _written(code: re.Match[str], when: datetime) -> str:
    letter = code[4]
    if letter in _DIGITS:
        return f"{when.microsecond:06d}000"[: int(code[2] or _DIGITS[letter])]
    if letter == "s":
        return str(int(when.timestamp() // 1))
    text = when.strftime(f"%{code[1]}{letter}")
    return f"{text[:3]}:{text[3:]}" if code[3] and letter == "z" else text


def _day(found: dict[str, str]) -> datetime:
    short = int(found.get("short_year", 70))
    year = int(found.get("year", short + (2000 if short < 69 else 1900)))
    if "day_of_year" in found:
        return datetime(year, 1, 1) + timedelta(days=int(found["day_of_year"]) - 1)
    name = found.get("month_name", "")[:3].lower()
    return datetime(year, MONTHS.index(name) + 1 if name else int(found.get("month", 1)), int(found.get("day", 1)))


def _of_day(found: dict[str, str]) -> int:
    hour, minute, second = (int(found.get(name, 0)) for name in ("hour", "minute", "second"))
    if "half_hour" in found:
        hour = int(found["half_hour"]) % 12 + (12 if found.get("half", "").lower() == "pm" else 0)
    return hour * 3600 + minute * 60 + second


def _away(zone: str) -> int:
    """Of +0100 and the like, in milliseconds."""
    if zone == "Z":
        return 0
    size = int(zone[1:3]) * 60 + int(zone[-2:])
    return (-size if zone[0] == "-" else size) * 60_000
