"""How many records a window of time has, as far as the API can be believed.

An API may give the first day of a window that it finds too long, and count it as if that were all. So a window longer
than an hour is only believed when the API was seen to give both ends of one as long.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from restsrc.errors import RequestRefused, UnexpectedAnswer
from restsrc.options import Options
from restsrc.planning import survey
from restsrc.planning.time_query import TOO_LARGE, TimeQuery
from restsrc.times import DAY, HOUR

USUAL = [days * DAY for days in (366, 365, 184, 183, 92, 90, 60, 31, 30, 28, 14, 7, 3, 1)] + [12 * HOUR, 6 * HOUR, HOUR]
MOST_SCANNED = 1000  # windows, where all of a long stretch seems to be empty
SCANNED_AT_ONCE = 8

Middle = Callable[[int, int], "int | None"]

_log = logging.getLogger("restsrc")


class TooLarge(Exception):
    """A window is more than the server can give. `cause` is the exception to raise where it can't be made smaller."""

    def __init__(self, cause: Exception):
        super().__init__(str(cause))
        self.cause = cause


class Counts:
    """Counts windows, and finds out how long and how full they may be."""

    def __init__(self, options: Options, cap: int | None, hear: Callable[[dict[str, Any]], None]):
        """`cap`: a window with so many records is not given whole. `hear` is called with each summary of a count."""
        self._options = options
        self._cap = cap
        self._hear = hear
        self._known: dict[tuple[int, int], int] = {}
        self.told = False  # the API has told a count
        self._empty = (0, 0)  # a stretch that was looked at bit by bit
        self.believed = HOUR  # the length of windows that are given whole
        self.countable = options.counts

    def forget(self) -> None:
        """What was counted may have changed."""
        self._known.clear()
        self._empty = (0, 0)

    def is_empty(self, start: int, end: int) -> bool:
        """Whether a stretch was looked at, bit by bit, and has no records."""
        return self._empty[0] <= start and end <= self._empty[1]

    def one(self, time: TimeQuery, start: int, end: int) -> int | None:
        """What the API counts. TooLarge where it can't. None: it counts nothing at all."""
        if not self.countable or time.endless:
            return None
        if (start, end) not in self._known:
            rows = self._ask(time, start, end)
            if rows is None:
                return None
            self._known[start, end] = rows
        rows = self._known[start, end]
        if self._cap and rows >= self._cap:
            why = (
                f"{time.text(start, end)} has {rows} records, and the API gives no more than {self._cap} (window_rows)"
            )
            raise TooLarge(UnexpectedAnswer(f"{why}. It can't be made smaller: a finer time_format can"))
        return rows

    def ahead(self, time: TimeQuery, windows: Iterable[tuple[int, int]]) -> None:
        """Counts several at once, for `one` to know. What fails is asked again there, in its turn."""
        asked = [window for window in dict.fromkeys(windows) if window not in self._known]
        if len(asked) < 2 or not self.countable or time.endless:
            return
        lines = [time.line(*window) for window in asked]
        told, summary = survey.counts(self._options, time.for_each(self._options), lines)
        counted = {window: rows for window, rows in zip(asked, told) if rows is not None}
        self._known.update(counted)
        self.told |= bool(counted)
        if summary:
            self._hear(summary)

    def _ask(self, time: TimeQuery, start: int, end: int) -> int | None:
        config = time.config(start, end)
        try:
            rows, summary = survey.count_and_summary(self._options, config)
            self._hear(summary)
            self.told = True
            return rows
        except RequestRefused as refusal:
            if refusal.http_status in TOO_LARGE:
                raise TooLarge(refusal) from None
            raise
        except UnexpectedAnswer as error:
            if "lower bound" in str(error):  # what Elasticsearch gives when there are more records than it counts
                raise TooLarge(error) from None
            if self._is_empty(config):
                return 0
            if self._options.text("count_from") != "auto" or self.told:
                raise
            _log.warning("restsrc: windows of time are read uncounted, because the server gives no count: %s", error)
            self.countable = False
            return None

    def _is_empty(self, config: dict[str, str]) -> bool:
        """An answer without a count may be one without records."""
        try:
            return not survey.lines(self._options, config, {"limit": 1})
        except UnexpectedAnswer:
            return False

    # ---- whether long windows are given whole ----

    def believe(self, time: TimeQuery, start: int, end: int, middle: Middle) -> None:
        """Finds out how long windows may be, where [start, end) is longer than what is believed.

        `middle` says where to halve one.
        """
        if end - start <= self.believed or not self.countable:
            return
        near = self._near(time, start, end, middle)
        if near is None:
            self._empty = (start, end) if self.countable else (0, 0)
            return
        length = end - start
        longer = length + length // 4 + HOUR  # the next window may be a bit longer
        for one in [longer, length, *(usual for usual in USUAL if usual < length)]:
            if one <= self.believed or self._gives_both_ends(time, near, one):
                break
        if one < length:
            _log.warning(
                "restsrc: the API gives only a part of %s: windows are cut to %g hours",
                time.text(start, end),
                one / HOUR,
            )
        self.believed = max(self.believed, one)

    def _near(self, time: TimeQuery, start: int, end: int, halve: Middle) -> tuple[int, int] | None:
        """A short window that has records. None: there is none."""
        try:
            if self.one(time, start, end) == 0:
                found = self._scan(time, start, end)
                if found is None:
                    return None
                start, end = found
        except TooLarge:
            pass
        while self.countable and end - start > HOUR and (middle := halve(start, end)) is not None:
            start, end = (start, middle) if self._some(time, start, middle) else (middle, end)
        return (start, end) if self._some(time, start, end) else None

    def _some(self, time: TimeQuery, start: int, end: int) -> float:
        """An API that refuses a window has seen that it is long; it does not give a part of it."""
        try:
            return self.one(time, start, end) or 0
        except TooLarge:
            return math.inf

    def _scan(self, time: TimeQuery, start: int, end: int) -> tuple[int, int] | None:
        """The first of many short windows that has records."""
        length = max((end - start) // MOST_SCANNED, min(DAY, max(HOUR, (end - start) // 8)))
        parts = cuts(time, start, end, length)
        while some := list(islice(parts, SCANNED_AT_ONCE)):
            self.ahead(time, some)
            for part in some:
                if self._some(time, *part):
                    return part
        return None

    def _gives_both_ends(self, time: TimeQuery, near: tuple[int, int], length: int) -> bool:
        """Does a window of that length that ends, or begins, with the records of `near` have them?"""
        first, last = near
        rows = self._some(time, first, last)
        return all(
            self._some(time, start, end) >= rows
            for start, end in ((time.form.floor(last - length), last), (first, time.form.floor(first + length)))
        )


def cuts(time: TimeQuery, start: int, end: int, length: int) -> Iterator[tuple[int, int]]:
    """Windows of about that length, one after the other."""
    while start < end:
        stop = min(end, max(time.form.floor(start + length), time.form.after(start)))
        yield start, stop
        start = stop
