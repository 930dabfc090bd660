"""Streams by time: a stream's offset is the time before which all is read, {"time": "2024-01-31T00:00:00Z"}."""

from __future__ import annotations

import time

from restsrc.errors import OptionError
from restsrc.partition import RestApiPartition
from restsrc.planning.by_time import Windows
from restsrc.settings import Settings
from restsrc.streams.mode import part_of
from restsrc.times import time_of, time_text


class TimeMode:
    def __init__(self, settings: Settings):
        self._windows = Windows(settings, lasting=True)
        self._step = self._windows.time.step
        self._lag = settings.duration("lag", "1m")
        self._begin: "int | None" = None
        begin = settings.options.get("starting_offset", "").strip().lower()
        if begin in ("", "earliest"):
            settings.refuse("stream_mode time needs the option starting_offset: latest, or the time of the earliest records")
        elif begin != "latest":
            self._begin = settings.time("starting_offset", self._windows.time.form)
        self._target: "int | None" = None
        self._length = 0
        self._furthest = 0  # where a batch has ended

    def initial(self) -> dict:
        return self._offset(self._now() if self._begin is None else self._begin)

    def latest(self, start: "dict | None", most: "int | None") -> dict:
        """Where the window that begins at `start` ends: not before it has records."""
        end = self._now() if self._target is None else self._target
        if start is None:  # a clock that was set back must not make the stream go back, and read records again
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
            raise OptionError("rows_per_batch needs an API that tells how many records a window of time has")
        return self._offset(self._cut(begin, end, most))

    def newest(self) -> "dict | None":
        return self._offset(self._now())

    def freeze(self) -> None:
        """From now on nothing is new."""
        self._target = self._now()

    def tasks(self, start: dict, end: dict) -> "list[RestApiPartition]":
        self._furthest = max(self._furthest, self._time(end))
        return self._windows.tasks(self._time(start), self._time(end))

    def _now(self) -> int:
        now = time.time_ns() // 1_000_000 - self._lag
        return now // self._step * self._step

    def _cut(self, begin: int, end: int, most: int) -> int:
        """An end before which there are at most `most` records, and more than half of that where it can be found.

        The smallest possible window is taken whole. The search begins with the length that was right the last time.
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

    def _offset(self, ms: int) -> dict:
        return {"time": time_text(ms, "iso_ms" if ms % 1000 else "iso")}

    def _time(self, offset: dict) -> int:
        return time_of(part_of(offset, "time"), "iso_ms")
