"""Times and lengths of time, as options and APIs write them. Inside, both are whole milliseconds."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from restsrc.notation import Notation
from restsrc.rows.spark_time import fixed_offset, timestamp_micros

HOUR, DAY = 3_600_000, 86_400_000
_MS = {"ms": 1, "s": 1000, "sec": 1000, "second": 1000, "m": 60_000, "min": 60_000, "minute": 60_000}
_MS |= {"h": 3_600_000, "hour": 3_600_000, "d": 86_400_000, "day": 86_400_000, "w": 604_800_000, "week": 604_800_000}
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([a-z]*)", re.ASCII)

TIME_FORMATS = {"iso": 1000, "iso_ms": 1, "epoch_s": 1000, "epoch_ms": 1, "date": 86_400_000}
_PATTERNS = {"iso": "%Y-%m-%dT%H:%M:%S", "iso_ms": "%Y-%m-%dT%H:%M:%S.%L", "date": "%Y-%m-%d"}
_HOURS_MS = 100_000_000_000  # larger numbers are milliseconds: in seconds it is the year 5138


_PROBE = 1_732_542_356_789  # 2024-11-25 13:45:56.789, which has no part that could be taken for another


def milliseconds(text: str) -> int:
    """Of a duration such as "90" (seconds), "90s", "15 minutes", "1.5h" or "1 day". ValueError for any other text."""
    found = _DURATION.fullmatch(text.strip().lower())
    if not found:
        raise ValueError(text)
    number, unit = found[1], found[2] or "s"
    if unit not in _MS:
        unit = unit.removesuffix("s")
    if unit not in _MS:
        raise ValueError(text)
    return round(float(number) * _MS[unit])


@dataclass(frozen=True)
class TimeForm:
    """How an API writes and reads times: a name of TIME_FORMATS or a pattern of strftime, in a time zone.

    Without a `zone`, UTC, and ISO texts end with Z. With one, texts are local times.
    """

    name: str
    zone: str = ""

    @property
    def step(self) -> int:
        """The smallest step, in milliseconds: of a day for `date`, though some days are an hour longer."""
        if self.name in TIME_FORMATS:
            return TIME_FORMATS[self.name]
        return _notation(self.name).step

    def text(self, ms: int) -> str:
        """A time as the API wants it. Parts of a step are dropped."""
        if self.name == "epoch_ms":
            return str(ms)
        if self.name == "epoch_s":
            return str(ms // 1000)
        zone = self._zone()
        when = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=ms)
        when = when.astimezone(timezone(timedelta(milliseconds=zone)) if isinstance(zone, int) else zone)
        text = _notation(_PATTERNS.get(self.name, self.name)).write(when)
        return text + ("Z" if self.name.startswith("iso") and not self.zone else "")

    def floor(self, ms: int) -> int:
        """The last time, not after `ms`, where a window may begin or end.

        That is a whole step of the local clock. An hour that a clock goes through twice is not divided, because its
        times mean two moments: then it is the beginning of that hour.
        """
        step = self.step
        if not self.zone or self.name.startswith("epoch"):
            return ms // step * step
        wall = (ms + self._away(ms)) // step * step
        first = wall - self._away_at(wall, 0)
        twice = self._away_at(wall, 0) - self._away_at(wall, 1)
        return first if twice <= 0 else self._change(first, first + twice) - twice

    def before(self, ms: int) -> int:
        """One step earlier than `ms`, which is such a time."""
        return self.floor(ms - 1)

    def after(self, ms: int) -> int:
        """One step later than `ms`, which is such a time."""
        for more in (self.step, self.step + 3_600_000):  # a day may have 25 hours
            if (next_one := self.floor(ms + more)) > ms:
                return next_one
        wall = ms + self._away(ms)
        return ms + 2 * (self._away_at(wall, 0) - self._away_at(wall, 1))

    def parse(self, text: str) -> int | None:
        """The time in milliseconds that a record has as `text`. None where that is no time."""
        text = text.strip().strip('"')
        if "%" in self.name and (found := self._by_pattern(text)) is not None:
            return found
        try:
            if re.fullmatch(r"-?[0-9]{1,18}(\.[0-9]+)?", text):
                number = float(text) if "." in text else int(text)
                many = self.name == "epoch_ms" or (self.name != "epoch_s" and abs(number) >= _HOURS_MS)
                return math.floor(number if many else number * 1000)
            return timestamp_micros(text, self.zone or "UTC") // 1000
        except (ValueError, OverflowError):
            return None

    def _by_pattern(self, text: str) -> int | None:
        try:
            wall, away = _notation(self.name).read(text)
        except (ValueError, OverflowError):
            return None
        if away is not None or not self.zone:
            return wall - (away or 0)
        once, again = (wall - self._away_at(wall, fold) for fold in (0, 1))
        return once if once == again or self.text(once) == text else again if self.text(again) == text else once

    def _away(self, ms: int) -> int:
        """What the local clock is ahead of UTC at a moment."""
        zone = self._zone()
        if isinstance(zone, int):
            return zone
        return _whole(datetime.fromtimestamp(ms // 1000, zone).utcoffset())

    def _away_at(self, wall: int, fold: int) -> int:
        """The same at a time that the local clock shows, the first or the second time that it does."""
        zone = self._zone()
        if isinstance(zone, int):
            return zone
        shown = datetime(1970, 1, 1) + timedelta(milliseconds=wall)
        return _whole(shown.replace(tzinfo=zone, fold=fold).utcoffset())

    def _zone(self) -> ZoneInfo | int:
        fixed = fixed_offset(self.zone or "UTC")
        return ZoneInfo(self.zone) if fixed is None else fixed // 1000

    def _change(self, low: int, high: int) -> int:
        """The moment in (low, high] at which the local clock is set."""
        before = self._away(low)
        while high - low > 1000:
            middle = (low + high) // 2 // 1000 * 1000
            low, high = (middle, high) if self._away(middle) == before else (low, middle)
        return high // 1000 * 1000


@lru_cache(maxsize=16)
def _notation(pattern: str) -> Notation:
    return Notation(pattern)


def _whole(away: timedelta | None) -> int:
    return (away or timedelta()) // timedelta(milliseconds=1)


def time_form(text: str) -> str:
    """A value of the option time_format, as it is kept: a name of TIME_FORMATS, or a pattern.

    ValueError for others, and for a pattern that loses a part of its times: they could not be read in records.
    """
    name = text.strip().lower()
    if name in TIME_FORMATS:
        return name
    form = TimeForm(text)
    if "%" not in text or form.parse(form.text(_PROBE)) != form.floor(_PROBE):
        raise ValueError(text)
    return text


def time_text(ms: int, form: str) -> str:
    """A time in UTC, given in milliseconds since 1970, in the form `form` of TIME_FORMATS."""
    return TimeForm(form).text(ms)


def time_of(text: str, form: str, zone: str = "UTC", exact: bool = False) -> int:
    """Milliseconds since 1970 of `text`: a time in ISO form or, where `form` is epoch_s or epoch_ms, a number.

    `zone` is for times that name none. Parts of the form's smallest step are dropped. ValueError for any other text,
    and for parts of a step where the time must be `exact`.
    """
    step = TimeForm(form).step
    if form.startswith("epoch") and re.fullmatch("[0-9]{1,15}", text.strip(), re.ASCII):
        return int(text) * step
    micros = timestamp_micros(text, zone)
    if exact and micros % (1000 * min(step, 1000)):
        raise ValueError(text)
    return micros // (1000 * min(step, 1000)) * min(step, 1000)
