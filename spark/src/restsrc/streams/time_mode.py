"""Streams by time. An offset is the time before which all is read: {"time": "2024-01-31T00:00:00Z"}."""

from __future__ import annotations

import time

from restsrc.errors import OptionError
from restsrc.options import Complaints, Options
from restsrc.partition import RestApiPartition
from restsrc.planning.by_time import Windows
from restsrc.streams.mode import Offset, part_of
from restsrc.times import time_of, time_text


class TimeMode:
    """A StreamMode. A batch is a window of time, which ends `lag` before now at the latest."""

    def __init__(self, options: Options, complaints: Complaints):
        self._windows = Windows(options, lasting=True)
        self._step = self._windows.time.step
        self._lag = options.milliseconds("lag")
        self._begin: int | None = None
        begin = options.text("starting_offset").strip().lower()
        if begin == "earliest":
            complaints.add(
                "stream_mode time needs the option starting_offset: latest, or the time of the earliest records"
            )
        elif begin != "latest":
            self._begin = complaints.time("starting_offset", self._windows.time.form)
        self._target: int | None = None
        self._length = 0
        self._furthest = 0  # where a batch has ended

    def initial(self) -> Offset:
        return self._offset(self._now() if self._begin is None else self._begin)

    def latest(self, start: Offset | None, most: int | None) -> Offset:
        """Where the window that begins at `start` ends. It is `start` until the window has records."""
        end = self._now() if self._target is None else self._target
        if start is None:  # a clock that was set back must not make the stream read records again
            self._furthest = max(self._furthest, end)
            return self._offset(self._furthest)
        begin = self._time(start)
        if end <= begin:
            return start
        rows = self._windows.count(begin, end)
        if rows == 0:
            return start
        if most is None or (rows is not None and rows <= most):
            return self._offset(end)
        if rows is None:
            raise OptionError("rows_per_batch needs an API that gives the number of records of a window")
        return self._offset(self._cut(begin, end, most))

    def newest(self) -> Offset | None:
        return self._offset(self._now())

    def freeze(self) -> None:
        """From now on nothing is new."""
        self._target = self._now()

    def partitions(self, start: Offset, end: Offset) -> list[RestApiPartition]:
        self._furthest = max(self._furthest, self._time(end))
        return self._windows.partitions(self._time(start), self._time(end))

    def _now(self) -> int:
        now = time.time_ns() // 1_000_000 - self._lag
        return now // self._step * self._step

    def _cut(self, begin: int, end: int, most: int) -> int:
        """An end before which there are at most `most` records, and more than half of that where it can be found.

        The smallest possible window is taken whole. The search begins with the length that was right last time.
        """
        low, high = begin, end
        middle = self._windows.time.middle(low, high)
        if middle is not None and self._length:
            middle = min(middle, begin + self._length)
        while middle is not None:
            rows = self._windows.count(begin, middle)
            if rows is None or rows > most:
                high = middle
            elif 2 * rows > most:
                self._length = middle - begin
                return middle
            else:
                low = middle
            middle = self._windows.time.middle(low, high)
            if middle is not None and high == end and low > begin:
                middle = min(middle, low + 2 * (low - begin))
        return low if low > begin else high

    def _offset(self, ms: int) -> Offset:
        return {"time": time_text(ms, "iso_ms" if ms % 1000 else "iso")}

    def _time(self, offset: Offset) -> int:
        return time_of(part_of(offset, "time"), "iso_ms")
