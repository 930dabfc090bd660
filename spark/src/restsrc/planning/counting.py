"""How many records a window of time has, as far as the API can be believed.

An API may give the first day of a window that it finds too long, and count it as if that were all. So a window longer
than an hour is only believed when the API was seen to give both ends of one as long.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from restsrc.errors import RequestRefused, RestsrcError, UnexpectedAnswer
from restsrc.options import Options
from restsrc.planning import survey
from restsrc.planning.count_run import CountRun
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
        """`cap`: a window with so many records is not given whole. `hear` is called with each summary of counts."""
        self._options = options
        self._cap = cap
        self._hear = hear
        self._known: dict[tuple[int, int], int | RestsrcError] = {}
        self._run: CountRun | None = None
        self._uses = 0
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
        if not self._counts(time):
            return None
        if (start, end) not in self._known:
            self._ask(time, [(start, end)])
        told = self._known[start, end]
        rows = self._without_count(told, time, start, end) if isinstance(told, RestsrcError) else told
        if rows is None:
            return None
        self._known[start, end] = rows
        if self._cap and rows >= self._cap:
            why = (
                f"{time.text(start, end)} has {rows} records, and the API gives no more than {self._cap} (window_rows)"
            )
            raise TooLarge(UnexpectedAnswer(f"{why}. It can't be made smaller: a finer time_format can"))
        return rows

    def ahead(self, time: TimeQuery, windows: Iterable[tuple[int, int]]) -> None:
        """Counts several at once, for `one` to know."""
        asked = [window for window in dict.fromkeys(windows) if window not in self._known]
        if asked and self._counts(time):
            self._ask(time, asked)

    def _counts(self, time: TimeQuery) -> bool:
        return self.countable and not time.endless

    def _ask(self, time: TimeQuery, windows: Sequence[tuple[int, int]]) -> None:
        if self._run is None:
            self._run = CountRun(self._options, time.for_each(self._options))
        told = self._run.counts([time.line(*window) for window in windows])
        self._known.update(zip(windows, told))
        self.told |= any(isinstance(rows, int) for rows in told)

    def __enter__(self) -> Counts:
        """All that is counted in the `with` is counted by one run of the tool, whose clock is heard at its end."""
        self._uses += 1
        return self

    def __exit__(self, *raised: object) -> None:
        self._uses -= 1
        if self._uses or self._run is None:
            return
        run, self._run = self._run, None
        with run:
            if raised[0] is None:
                summary = run.finish()
                if run.counted:  # a refusal tells no time
                    self._hear(summary)

    def _without_count(self, error: RestsrcError, time: TimeQuery, start: int, end: int) -> int | None:
        """As `one`, where the API has given an error for a count."""
        if isinstance(error, RequestRefused) and error.http_status in TOO_LARGE:
            raise TooLarge(error)
        if not isinstance(error, UnexpectedAnswer):
            raise error
        if "lower bound" in str(error):  # what Elasticsearch gives when there are more records than it counts
            raise TooLarge(error)
        if self._is_empty(time.config(start, end)):
            return 0
        if self._options.text("count_from") != "auto" or self.told:
            raise error
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
        ends = [(time.form.floor(last - length), last), (first, time.form.floor(first + length))]
        self.ahead(time, ends)
        return all(self._some(time, *end) >= rows for end in ends)


def cuts(time: TimeQuery, start: int, end: int, length: int) -> Iterator[tuple[int, int]]:
    """Windows of about that length, one after the other."""
    while start < end:
        stop = min(end, max(time.form.floor(start + length), time.form.after(start)))
        yield start, stop
        start = stop
