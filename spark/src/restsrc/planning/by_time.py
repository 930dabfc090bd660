"""A list cut by time, into windows that the API is asked for one by one.

Windows are halved until the server can give them, and until they are small enough to be read in parallel. All times
are milliseconds since 1970.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from restsrc.errors import OptionError
from restsrc.options import Complaints, Options
from restsrc.partition import RestApiPartition
from restsrc.planning import by_offset, survey
from restsrc.planning.counting import MOST_SCANNED, Counts, TooLarge, cuts
from restsrc.planning.heeded import check_heeded
from restsrc.planning.time_query import WindowPiece, piece, query_of
from restsrc.times import DAY

MOST_WINDOWS = 10_000

_log = logging.getLogger("restsrc")


def partitions(options: Options, complaints: Complaints) -> list[RestApiPartition]:
    """The partitions for the records from lower_bound on and before upper_bound.

    OptionError where a bound is missing or wrong.
    """
    form = str(options.parsed("time_format"))
    bounds = [
        complaints.time(name, form, exact=True)
        for name in ("lower_bound", "upper_bound")
        if complaints.needs(name, "a time")
    ]
    windows = Windows(options, complaints)
    complaints.raise_any()
    return windows.partitions(*bounds)


def _deaf(summary: dict[str, Any]) -> None:
    """A batch read needs no clock."""


class Windows:
    """Counts and cuts windows by what the options say and what the server answers."""

    def __init__(
        self,
        options: Options,
        complaints: Complaints,
        paging: Callable[[Options], survey.Paging] = survey.paging,
        hear: Callable[[dict[str, Any]], None] = _deaf,
    ):
        """`paging` says how the list is paged: a stream keeps what was found.

        `hear` is called with the summary of each run that counts, which tells the server's clock.
        """
        self._options = options
        self.time = query_of(options, complaints)
        self._duration = options.milliseconds("partition_duration")
        self._duration = -(-self._duration // self.time.form.step) * self.time.form.step
        self._parts = options.optional_integer("num_partitions")
        self._cap = options.optional_integer("window_rows") or options.optional_integer("result_limit")
        self._counts = Counts(options, self._cap, hear)
        self._heeded = False
        self._full = options.integer("page_size")  # windows with so many records are given whole
        self._paging = paging

    def count(self, start: int, end: int) -> float | None:
        """The number of records in a window.

        Infinite where the window is too large for the server. None where the server gives no count.
        """
        self._find_out()
        self._counts.forget()
        with self._counts:
            return self._number(start, end)

    def partitions(self, start: int, end: int) -> list[RestApiPartition]:
        """The partitions that read the records of [start, end). OptionError where there would be too many windows."""
        if start < end:
            self._find_out()
        with self._counts:
            self.check(start, end)
            return self.shared_out(self.pieces(start, end))

    def pieces(self, start: int, end: int) -> list[WindowPiece]:
        """The windows of [start, end), none of them known to be empty."""
        if start >= end:
            return []
        self._find_out()
        with self._counts:
            pieces = list(islice(self._pieces(start, end), MOST_WINDOWS + 1))
        self._check_number(len(pieces), start, end)
        return pieces

    def _check_number(self, windows: int, start: int, end: int) -> None:
        if windows > MOST_WINDOWS:
            raise OptionError(
                f"{self.time.text(start, end)} makes more than {MOST_WINDOWS} windows: give a longer partition_duration"
                ", a later beginning, or rows_per_batch"
            )

    def shared_out(self, pieces: Sequence[WindowPiece]) -> list[RestApiPartition]:
        """The windows, in as many tasks as it takes."""
        parts = min(self._parts or by_offset.MOST_RANGES, len(pieces))
        return [
            RestApiPartition(pieces[len(pieces) * n // parts : len(pieces) * (n + 1) // parts]) for n in range(parts)
        ]

    def check(self, start: int, end: int) -> None:
        """UnexpectedAnswer where the server ignores a bound, or takes windows for others than we do. Asked once."""
        if start >= end or self._heeded:
            return
        with self._counts:
            rows = self._number(start, end)
        if rows != 0:
            check_heeded(self._options, self.time, start, end)
            self._heeded = True

    def _find_out(self) -> None:
        """How the list is paged. The whole list is asked, because a window may have too few records to show it."""
        if self._options.given("paginate") == "auto" and not self.time.found:
            way = self._paging(self._options)
            self.time = replace(self.time, found=way.found, finding=way.finding)

    def _number(self, start: int, end: int) -> float | None:
        """A stretch that is longer than a window may be is the sum of its windows."""
        self._counts.believe(self.time, start, end, self._middle)
        try:
            rows = self._counts.one(self.time, start, end)
            if rows is None or end - start <= self._counts.believed:
                return rows
            if self._counts.is_empty(start, end):
                return 0
        except TooLarge:
            return math.inf
        parts = list(cuts(self.time, start, end, self._counts.believed))
        self._counts.ahead(self.time, parts)
        total: float = 0
        for part in parts:
            total += self._counts.one(self.time, *part) or 0
        return total

    def _pieces(self, start: int, end: int) -> Iterable[WindowPiece]:
        rows = self._number(start, end)
        if rows is None:
            return self._uncounted(start, end)
        return self._halved(start, end, math.inf if self._duration else self._rows_of_a_task(rows), rows)

    def _uncounted(self, start: int, end: int) -> Iterator[WindowPiece]:
        parts = self._parts or 1
        longest = max(DAY, (end - start) // MOST_SCANNED)  # an API may give less of a longer one, and not say so
        for part in cuts(self.time, start, end, self._duration or min(longest, -(-(end - start) // parts))):
            yield piece(self.time, *part, cap=self._cap)

    def _rows_of_a_task(self, rows: float) -> float:
        """Few tasks for few rows, because an empty or tiny task costs more than some pages."""
        if self._parts and rows < math.inf:
            return max(1, math.ceil(rows / self._parts))
        least = by_offset.PAGES_PER_RANGE * self._options.integer("page_size")
        return least if rows == math.inf else max(least, math.ceil(rows / by_offset.MOST_RANGES))

    def _halved(self, start: int, end: int, most: float, rows: float) -> list[WindowPiece]:
        """Windows of at most `most` records and partition_duration, none of them empty.

        A window of the smallest possible length may have more records. Those of one length are counted at once. One
        that is longer than it may be is only counted to see whether it is empty, which is rare where there are `rows`
        enough for all.
        """
        longest = min(self._duration or math.inf, self._counts.believed)
        uncounted = longest if (end - start) / longest <= min(rows, MOST_WINDOWS) else math.inf
        windows, made = [(start, end)], list[WindowPiece]()
        while windows:
            at_once = len(windows) if self._counts.told else 1
            self._counts.ahead(self.time, (one for one in windows[:at_once] if one[1] - one[0] <= uncounted))
            halves: list[tuple[int, int]] = []
            for one in windows[:at_once]:
                found = self._piece_or_halves(*one, longest, most, uncounted)
                if isinstance(found, WindowPiece):
                    made.append(found)
                else:
                    halves += found
            windows[:at_once] = halves
            self._check_number(len(made) + len(halves) // 2, start, end)
        return sorted(made, key=lambda piece: piece.start)

    def _piece_or_halves(
        self, start: int, end: int, longest: float, most: float, uncounted: float
    ) -> WindowPiece | list[tuple[int, int]]:
        """No halves: the window is empty."""
        middle = self._middle(start, end)
        halves = [] if middle is None else [(start, middle), (middle, end)]
        if halves and end - start > uncounted:
            return halves
        try:
            rows = self._counts.one(self.time, start, end)
            if self._counts.is_empty(start, end) or (rows == 0 and end - start <= self._counts.believed):
                return []
            fits = rows is None or (rows <= most and self._adds_up(start, end, rows))
            if not halves or (end - start <= longest and fits):
                return piece(self.time, start, end, rows, self._cap)
        except TooLarge as refusal:
            if not halves:
                raise refusal.cause from None
        return halves

    def _adds_up(self, start: int, end: int, rows: int) -> bool:
        """Whether the halves have no more than the whole. Looked at where a window is fuller than any before."""
        middle = self.time.middle(start, end)
        if rows <= self._full or middle is None:
            return True
        try:
            self._counts.ahead(self.time, [(start, middle), (middle, end)])
            halves = [self._counts.one(self.time, *half) for half in ((start, middle), (middle, end))]
        except TooLarge:
            return True
        if sum(half or 0 for half in halves) > rows:
            return False
        self._full = rows
        return True

    def _middle(self, start: int, end: int) -> int | None:
        """Where to halve a window. One that is longer than partition_duration is cut at a multiple of it."""
        if self._duration and end - start > self._duration:
            cut = self.time.form.floor(start + -(-(end - start) // self._duration) // 2 * self._duration)
            return cut if start < cut < end else self.time.middle(start, end)
        return self.time.middle(start, end)
