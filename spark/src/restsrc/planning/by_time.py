"""A list cut by time: the records of windows [start, end), which two query parameters ask for.

Windows are halved until the server can give them, and until they are small enough to be read in parallel. All times
are milliseconds since 1970.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from restsrc.errors import OptionError, RequestRefused, UnexpectedAnswer
from restsrc.options import Complaints, Options
from restsrc.partition import Piece, RestApiPartition
from restsrc.planning import by_offset, survey
from restsrc.times import TIME_FORMATS, time_text

TOO_LARGE = (400, 413, 414, 422)  # the statuses with which servers answer when they are asked for too much at once
MOST_WINDOWS = 10_000

_log = logging.getLogger("restsrc")


@dataclass(frozen=True)
class TimeQuery:
    """How a window is asked for.

    `since` and `until` name the parameters, `form` is a key of TIME_FORMATS, `inclusive` says that the server also
    gives records of the very time in `until`. `query` has the lines of the user's own option of that name, `found` is
    that of `survey.Paging`.
    """

    since: str
    until: str
    form: str
    inclusive: bool
    query: str
    found: Mapping[str, str] = field(default_factory=dict)

    @property
    def step(self) -> int:
        """The smallest window."""
        return TIME_FORMATS[self.form]

    def config(self, start: int, end: int) -> dict[str, str]:
        """The options for a run of the tool that reads or counts a window."""
        last = end - self.step if self.inclusive else end
        window = f"{self.since}={time_text(start, self.form)}\n{self.until}={time_text(last, self.form)}"
        return {**self.found, "query": f"{self.query}\n{window}".strip()}

    def middle(self, start: int, end: int) -> int | None:
        """Where to halve a window. None: it is as small as can be."""
        half = (end - start) // 2 // self.step * self.step
        return start + half if half else None

    def text(self, start: int, end: int) -> str:
        return f"the window from {time_text(start, 'iso_ms')} to {time_text(end, 'iso_ms')}"


@dataclass(frozen=True)
class WindowPiece(Piece):
    """A whole window. Its halves are read instead where the server refuses it."""

    time: TimeQuery | None = None
    start: int = 0
    end: int = 0

    def halves(self, refusal: RequestRefused) -> Sequence[Piece]:
        middle = self.time.middle(self.start, self.end) if self.time else None
        if refusal.http_status not in TOO_LARGE or self.time is None or middle is None:
            return ()
        return [_piece(self.time, self.start, middle), _piece(self.time, middle, self.end)]


def _piece(time: TimeQuery, start: int, end: int, expect: int | None = None) -> WindowPiece:
    return WindowPiece(expect=expect, config=time.config(start, end), time=time, start=start, end=end)


def partitions(options: Options, complaints: Complaints) -> list[RestApiPartition]:
    """The partitions for the records from lower_bound on and before upper_bound.

    OptionError where a bound is missing or wrong.
    """
    form = options.choice("time_format")
    bounds = [
        complaints.time(name, form, exact=True)
        for name in ("lower_bound", "upper_bound")
        if complaints.needs(name, "a time")
    ]
    complaints.raise_any()
    return Windows(options).partitions(*bounds)


class Windows:
    """Counts and cuts windows by what the options say and what the server answers."""

    def __init__(self, options: Options, lasting: bool = False):
        """`lasting`: for a stream, where what is found about the list must hold when the list has grown."""
        self._options = options
        self.time = TimeQuery(
            options.text("param_since"),
            options.text("param_until"),
            options.choice("time_format"),
            options.flag("until_inclusive"),
            options.given("query"),
        )
        self._duration = options.milliseconds("partition_duration")
        self._duration = -(-self._duration // self.time.step) * self.time.step
        self._parts = options.optional_integer("num_partitions")
        self._cap = options.optional_integer("window_rows")
        self._countable = True
        self._heeded = False
        self._paging = survey.lasting_paging if lasting else survey.paging
        self._last: tuple[tuple[int, int] | None, int | None] = (None, None)  # the window counted last, and its records

    def count(self, start: int, end: int) -> float | None:
        """The number of records in a window.

        Infinite where the window is too large for the server. None where the server gives no count.
        """
        self._find_out()
        self._last = None, None
        return self._number(start, end)

    def partitions(self, start: int, end: int) -> list[RestApiPartition]:
        """The partitions that read the records of [start, end). OptionError where there would be too many windows."""
        if start >= end:
            return []
        self._find_out()
        pieces = list(islice(self._pieces(start, end), MOST_WINDOWS + 1))
        if len(pieces) > MOST_WINDOWS:
            raise OptionError(
                f"{self.time.text(start, end)} makes more than {MOST_WINDOWS} windows: give a longer partition_duration"
                ", a later beginning, or rows_per_batch"
            )
        if pieces:
            self._check_heeded(start, end)
        parts = min(self._parts or by_offset.MOST_RANGES, len(pieces))
        return [
            RestApiPartition(pieces[len(pieces) * n // parts : len(pieces) * (n + 1) // parts]) for n in range(parts)
        ]

    def _check_heeded(self, start: int, end: int) -> None:
        """UnexpectedAnswer where the server ignores a bound. Asked once.

        A window of no time at `start` has records where `until` is ignored, and one at `end` where `since` is.
        """
        for at in () if self._heeded else (start, end):
            what = f"a window of no time, at {time_text(at, 'iso_ms')}"
            survey.check_empty(self._options, self.time.config(at, at), what)
        self._heeded = True

    def _find_out(self) -> None:
        """How the list is paged. The whole list is asked, because a window may have too few records to show it."""
        if self._options.given("paginate") == "auto" and not self.time.found:
            found = self._paging(self._options).found
            self.time = replace(self.time, found=found, query=found.get("query", self.time.query))

    def _number(self, start: int, end: int) -> float | None:
        try:
            rows = self._count(start, end)
        except _TooLarge:
            return math.inf
        self._last = (start, end), rows
        return rows

    def _pieces(self, start: int, end: int) -> Iterator[Piece]:
        rows = self._number(start, end)
        if rows is None:
            return self._uncounted(start, end)
        return self._halved(start, end, math.inf if self._duration else self._rows_of_a_task(rows))

    def _uncounted(self, start: int, end: int) -> Iterator[Piece]:
        parts = self._parts or 1
        duration = self._duration or -(-(end - start) // (parts * self.time.step)) * self.time.step
        for begin in range(start, end, duration):
            yield _piece(self.time, begin, min(begin + duration, end))

    def _rows_of_a_task(self, rows: float) -> float:
        """Few tasks for few rows, because an empty or tiny task costs more than some pages."""
        if self._parts and rows < math.inf:
            return max(1, math.ceil(rows / self._parts))
        least = by_offset.PAGES_PER_RANGE * self._options.integer("page_size")
        return least if rows == math.inf else max(least, math.ceil(rows / by_offset.MOST_RANGES))

    def _halved(self, start: int, end: int, most: float) -> Iterator[Piece]:
        """Windows of at most `most` records and partition_duration, none of them empty.

        A window of the smallest possible length may have more records.
        """
        middle = self._middle(start, end)
        try:
            rows = self._count(start, end)
            if rows == 0:
                return
            if middle is None or (end - start <= (self._duration or math.inf) and (rows is None or rows <= most)):
                yield _piece(self.time, start, end, rows)
                return
        except _TooLarge as refusal:
            if middle is None:
                raise refusal.cause from None
        yield from self._halved(start, middle, most)
        yield from self._halved(middle, end, most)

    def _middle(self, start: int, end: int) -> int | None:
        """Where to halve a window. One that is longer than partition_duration is cut at a multiple of it."""
        if self._duration and end - start > self._duration:
            return start + -(-(end - start) // self._duration) // 2 * self._duration
        return self.time.middle(start, end)

    def _count(self, start: int, end: int) -> int | None:
        if not self._countable:
            return None
        if self._last[0] == (start, end):
            return self._last[1]
        try:
            rows = survey.count(self._options, self.time.config(start, end))
        except RequestRefused as refusal:
            if refusal.http_status in TOO_LARGE:
                raise _TooLarge(refusal) from None
            raise
        except UnexpectedAnswer as error:
            if "lower bound" in str(error):  # what Elasticsearch gives when there are more records than it counts
                raise _TooLarge(error) from None
            if self._options.text("count_from") != "auto":
                raise
            _log.warning("restsrc: windows of time are read uncounted, because the server gives no count: %s", error)
            self._countable = False
            return None
        if self._cap and rows >= self._cap:
            why = f"{self.time.text(start, end)} has {rows} records, window_rows is {self._cap}"
            raise _TooLarge(UnexpectedAnswer(why))
        return rows


class _TooLarge(Exception):
    """A window is more than the server can give. `cause` is the exception to raise where it can't be made smaller."""

    def __init__(self, cause: Exception):
        super().__init__(str(cause))
        self.cause = cause
