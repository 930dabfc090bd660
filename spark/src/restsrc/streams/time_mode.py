"""Streams by time. An offset is the time before which all is read: {"time": "2024-01-31T00:00:00Z"}.

It may have more: `since`, where the batch really begins, because there was nothing before it; `tail`, a stretch before
its end and how many records that had; with `lookback`, `seen`, the records of that stretch, and `first`, where the
stream has begun; with paginate=auto `found`, how the list is paged.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from restsrc.errors import OptionError, UnexpectedAnswer
from restsrc.options import Complaints, Options
from restsrc.partition import RestApiPartition
from restsrc.planning.by_time import Windows
from restsrc.planning.time_query import WindowPiece
from restsrc.rows.from_tool import texts_wanted
from restsrc.streams import delivered
from restsrc.streams.clock import Clock
from restsrc.streams.mode import Offset, part_of
from restsrc.streams.settled import Settled
from restsrc.times import DAY, time_of, time_text
from restsrc.window_read import WindowReads

MINUTE = 60_000
QUIET = 60_000  # milliseconds without records, after which an empty batch moves the offset on

_log = logging.getLogger("restsrc")


class TimeMode:
    """A StreamMode. A batch is a window of time, which ends `lag` before now at the latest."""

    def __init__(self, options: Options, complaints: Complaints):
        self._options = options
        self._clock = Clock()
        self._settled = Settled(options)
        self._windows = Windows(options, complaints, lambda _: self._settled.paging(), self._clock.hear)
        self._form = self._windows.time.form
        self._lag = options.milliseconds("lag") if options.given("lag").strip() else MINUTE
        self._lookback = options.milliseconds("lookback")
        self._recheck = max(0, options.milliseconds("recheck") - self._lookback)
        self._begin: int | None = None
        begin = options.text("starting_offset").strip().lower()
        if begin == "earliest":
            complaints.add(
                "stream_mode time needs the option starting_offset: latest, or the time of the earliest records"
            )
        elif begin != "latest":
            self._begin = self._form.floor(complaints.time("starting_offset", self._form.name))
        self._target: int | None = None
        self._length = 0
        self._furthest = 0  # where a batch has ended
        self._empty: tuple[Offset | None, int] = (None, 0)  # from that offset to that time nothing is new

    def initial(self) -> Offset:
        begin = self._now_told() if self._begin is None else self._begin
        return {**_offset(begin), **self._settled.kept()}

    def latest(self, start: Offset | None, most: int | None) -> Offset:
        """Where the window that begins at `start` ends. It is `start` until the window has records."""
        self._settled.hear(start or {})
        end = self._now_told() if self._target is None else self._target
        if start is None:  # a clock that was set back must not make the stream read records again
            self._furthest = max(self._furthest, end)
            return {**_offset(self._furthest), **self._settled.kept()}
        begin = since = self._start(start)
        if self._empty[0] == start:
            since = max(begin, self._empty[1])
        if end <= since:
            if not self._lookback:
                return start
            end = since
        rows = self._windows.count(since, end) if since < end else 0
        if (
            self._target is None and since < end and (told := self._now()) < end
        ):  # the count has told the server's clock
            if told <= since:
                return start
            rows, end = self._windows.count(since, told), told
        late = self._late(start, begin)
        if rows == 0 and not late:
            return self._quiet(start, begin, end)
        if most is not None and (rows is None or rows > most):
            if rows is None:
                raise OptionError("rows_per_batch needs an API that gives the number of records of a window")
            end = self._cut(since, end, most)
        return self._end(start, begin, since, end)

    def newest(self) -> Offset | None:
        return _offset(self._now())

    def freeze(self) -> None:
        """From now on nothing is new."""
        self._target = self._now_told()

    def partitions(self, start: Offset, end: Offset) -> list[RestApiPartition]:
        self._settled.hear(end, start)
        begin, stop = self._start(start), self._time(end)
        self._furthest = max(self._furthest, stop)
        since = time_of(end["since"], "iso_ms") if "since" in end else begin
        if "seen" not in end:
            return self._windows.partitions(since, stop)
        self._windows.check(since, stop)
        return self._windows.shared_out(self._pieces_again(start, end))

    # ---- where a batch ends ----

    def _now(self) -> int:
        return self._form.floor(self._clock.now() - self._lag)

    def _now_told(self) -> int:
        """The same; the first time, after a request that tells the server's clock."""
        if not self._clock.heard:
            for now in (self._now(), self._form.floor(self._now() - DAY)):  # the first may lie in the server's future
                if not self._clock.heard:
                    self._windows.count(self._form.before(now), now)
        return self._now()

    def _quiet(self, start: Offset, begin: int, end: int) -> Offset:
        """Nothing is new. The offset moves on now and then, because an API may not look back for ever."""
        self._empty = (start, end)
        if end <= begin or (self._target is None and end - begin < QUIET):
            return start
        return {**start, **_offset(end), "since": _text(end), **self._seen(start, end)}

    def _end(self, start: Offset, begin: int, since: int, end: int) -> Offset:
        offset = {**_offset(end), **self._settled.kept()}
        if since != begin:
            offset["since"] = _text(since)
        if self._recheck:
            self._check_tail(start)
            offset |= self._tail(start, since, end)
        return {**offset, **self._seen(start, end)}

    def _cut(self, begin: int, end: int, most: int) -> int:
        """An end before which there are at most `most` records, and more than half of that where it can be found.

        The smallest possible window is taken whole. The search begins with the length that was right last time.
        """
        low, high = begin, end
        middle = self._windows.time.middle(low, high)
        if middle is not None and self._length:
            middle = min(middle, self._form.floor(begin + self._length)) if self._length >= self._form.step else middle
        while middle is not None and middle > low:
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
                middle = min(middle, self._form.floor(low + 2 * (low - begin)))
        return low if low > begin else high

    # ---- records that come after their time ----

    def _late(self, start: Offset, begin: int) -> int:
        """How many records have come to the last stretch since it was delivered."""
        if not self._lookback or "seen" not in start:
            return 0
        return delivered.news(self._stretch(start["first"], begin - self._lookback, begin), start["seen"])

    def _seen(self, start: Offset, end: int) -> Offset:
        """What the next batch must know of this one's last stretch."""
        if not self._lookback:
            return {}
        first = start.get("first") or start["time"]
        return {"first": first, "seen": delivered.kept(self._stretch(first, end - self._lookback, end))}

    def _stretch(self, first: str, start: int, end: int) -> list[bytes]:
        """The records of a stretch, as far as the stream, which began at `first`, has it."""
        start = max(self._form.floor(start), time_of(first, "iso_ms"))
        reads = WindowReads(self._options, {}, False, texts_wanted())
        return [record for window in self._windows.pieces(start, end) for record in reads.records(window)]

    def _pieces_again(self, start: Offset, end: Offset) -> list[WindowPiece]:
        """A batch with the stretch before it, less what was delivered.

        Of the stretch that the next batch looks at again, only what the offset knows: what comes to it later is new
        for that one.
        """
        first, stop = time_of(end["first"], "iso_ms"), self._time(end)
        begin = self._start(start)  # not where it was seen to be empty: records may have come to there since
        again = max(first, self._form.floor(begin - self._lookback)) if "seen" in start else begin
        open_from = min(max(again, self._form.floor(stop - self._lookback)), stop)
        known, wanted = delivered.names(start.get("seen", "")), delivered.names(end["seen"])
        before = [replace(piece, known=known) for piece in self._windows.pieces(again, open_from)]
        return before + [replace(piece, known=known, wanted=wanted) for piece in self._windows.pieces(open_from, stop)]

    def _tail(self, start: Offset, since: int, end: int) -> Offset:
        """The last stretch and its count, to be counted again with the next batch."""
        earliest = time_of(start["tail"].split()[0], "iso_ms") if "tail" in start else since
        begin = max(self._form.floor(end - self._recheck), min(earliest, since))
        rows = self._windows.count(begin, end) if begin < end else None
        return {} if rows is None else {"tail": f"{_text(begin)} {int(rows)}"} if rows < float("inf") else {}

    def _check_tail(self, start: Offset) -> None:
        """Counts the end of the last batch again: UnexpectedAnswer or a warning where records have come late."""
        if "tail" not in start:
            return
        since, before = start["tail"].split()
        begin, end = time_of(since, "iso_ms"), self._start(start)
        end -= self._lookback if self._lookback else 0
        rows = self._windows.count(begin, end) if begin < end else None
        if rows is None or rows <= int(before):
            return
        why = f"{rows - int(before):g} records have come late to {self._windows.time.text(begin, end)}, which is done"
        what = f"{why}: they are not in the stream. Set lookback, or a longer lag"
        if self._options.given("on_drift") == "fail":
            raise UnexpectedAnswer(f"{what}. Without on_drift=fail it is a warning")
        _log.warning("restsrc: %s", what)

    # ---- offsets ----

    def _start(self, offset: Offset) -> int:
        """Where a batch begins. OptionError where that can't be asked for."""
        ms = self._time(offset)
        if self._form.floor(ms) == ms:
            return ms
        if not self._windows.time.path:
            raise OptionError(
                f"the checkpoint ends at {offset['time']}, which time_format {self._form.name} has no way to write: "
                "go on with a finer one, or say with since_path where a record has its time"
            )
        return ms

    def _time(self, offset: Offset) -> int:
        return time_of(part_of(offset, "time"), "iso_ms")


def _offset(ms: int) -> Offset:
    return {"time": _text(ms)}


def _text(ms: int) -> str:
    return time_text(ms, "iso_ms" if ms % 1000 else "iso")
