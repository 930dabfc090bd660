"""Whether the API takes a window for what we take it for: both bounds, which ends belong to it, and its clock.

A record that is known is asked for again: by the step of time that it carries, and by the steps beside it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

from restsrc.digests import identity
from restsrc.errors import RequestRefused, UnexpectedAnswer
from restsrc.options import Options
from restsrc.planning import survey
from restsrc.planning.time_query import TOO_LARGE, TimeQuery
from restsrc.times import DAY, HOUR, time_text

SAMPLES = 2
FEW = 2  # mostly a step has no more
MOST = 200  # records of one step that are looked through
DEPTH = 3

_log = logging.getLogger("restsrc")


def check_heeded(options: Options, time: TimeQuery, start: int, end: int) -> None:
    """UnexpectedAnswer where the API ignores a bound, or takes windows for others than we do."""
    if time.endless:
        return
    try:
        if _Look(options, time).check(start, end) or time.path:
            return
    except _TooMany:
        _log.debug("restsrc: too many records of one step to see how windows are taken")
    for at in (start, end):
        survey.check_empty(options, time.config(at, at), f"a window of no time, at {time_text(at, 'iso_ms')}")


class _TooMany(Exception):
    """A window has so many records that one which is not among the first of them may be there all the same."""


class _Look:
    """Windows around the time of a record."""

    def __init__(self, options: Options, time: TimeQuery):
        self._options = options
        self._time = time
        self._id = options.text("id")

    def check(self, start: int, end: int) -> bool:
        """Whether it is seen that windows are taken as we take them."""
        elsewhere: list[int] = []
        for record in self._sample(start, end):
            for path, at in times_in(record, self._time):
                if not start - 26 * HOUR <= at <= end + 26 * HOUR or (self._time.path and path != self._time.path):
                    continue
                found = self._steps_with(record, at)
                if found == [0]:
                    return True
                self._judge(record, at, path, found)
                elsewhere += self._hours_away(record, at) if not found else []
        if elsewhere and min(elsewhere) == max(elsewhere):
            hours = -elsewhere[0] / HOUR
            why = (
                f"the API takes a time for one that is {abs(hours):g} hours {'earlier' if hours < 0 else 'later'}: "
                "does it read times as local ones? Set api_time_zone"
            )
            _log.warning("restsrc: %s", why)
            raise UnexpectedAnswer(why)
        return False

    def _sample(self, start: int, end: int) -> list[bytes]:
        """Some records of the window, or of a part of it where it is too long for the API."""
        while True:
            try:
                return survey.lines(self._options, self._time.config(start, end), {"limit": SAMPLES})
            except RequestRefused as refusal:
                middle = self._time.middle(start, end)
                if refusal.http_status not in TOO_LARGE or middle is None:
                    return []
                end = middle

    def _judge(self, record: bytes, at: int, path: str, found: list[int]) -> None:
        """UnexpectedAnswer where the steps that have the record can't be told from how windows should be."""
        step = self._time.form.floor(at)
        when = f"the record of {time_text(at, 'iso_ms')} ({path})"
        if self._time.path:
            return
        if len(found) > 1:
            hours = (self._time.form.floor(step + away) for away in (-HOUR, HOUR))
            coarse = any(self._has(record, hour, hour + 1) for hour in hours)
            days_off = (self._time.form.floor(step + away) for away in (-3 * DAY, 3 * DAY))
            coarse = coarse and not any(self._has(record, day, day + 1) for day in days_off)
            days = "takes no notice of parts of a day: set time_format=date and bounds=[]"
            ends = "does it heed both bounds, and is the upper one left out? If not, set bounds (or since_path)"
            why = f"so the API {days}" if coarse else ends
            raise UnexpectedAnswer(f"{when} is in two windows side by side: {why}")
        before, after = self._time.form.before(step), self._time.form.after(step)
        if found == [-1] and at == step:
            raise UnexpectedAnswer(
                f"{when} is in the window that ends with it: does the API leave out since? Set bounds"
            )
        if not found and self._has(record, before, self._time.form.after(after)):
            raise UnexpectedAnswer(
                f"{when} is in no window that begins or ends with it: set bounds to what the API does"
            )

    def _steps_with(self, record: bytes, at: int) -> list[int]:
        """Which windows of one step have the record: that of its time (0), the one before (-1) or after (1)."""
        step = self._time.form.floor(at)
        starts = {0: step, -1: self._time.form.before(step), 1: self._time.form.after(step)}
        return sorted(n for n, start in starts.items() if self._has(record, start, self._time.form.after(start)))

    def _hours_away(self, record: bytes, at: int) -> list[int]:
        """By how many hours, if any, the API's clock is wrong for the record."""
        step, most = self._time.form.floor(at), 14 * HOUR
        if not self._has(record, step - most, step + most):
            return []
        tries = (half * HOUR // 2 for half in range(-28, 29) if half)
        for away in sorted(tries, key=lambda away: (away % HOUR, abs(away))):
            start = self._time.form.floor(step + away)
            if self._has(record, start, self._time.form.after(start)):
                return [away]
        return []

    def _has(self, record: bytes, start: int, end: int) -> bool:
        """Whether the API gives the record for a window. A window that it refuses has none."""
        name, config = identity(record, self._id), self._time.config(start, end, wide=True)
        for most in (FEW, MOST):
            try:
                lines = survey.lines(self._options, config, {"limit": most})
            except RequestRefused:
                return False
            if any(identity(line, self._id) == name and self._time.has(line, start, end) for line in lines):
                return True
            if len(lines) < most:
                return False
        raise _TooMany


def times_in(record: bytes, time: TimeQuery) -> Iterator[tuple[str, int]]:
    """The members of a record that may be times, with their PATHs."""

    def walk(value: Any, path: str, depth: int) -> Iterator[tuple[str, int]]:
        if isinstance(value, dict) and depth:
            for name, member in value.items():
                yield from walk(member, f"{path}.{name}" if path else name, depth - 1)
        elif isinstance(value, str) or (isinstance(value, (int, float)) and not isinstance(value, bool)):
            text = value if isinstance(value, str) else repr(value)
            at = time.form.parse(text) if not isinstance(value, str) or len(text) >= 8 else None
            if at is not None:
                yield path, at

    try:
        yield from walk(json.loads(record), "", DEPTH)
    except ValueError:
        return
